/**
 * Numbers below 2^264 as 12 limbs of 22 bits, least significant first, each an exact integer in a double. A product
 * of two limbs has 44 bits, so 24 of them and a carry add up below 2^53 without rounding: multiplication needs no
 * carries inside its loops. (A plain array, because V8 allocates a typed array of this size about ten times slower.)
 */
export type Limbs = readonly number[];

export const limbCount = 12;
export const limbBits = 22;
export const limbBase = 2 ** limbBits;
export const limbMask = limbBase - 1;
/** Multiplying by this and rounding down is an exact, data-independent shift right by one limb. */
export const limbShift = 2 ** -limbBits;

const byteCount = 32;

/** The number that 32 big-endian bytes denote. */
export function limbsFromBytes(bytes: Uint8Array): Limbs {
  for (let i = 0; i < limbCount - 1; i++) {
    const bit = i * limbBits;
    // Of the four bytes that hold the limb, the most significant.
    const high = byteCount - 4 - (bit >>> 3);
    const word = (bytes[high]! << 24) | (bytes[high + 1]! << 16) | (bytes[high + 2]! << 8) | bytes[high + 3]!;
    scratch[i] = (word >>> (bit & 7)) & limbMask;
  }
  scratch[limbCount - 1] = ((bytes[0]! << 8) | bytes[1]!) >>> (((limbCount - 1) * limbBits) & 7);
  return takeLimbs(scratch);
}

/** The 32 big-endian bytes of a number below 2^256. */
export function limbsToBytes(limbs: Limbs): Uint8Array {
  const bytes = new Uint8Array(byteCount);
  let limb = 0;
  let shift = 0;
  for (let i = byteCount - 1; i >= 0; i--) {
    const next = limb + 1 < limbCount ? limbs[limb + 1]! : 0;
    bytes[i] = (limbs[limb]! >>> shift) | (next << (limbBits - shift));
    shift += 8;
    if (shift >= limbBits) {
      shift -= limbBits;
      limb++;
    }
  }
  return bytes;
}

/** The limbs of a constant. */
export function limbsFromBigInt(value: bigint): Limbs {
  for (let i = 0; i < limbCount; i++) scratch[i] = Number((value >> BigInt(i * limbBits)) & BigInt(limbMask));
  return takeLimbs(scratch);
}

/** A copy of working space as limbs: a literal, so that all limbs have one shape in V8. */
export function takeLimbs(t: Float64Array): Limbs {
  return [t[0]!, t[1]!, t[2]!, t[3]!, t[4]!, t[5]!, t[6]!, t[7]!, t[8]!, t[9]!, t[10]!, t[11]!];
}

const scratch = new Float64Array(limbCount);
