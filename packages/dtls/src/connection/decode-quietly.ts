import { type Codec, decode, SelvageError } from '@selvage/core';

/** Decodes what may be nonsense: `undefined` instead of an error. */
export function decodeQuietly<T>(codec: Codec<T>, bytes: Uint8Array): T | undefined {
  try {
    return decode(codec, bytes);
  } catch (error) {
    if (error instanceof SelvageError) return undefined;
    throw error;
  }
}
