import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The path of a file that is gone after the test, with this content or not there yet. */
export function temporaryFile(name: string, content?: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-dtls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, name);
  if (content !== undefined) writeFileSync(file, content);
  return file;
}
