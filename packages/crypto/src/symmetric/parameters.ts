import { SelvageError } from '@selvage/core';

/** Bytes of an AES block. */
export const blockLength = 16;

/** The empty message: a view with a backing store, which node:crypto's CCM needs to check a tag at all. */
export const emptyBytes: Uint8Array = new Uint8Array(0);

/**
 * A copy of an AES key, so that what the caller does to its bytes later changes nothing.
 * @throws SelvageError `invalid-key` unless it has 16 or 32 bytes.
 */
export function copyAesKey(key: Uint8Array): Uint8Array {
  requireAesKey(key);
  return Uint8Array.from(key);
}

/** @throws SelvageError `invalid-key` unless the key has 16 or 32 bytes. */
export function requireAesKey(key: Uint8Array): void {
  if (key.length !== 16 && key.length !== 32) {
    throw new SelvageError('invalid-key', `an AES key has 16 or 32 bytes, not ${key.length}`);
  }
}

/** @throws SelvageError `invalid-length` unless `bytes` has exactly `length` bytes. */
export function requireLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) {
    throw new SelvageError('invalid-length', `${what} has ${length} bytes, not ${bytes.length}`);
  }
}

/** @throws SelvageError `invalid-length` unless `value` is an integer from `least` to `most`. */
export function requireRange(what: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new SelvageError('invalid-length', `${what} is from ${least} to ${most}, not ${value}`);
  }
}

/** @throws SelvageError `invalid-length` unless `bytes` is a whole number of AES blocks. */
export function requireBlocks(bytes: Uint8Array): void {
  if (bytes.length % blockLength !== 0) {
    throw new SelvageError('invalid-length', `AES-CBC without padding takes whole blocks, not ${bytes.length} bytes`);
  }
}

/** @throws SelvageError `invalid-length` for a number of rounds or a length that PBKDF2 does not have here. */
export function requirePbkdf2(iterations: number, length: number): void {
  requireRange('the number of PBKDF2 rounds', iterations, 1, 2 ** 31 - 1);
  requireRange('the length of PBKDF2 output', length, 1, 2 ** 20);
}

/**
 * A key that may have been forgotten.
 * @throws SelvageError `wrong-state` after `destroy()`.
 */
export function requireKept<T>(key: T | undefined): T {
  if (key === undefined) {
    throw new SelvageError('wrong-state', 'the key was destroyed');
  }
  return key;
}
