import { sign, verify } from 'node:crypto';
import type { HashAlgorithm } from '../core.js';
import { privateKeyObject, publicKeyObject } from './p256-keys.js';

/** ECDSA with OpenSSL's own nonce: two signatures of one message differ. */
export function signEcdsa(privateKey: Uint8Array, hash: HashAlgorithm, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(hash, message, privateKeyObject(privateKey)));
}

/** OpenSSL re-encodes what it parsed and compares, which makes it strict about DER. */
export function verifyEcdsa(
  point: Uint8Array,
  hash: HashAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return verify(hash, message, publicKeyObject(point), signature);
}
