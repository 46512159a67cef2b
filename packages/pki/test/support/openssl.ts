import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from '../../../core/test/support/described-with.js';

/** How a program ended. */
export interface Outcome {
  readonly code: number;
  /** Standard output and standard error. */
  readonly output: string;
}

/** Runs `openssl` to its end. */
export function openssl(...words: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile('openssl', words, { encoding: 'utf8' }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 127;
      resolve({ code, output: stdout + stderr });
    });
    child.stdin?.end();
  });
}

/** A folder that is gone when the work in it is done. */
export async function inFolder<T>(
  work: (path: (name: string, contents?: string | Uint8Array) => string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'selvage-pki-'));
  try {
    return await work((name, contents) => {
      const path = join(folder, name);
      if (contents !== undefined) writeFileSync(path, contents);
      return path;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Does the work for each item, a few at a time. */
export async function inLanes<T>(
  items: Iterable<T>,
  lanes: number,
  work: (item: T, lane: number) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const run = async (lane: number): Promise<void> => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) await work(next.value, lane);
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => run(lane)));
}

export function describeWithOpenssl(title: string, tests: () => void): void {
  describeWith(['openssl'], title, tests);
}
