import { type Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { Board } from '../board/board.js';
import type { UniqueKey } from '../board/unique-key.js';

/** The P-256 key that encrypted images are for. */
export interface ImageKey {
  readonly privateKey: Secret;
  /** An uncompressed point: the `recipient` of an encrypted image. */
  readonly publicKey: Uint8Array;
}

/** What opens encrypted images on a board: the key that was burnt for its kind, or else its own. */
export function imageKeyOf({ core, otp, uniqueKey }: Pick<Board, 'core' | 'otp' | 'uniqueKey'>): ImageKey {
  const privateKey = otp.imageKey;
  return privateKey ? { privateKey, publicKey: core.p256.publicKey(privateKey.reveal()) } : ownKey(core, uniqueKey);
}

/** Derived from the unique key: it is the same at every start. */
function ownKey(core: CryptoCore, uniqueKey: UniqueKey): ImageKey {
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
