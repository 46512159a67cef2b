import { concat, SelvageError } from '@selvage/core';

/** HMAC with a key that stays in a token. */
export type TokenHmac = (message: Uint8Array) => Promise<Uint8Array>;

/**
 * PRF of TLS 1.2 (RFC 5246 §5) where the token makes each HMAC: A(0) = label ‖ seed, A(i) = HMAC(A(i−1)), and the output
 * HMAC(A(1) ‖ label ‖ seed) ‖ HMAC(A(2) ‖ label ‖ seed) ‖ …
 * @throws SelvageError `invalid-length`, and what the HMAC throws
 */
export async function tokenPrf(hmac: TokenHmac, label: string, seed: Uint8Array, length: number): Promise<Uint8Array> {
  if (!Number.isInteger(length) || length < 0 || length > 0xffff) {
    throw new SelvageError('invalid-length', `the length of PRF output is from 0 to 65535, not ${length}`);
  }
  const whole = concat(new TextEncoder().encode(label), seed);
  const output = new Uint8Array(length);
  let a = whole;
  for (let written = 0; written < length; ) {
    a = await hmac(a);
    const block = await hmac(concat(a, whole));
    output.set(block.subarray(0, length - written), written);
    written += block.length;
  }
  return output;
}
