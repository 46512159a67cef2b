import { blockLength } from './parameters.js';

/** A block times x in GF(2^128), the doubling of RFC 4493 §2.3, without a branch on its bits. */
export function doubled(block: Uint8Array): Uint8Array {
  const result = new Uint8Array(blockLength);
  let carry = 0;
  for (let i = blockLength - 1; i >= 0; i--) {
    const byte = block[i]!;
    result[i] = (byte << 1) | carry;
    carry = byte >>> 7;
  }
  result[blockLength - 1]! ^= 0x87 & -carry;
  return result;
}
