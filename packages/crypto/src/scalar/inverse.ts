import { field } from './curve.js';
import type { Residue } from './modulus.js';
import { limbsToBytes, limbsFromBigInt } from './limbs.js';

/** a⁻¹ mod p; the inverse of zero is zero. */
export function invert(a: Residue): Residue {
  let value = BigInt('0x' + Buffer.from(field.toBytes(a)).toString('hex'));
  let [m, u, v] = [field.value, 1n, 0n];
  while (value > 1n) {
    const q = m / value;
    [m, value] = [value, m - q * value];
    [v, u] = [u, v - q * u];
  }
  return field.fromBytes(limbsToBytes(limbsFromBigInt(((u % field.value) + field.value) % field.value)));
}
