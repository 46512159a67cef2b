import type { HashAlgorithm } from '../core.js';
import { requireRange } from './parameters.js';
import type { Hmac } from './tls-prf.js';

/** Bytes of a digest. */
export const digestLength: Readonly<Record<HashAlgorithm, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/** @throws SelvageError `invalid-length` for more than 255 digests of output (RFC 5869 §2.3). */
export function requireHkdfLength(algorithm: HashAlgorithm, length: number): void {
  requireRange('the length of HKDF output', length, 0, 255 * digestLength[algorithm]);
}

/** HKDF (RFC 5869 §2): extract, then expand to `length` bytes. */
export function hkdf(
  hmac: Hmac,
  algorithm: HashAlgorithm,
  secret: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  requireHkdfLength(algorithm, length);
  const pseudorandomKey = hmac(algorithm, salt, secret);
  const output = new Uint8Array(length);
  let block = new Uint8Array(0);
  for (let i = 1, written = 0; written < length; i++) {
    block = Uint8Array.from(hmac(algorithm, pseudorandomKey, block, info, Uint8Array.of(i)));
    output.set(block.subarray(0, length - written), written);
    written += block.length;
  }
  block.fill(0);
  pseudorandomKey.fill(0);
  return output;
}
