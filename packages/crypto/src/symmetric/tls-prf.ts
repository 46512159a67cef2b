import type { HashAlgorithm } from '../core.js';
import { requireRange } from './parameters.js';

/** An engine's HMAC. */
export type Hmac = (algorithm: HashAlgorithm, key: Uint8Array, ...parts: Uint8Array[]) => Uint8Array;

const utf8 = new TextEncoder();

/** PRF of TLS 1.2 (RFC 5246 §5): P_hash(secret, label ‖ seed). */
export function tlsPrf(
  hmac: Hmac,
  algorithm: HashAlgorithm,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  length: number,
): Uint8Array {
  return tlsPHash(hmac, algorithm, secret, [utf8.encode(label), seed], length);
}

/**
 * P_hash of TLS 1.2 (RFC 5246 §5): HMAC(secret, A(1) ‖ seed) ‖ HMAC(secret, A(2) ‖ seed) ‖ …, cut to `length`,
 * where A(0) = seed and A(i) = HMAC(secret, A(i−1)). The seed is the concatenation of its parts.
 */
export function tlsPHash(
  hmac: Hmac,
  algorithm: HashAlgorithm,
  secret: Uint8Array,
  seed: readonly Uint8Array[],
  length: number,
): Uint8Array {
  requireRange('the length of PRF output', length, 0, 0xffff);
  const output = new Uint8Array(length);
  let written = 0;
  let a: Uint8Array | undefined;
  while (written < length) {
    a = a === undefined ? hmac(algorithm, secret, ...seed) : hmac(algorithm, secret, a);
    const block = hmac(algorithm, secret, a, ...seed);
    output.set(block.subarray(0, length - written), written);
    written += block.length;
    block.fill(0);
  }
  return output;
}
