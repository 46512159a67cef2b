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
  for (let i = 0; i < limbCount; i++) {
    const bit = i * limbBits;
    const low = bit >>> 3;
    const word = byteAt(bytes, low) | (byteAt(bytes, low + 1) << 8) | (byteAt(bytes, low + 2) << 16);
    scratch[i] = ((word | (byteAt(bytes, low + 3) << 24)) >>> (bit & 7)) & limbMask;
  }
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

/** Byte `index` counted from the least significant one; zero above the most significant. */
function byteAt(bytes: Uint8Array, index: number): number {
  return index < byteCount ? bytes[byteCount - 1 - index]! : 0;
}
