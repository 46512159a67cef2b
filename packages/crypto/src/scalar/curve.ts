import { Modulus } from './modulus.js';

/** secp256r1's numbers, SEC 2 §2.4.2. The curve is y² = x³ − 3x + b. */
const p = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** The field of coordinates. */
export const field = new Modulus(p);
/** The group's order: scalars are modulo this. */
export const order = new Modulus(n);
/** b as a field element. */
export const curveB = field.fromBigInt(b);
/** −a. */
export const three = field.fromBigInt(3n);

/** Bytes of a scalar, and of a coordinate. */
export const scalarLength = 32;
/** Bytes of an uncompressed point, `04 ‖ x ‖ y`. */
export const pointLength = 65;
/** First byte of an uncompressed point, SEC 1 §2.3.3. */
export const uncompressed = 0x04;
