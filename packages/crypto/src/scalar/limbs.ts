/**
 * Numbers below 2^264 as 12 limbs of 22 bits, least significant first, each an exact integer in a double. A product
 * of two limbs has 44 bits, so 24 of them and a carry add up below 2^53 without rounding: multiplication needs no
 * carries inside its loops.
 */
export type Limbs = Float64Array;

export const limbCount = 12;
export const limbBits = 22;
export const limbBase = 2 ** limbBits;
export const limbMask = limbBase - 1;
/** Multiplying by this and rounding down is an exact, data-independent shift right by one limb. */
export const limbShift = 2 ** -limbBits;

const byteCount = 32;

/** The number that 32 big-endian bytes denote. */
export function limbsFromBytes(bytes: Uint8Array): Limbs {
  const limbs = new Float64Array(limbCount);
  for (let i = 0; i < limbCount; i++) {
    const bit = i * limbBits;
    const low = bit >>> 3;
    const word = byteAt(bytes, low) | (byteAt(bytes, low + 1) << 8) | (byteAt(bytes, low + 2) << 16);
    limbs[i] = (((word | (byteAt(bytes, low + 3) << 24)) >>> (bit & 7)) & limbMask) >>> 0;
  }
  return limbs;
}

/** The 32 big-endian bytes of a number below 2^256. */
export function limbsToBytes(limbs: Limbs): Uint8Array {
  const bytes = new Uint8Array(byteCount);
  for (let i = 0; i < byteCount; i++) {
    const limb = Math.trunc((i * 8) / limbBits);
    const shift = (i * 8) % limbBits;
    const next = limb + 1 < limbCount ? limbs[limb + 1]! : 0;
    bytes[byteCount - 1 - i] = (limbs[limb]! >>> shift) | (next << (limbBits - shift));
  }
  return bytes;
}

/** The limbs of a constant. */
export function limbsFromBigInt(value: bigint): Limbs {
  return Float64Array.from({ length: limbCount }, (_, i) => Number((value >> BigInt(i * limbBits)) & BigInt(limbMask)));
}

/** Byte `index` counted from the least significant one; zero above the most significant. */
function byteAt(bytes: Uint8Array, index: number): number {
  return index < byteCount ? bytes[byteCount - 1 - index]! : 0;
}
