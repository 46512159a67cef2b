/**
 * Arithmetic modulo a prime of 256 bits that is safe for secrets: every operation runs through the same multiplications,
 * additions and array positions whatever its operands are. There is no branch and no index that depends on a value;
 * the one conditional subtraction is a multiplication by a mask. (What the JIT and the processor make of a double
 * multiplication is outside JavaScript's reach; on the processors that Node runs on it takes constant time.)
 *
 * Values are kept in Montgomery form, a·2^264 mod m, and always fully reduced, so that equality is equality of limbs.
 * Working space is shared by all calls: it holds the last result until the next one.
 */
import { invertLimbs } from './inverse.js';
import {
  type Limbs,
  limbBase,
  limbBits,
  limbCount,
  limbMask,
  limbShift,
  limbsFromBigInt,
  limbsFromBytes,
  limbsToBytes,
  takeLimbs,
} from './limbs.js';

/** A residue in Montgomery form. */
export type Residue = Limbs;

export class Modulus {
  readonly value: bigint;
  readonly zero: Residue = limbsFromBigInt(0n);
  readonly one: Residue;
  readonly #limbs: Float64Array;
  /** −m⁻¹ mod 2^22. */
  readonly #negativeInverse: number;
  /** 2^528 and 2^792 mod m: what turns a number, and the inverse of a residue, into Montgomery form. */
  readonly #square: Limbs;
  readonly #cube: Limbs;

  /** @param value an odd number between 2^255 and 2^256 */
  constructor(value: bigint) {
    const radix = 1n << BigInt(limbBits * limbCount);
    this.value = value;
    this.one = limbsFromBigInt(radix % value);
    this.#limbs = Float64Array.from(limbsFromBigInt(value));
    this.#negativeInverse = negativeInverse(this.#limbs[0]!);
    this.#square = limbsFromBigInt(radix ** 2n % value);
    this.#cube = limbsFromBigInt(radix ** 3n % value);
  }

  /** The residue of a constant. */
  fromBigInt(value: bigint): Residue {
    return this.multiply(limbsFromBigInt(value % this.value), this.#square);
  }

  /** The residue of a number of 32 big-endian bytes, which may be above the modulus. */
  fromBytes(bytes: Uint8Array): Residue {
    const limbs = limbsFromBytes(bytes);
    for (let i = 0; i < limbCount; i++) work[i] = limbs[i]!;
    return this.multiply(this.#reduceWork(), this.#square);
  }

  /** The least non-negative representative, 32 big-endian bytes. */
  toBytes(a: Residue): Uint8Array {
    return limbsToBytes(this.multiply(a, plainOne));
  }

  /** Whether 32 big-endian bytes denote a number below the modulus. */
  holds(bytes: Uint8Array): boolean {
    const limbs = limbsFromBytes(bytes);
    let borrow = 0;
    for (let i = 0; i < limbCount; i++) {
      borrow = Math.floor((limbs[i]! - this.#limbs[i]! + borrow) * limbShift);
    }
    return borrow !== 0;
  }

  add(a: Residue, b: Residue): Residue {
    for (let i = 0; i < limbCount; i++) work[i] = a[i]! + b[i]!;
    return this.#reduceWork();
  }

  subtract(a: Residue, b: Residue): Residue {
    for (let i = 0; i < limbCount; i++) work[i] = a[i]! - b[i]! + this.#limbs[i]!;
    return this.#reduceWork();
  }

  negate(a: Residue): Residue {
    return this.subtract(this.zero, a);
  }

  /**
   * Montgomery multiplication: one row of products and one multiple of the modulus at a time, moved down by a limb.
   * The limbs of the sum are variables and not an array, which halves the time.
   */
  multiply(a: Residue, b: Residue): Residue {
    const m = this.#limbs;
    const inverse = this.#negativeInverse;
    const b0 = b[0]!;
    const m0 = m[0]!;
    let t0 = 0;
    const b1 = b[1]!;
    const m1 = m[1]!;
    let t1 = 0;
    const b2 = b[2]!;
    const m2 = m[2]!;
    let t2 = 0;
    const b3 = b[3]!;
    const m3 = m[3]!;
    let t3 = 0;
    const b4 = b[4]!;
    const m4 = m[4]!;
    let t4 = 0;
    const b5 = b[5]!;
    const m5 = m[5]!;
    let t5 = 0;
    const b6 = b[6]!;
    const m6 = m[6]!;
    let t6 = 0;
    const b7 = b[7]!;
    const m7 = m[7]!;
    let t7 = 0;
    const b8 = b[8]!;
    const m8 = m[8]!;
    let t8 = 0;
    const b9 = b[9]!;
    const m9 = m[9]!;
    let t9 = 0;
    const b10 = b[10]!;
    const m10 = m[10]!;
    let t10 = 0;
    const b11 = b[11]!;
    const m11 = m[11]!;
    let t11 = 0;
    for (let i = 0; i < limbCount; i++) {
      const x = a[i]!;
      const low = t0 + x * b0;
      const q = Math.imul(low - Math.floor(low * limbShift) * limbBase, inverse) & limbMask;
      t0 = t1 + x * b1 + q * m1 + (low + q * m0) * limbShift;
      t1 = t2 + x * b2 + q * m2;
      t2 = t3 + x * b3 + q * m3;
      t3 = t4 + x * b4 + q * m4;
      t4 = t5 + x * b5 + q * m5;
      t5 = t6 + x * b6 + q * m6;
      t6 = t7 + x * b7 + q * m7;
      t7 = t8 + x * b8 + q * m8;
      t8 = t9 + x * b9 + q * m9;
      t9 = t10 + x * b10 + q * m10;
      t10 = t11 + x * b11 + q * m11;
      t11 = 0;
    }
    work[0] = t0;
    work[1] = t1;
    work[2] = t2;
    work[3] = t3;
    work[4] = t4;
    work[5] = t5;
    work[6] = t6;
    work[7] = t7;
    work[8] = t8;
    work[9] = t9;
    work[10] = t10;
    work[11] = t11;
    return this.#reduceWork();
  }

  square(a: Residue): Residue {
    return this.multiply(a, a);
  }

  /** a⁻¹; zero for zero. */
  invert(a: Residue): Residue {
    return this.multiply(invertLimbs(a, this.#limbs, this.#negativeInverse), this.#cube);
  }

  equal(a: Residue, b: Residue): boolean {
    let difference = 0;
    for (let i = 0; i < limbCount; i++) difference |= a[i]! ^ b[i]!;
    return difference === 0;
  }

  isZero(a: Residue): boolean {
    return this.equal(a, this.zero);
  }

  /** Settles the carries of a number in {@link work} below twice the modulus, and subtracts the modulus if need be. */
  #reduceWork(): Residue {
    const m = this.#limbs;
    let carry = 0;
    let borrow = 0;
    for (let i = 0; i < limbCount; i++) {
      const sum = work[i]! + carry;
      carry = Math.floor(sum * limbShift);
      const settled = sum - carry * limbBase;
      work[i] = settled;
      const difference = settled - m[i]! + borrow;
      borrow = Math.floor(difference * limbShift);
      reduced[i] = difference - borrow * limbBase;
    }
    // borrow is −1 where the number was below the modulus, and 0 otherwise.
    const take = 1 + borrow;
    for (let i = 0; i < limbCount; i++) work[i] = work[i]! + (reduced[i]! - work[i]!) * take;
    return takeLimbs(work);
  }
}

const work = new Float64Array(limbCount);
const reduced = new Float64Array(limbCount);
const plainOne = limbsFromBigInt(1n);

/** −m⁻¹ mod 2^22 of an odd limb by Newton's iteration, which doubles the right bits every time. */
function negativeInverse(m: number): number {
  let inverse = 1;
  for (let i = 0; i < 5; i++) inverse = Math.imul(inverse, 2 - Math.imul(m, inverse)) & limbMask;
  return -inverse & limbMask;
}
