import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Lays out files in a folder of their own, which goes when the test ends.
 * @param files path → content, an object as JSON
 * @returns the folder
 */
export function layOut(files: Record<string, string | object>): string {
  const root = mkdtempSync(join(tmpdir(), 'selvage-tools-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  }
  return root;
}
