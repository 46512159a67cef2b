import type { BaseBlock } from 'asn1js';
import { SelvageError } from '@selvage/core';
import type { KeyHandle, KeyHome } from '@selvage/crypto';
import { derOf, signedSequence } from './asn1.js';

/** A private key that signs without being seen. */
export interface Signer {
  readonly keys: KeyHome;
  /** Of the algorithm `ecdsa-p256`. */
  readonly key: KeyHandle;
}

/** Signs with ECDSA on P-256 and SHA-256. @throws SelvageError as {@link KeyHome.sign}, `invalid-argument`. */
export async function sign({ keys, key }: Signer, block: BaseBlock): Promise<Uint8Array> {
  const message = derOf(block);
  const signature = await keys.sign({ handle: requireSigningKey(key), hash: 'sha256', message });
  return signedSequence(message, signature);
}

/** The public key of a signer, an uncompressed point. @throws SelvageError `invalid-argument` for other algorithms. */
export function publicKeyOfSigner({ key }: Signer): Uint8Array {
  const { publicKey, algorithm } = requireSigningKey(key);
  if (publicKey !== undefined) return publicKey;
  throw new SelvageError('invalid-argument', `a key of ${algorithm} without its public key cannot be certified`);
}

function requireSigningKey(key: KeyHandle): KeyHandle {
  if (key.algorithm === 'ecdsa-p256') return key;
  throw new SelvageError('invalid-argument', `certificates are signed with ecdsa-p256, not with ${key.algorithm}`);
}
