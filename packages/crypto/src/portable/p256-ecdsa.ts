import { type ECDSA, ecdsa } from '@noble/curves/abstract/weierstrass.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { HashAlgorithm } from '../core.js';

/** RFC 6979 derives the nonce with the hash of the message, so each hash has an ECDSA of its own. */
const schemes: Readonly<Record<HashAlgorithm, ECDSA>> = {
  sha256: ecdsa(p256.Point, sha256, { lowS: false }),
  sha384: ecdsa(p256.Point, sha384, { lowS: false }),
  sha512: ecdsa(p256.Point, sha512, { lowS: false }),
};

/** Deterministic ECDSA, RFC 6979 §3.2, in DER; s is what comes out, high or low. */
export function signEcdsa(privateKey: Uint8Array, hash: HashAlgorithm, message: Uint8Array): Uint8Array {
  return schemes[hash].sign(message, privateKey, { format: 'der' });
}

/** TLS peers send high s as well, so both are good. */
export function verifyEcdsa(
  point: Uint8Array,
  hash: HashAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return schemes[hash].verify(signature, message, point, { format: 'der' });
  } catch {
    return false;
  }
}
