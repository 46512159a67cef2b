import { closeSync, existsSync, fdatasyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { SelvageError } from '@selvage/core';
import { step } from './step.js';

/** Who may read a file: a key its owner alone, a certificate everybody. */
const modes = { private: 0o600, public: 0o644 } as const;

/**
 * Writes a file that is not there yet; one that is there is never overwritten, for it may hold the only copy of a key.
 * @throws SelvageError `wrong-state`, `store-failed`.
 */
export function writeNewFile(path: string, contents: string | Uint8Array, who: keyof typeof modes): Promise<void> {
  return step(`write ${path}`, () => {
    const file = create(path, modes[who]);
    try {
      const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      fdatasyncSync(file);
    } catch (cause) {
      unlinkSync(path);
      throw new SelvageError('store-failed', 'the disk did not take it', { cause });
    } finally {
      closeSync(file);
    }
  });
}

/**
 * Checks before anything is made that the files can be new. Writing checks it again.
 * @throws SelvageError `wrong-state`.
 */
export async function requireNewFiles(...paths: readonly (string | undefined)[]): Promise<void> {
  for (const path of paths) {
    if (path !== undefined && existsSync(path)) await step(`write ${path}`, () => Promise.reject(exists()));
  }
}

function create(path: string, mode: number): number {
  try {
    return openSync(path, 'wx', mode);
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    if (isThere) throw exists();
    throw new SelvageError('store-failed', 'it cannot be made', {
      cause,
      remedy: 'check the folder and who may write there',
    });
  }
}

function exists(): SelvageError {
  return new SelvageError('wrong-state', 'there is such a file already', { remedy: 'name another one, or move it' });
}
