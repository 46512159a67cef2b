import { type Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { UniqueKey } from '../board/unique-key.js';

/** The P-256 key that images for this board alone are encrypted to. */
export interface ImageKey {
  readonly privateKey: Secret;
  /** An uncompressed point: the `recipient` of an encrypted image. */
  readonly publicKey: Uint8Array;
}

/** The board's key for encrypted images, of its unique key: it is the same at every start. */
export function imageKeyOf(core: CryptoCore, uniqueKey: UniqueKey): ImageKey {
  for (let attempt = 0; ; attempt++) {
    const privateKey = uniqueKey.deriveKey(`image key ${attempt}`, 32);
    const publicKey = publicKeyOf(core, privateKey);
    if (publicKey) return { privateKey, publicKey };
  }
}

/** One in 2^32 of all strings of 32 bytes is no scalar of the curve. */
function publicKeyOf(core: CryptoCore, privateKey: Secret): Uint8Array | undefined {
  try {
    return core.p256.publicKey(privateKey.reveal());
  } catch (error) {
    if (error instanceof SelvageError && error.code === 'invalid-scalar') return undefined;
    throw error;
  }
}
