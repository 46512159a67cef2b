import type { CryptoCore, HashAlgorithm } from '@selvage/crypto';
import type { Certificate } from './certificate.js';
import { type AlgorithmIdentifier, ecdsaHashOf } from './algorithm.js';

/** What certificates, requests and lists have in common: bytes, how they are signed, and the signature. */
export interface SignedObject {
  readonly signed: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/** The hashes of ECDSA that are let pass where nothing else is said (OCF wants SHA-256 alone). */
export const usualHashes: readonly HashAlgorithm[] = ['sha256'];

/** Whether the algorithm is ECDSA with one of these hashes. */
export function isAllowed(algorithm: AlgorithmIdentifier, hashes: readonly HashAlgorithm[]): boolean {
  const hash = ecdsaHashOf(algorithm);
  return hash !== undefined && hashes.includes(hash);
}

/** Whether a P-256 key made the signature. A key or an algorithm of another kind made none. */
export function isSignedBy(
  core: CryptoCore,
  { signed, signatureAlgorithm, signature }: SignedObject,
  { publicKey }: Pick<Certificate, 'publicKey'>,
): boolean {
  const hash = ecdsaHashOf(signatureAlgorithm);
  if (hash === undefined || publicKey?.kind !== 'p256') return false;
  return core.p256.verify(publicKey.publicKey, hash, signed, signature);
}
