import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { TestSurface } from '../support/test-surface.js';

export const passphrase = 'correct horse battery';

/** One run of `selvage firmware`. */
export interface Run {
  readonly exit: number;
  readonly surface: TestSurface;
  readonly stdout: string;
  /** Standard error on one line, as it is the words that count. */
  readonly says: string;
}

/** Runs `selvage firmware …` with the passphrase in the environment. */
export async function firmware(...words: readonly string[]): Promise<Run> {
  const surface = new TestSurface({ env: { SELVAGE_FIRMWARE_PASSPHRASE: passphrase } });
  const exit = await surface.run('firmware', ...words);
  return { exit, surface, stdout: surface.stdout.text, says: surface.stderr.text.replace(/\s+/g, ' ') };
}

/** The same, which must end well. */
export async function good(...words: readonly string[]): Promise<Run> {
  const run = await firmware(...words);
  expect([words.join(' '), run.exit, run.says]).toEqual([words.join(' '), 0, run.says]);
  return run;
}

/** The events that a run gives with `--json`. */
export async function told(...words: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  return (await firmware(...words, '--json')).surface.events;
}

/** The path of an image, key or payload that imgtool made. */
export function vectorPath(name: string): string {
  return fileURLToPath(new URL(`../../../hardware/test/image/vectors/${name}`, import.meta.url));
}

/** A private key of the vectors as its owner alone can read it. */
export function ownKey(path: string, name: string): string {
  writeFileSync(path, readFileSync(vectorPath(`keys/${name}.pem`)), { mode: 0o600 });
  return path;
}
