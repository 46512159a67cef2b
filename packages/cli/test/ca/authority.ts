import { writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { TestSurface } from '../support/test-surface.js';

export const passphrase = 'correct horse battery';
export const device = '62d8e00a-c631-481a-6960-4877df1c7190';

/** One run of `selvage ca`. */
export interface Run {
  readonly exit: number;
  readonly surface: TestSurface;
  readonly stdout: string;
  /** Standard error on one line, as it is the words that count. */
  readonly says: string;
}

/** Runs `selvage ca …` with the passphrase in the environment. */
export async function ca(...words: readonly string[]): Promise<Run> {
  return caWith({ env: { SELVAGE_CA_PASSPHRASE: passphrase } }, ...words);
}

export async function caWith(
  options: { readonly env?: Readonly<Record<string, string>>; readonly types?: string },
  ...words: readonly string[]
): Promise<Run> {
  const surface = new TestSurface({ env: options.env ?? {} });
  if (options.types !== undefined) surface.stdin.type(options.types);
  surface.stdin.end();
  const exit = await surface.run('ca', ...words);
  return { exit, surface, stdout: surface.stdout.text, says: surface.stderr.text.replace(/\s+/g, ' ') };
}

/** The same, which must end well. */
export async function good(...words: readonly string[]): Promise<Run> {
  const run = await ca(...words);
  expect([words.join(' '), run.exit, run.says]).toEqual([words.join(' '), 0, run.says]);
  return run;
}

/** Writes a file for a test, and gives back its path. */
export function written(path: string, text: string): string {
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
