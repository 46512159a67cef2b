import { SelvageError } from '@selvage/core';
import type { KeyHandle, KeyHome } from '@selvage/crypto';
import { ecdsaWithSha256 } from '../certificate/algorithm.js';
import { bitStringElement, objectIdentifierElement, sequenceElement } from '../der/write.js';

/** A private key that signs without being seen. */
export interface Signer {
  readonly keys: KeyHome;
  /** Of the algorithm `ecdsa-p256`. */
  readonly key: KeyHandle;
}

/** AlgorithmIdentifier of ecdsa-with-SHA256, which has no parameters (RFC 5758 §3.2). */
export const signatureAlgorithm = sequenceElement(objectIdentifierElement(ecdsaWithSha256));

/**
 * Signs with ECDSA on P-256 and SHA-256, and makes what every signed object is: SEQUENCE { what is signed, algorithm,
 * BIT STRING of the signature }. @throws SelvageError as {@link KeyHome.sign}, `invalid-argument`.
 */
export async function sign({ keys, key }: Signer, message: Uint8Array): Promise<Uint8Array> {
  const signature = await keys.sign({ handle: requireSigningKey(key), hash: 'sha256', message });
  return sequenceElement(message, signatureAlgorithm, bitStringElement(signature));
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
