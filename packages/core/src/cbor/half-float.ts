/** IEEE 754 binary16, which CBOR has and JavaScript has not (RFC 8949 appendix D). */

const fractionBits = 10;
const bias = 15;
const allOnes = 31;

/** The number that 16 bits stand for. */
export function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> fractionBits) & allOnes;
  const fraction = bits & 0x3ff;
  if (exponent === allOnes) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (fraction + 0x400) * 2 ** (exponent - bias - fractionBits);
}

/** The 16 bits that stand for exactly this number; undefined where there are none. NaN is the quiet one, 0x7e00. */
export function halfFloatBits(value: number): number | undefined {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === Infinity) return sign | 0x7c00;
  if (size >= 2 ** (allOnes - bias)) return undefined;
  // The least exponent of a normal number serves the subnormal ones too: their leading bit is in the fraction.
  const exponent = Math.max(Math.floor(Math.log2(size)), 1 - bias);
  const fraction = size * 2 ** (fractionBits - exponent);
  if (!Number.isInteger(fraction)) return undefined;
  return sign | (((exponent + bias - 1) << fractionBits) + fraction);
}
