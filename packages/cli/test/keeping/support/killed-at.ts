import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { expect } from 'vitest';

/**
 * Runs a program of Node, and kills it with SIGKILL when a folder has changed so often.
 * @returns the signal that ended it, or `alive` where it came to a good end before
 */
export async function killedAt(
  folder: string,
  changes: number,
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  let left = changes;
  const watcher = watch(folder, { recursive: true }, () => {
    if (--left === 0) child.kill('SIGKILL');
  });
  const child = spawn(process.execPath, words, { stdio: 'ignore', env });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('close', (...end) => resolve(end)),
  );
  watcher.close();
  if (signal === null) expect(code).toBe(0);
  return signal ?? 'alive';
}
