import { readFileSync } from 'node:fs';
import { SelvageError } from '@selvage/core';

/**
 * Reads a file that an option named.
 * @throws SelvageError `file-not-found` for whatever reason it cannot be read, naming the option.
 */
export function readOptionFile(option: string, path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw unusable(option, path, 'read', cause);
  }
}

/** @throws SelvageError as {@link readOptionFile}. */
export function readOptionText(option: string, path: string): string {
  return new TextDecoder().decode(readOptionFile(option, path));
}

/** What to say of a file that cannot be read or written. */
export function unusable(option: string, path: string, what: 'read' | 'written', cause: unknown): SelvageError {
  const system = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const code = what === 'read' ? 'file-not-found' : 'store-failed';
  return new SelvageError(code, `${option} ${path} cannot be ${what}`, {
    cause,
    details: { system },
    remedy: what === 'read' ? 'check the path and who may read the file' : 'check the folder and who may write to it',
  });
}
