/**
 * Arithmetic modulo a prime of 256 bits that is safe for secrets: every operation runs through the same multiplications,
 * additions and table positions whatever its operands are. There is no branch and no index that depends on a value;
 * the one conditional subtraction is a multiplication by a mask. (What the JIT and the processor make of a double
 * multiplication is outside JavaScript's reach; on the processors that Node runs on it takes constant time.)
 *
 * Values are kept in Montgomery form, a·2^264 mod m, and always fully reduced, so that equality is equality of limbs.
 */
import { type Limbs, limbBase, limbBits, limbCount, limbMask, limbShift, limbsFromBigInt, limbsFromBytes, limbsToBytes } from './limbs.js';

/** A residue in Montgomery form. */
export type Residue = Limbs;

export class Modulus {
  readonly value: bigint;
  readonly zero: Residue = new Float64Array(limbCount);
  readonly one: Residue;
  readonly #limbs: Limbs;
  /** −m⁻¹ mod 2^22. */
  readonly #negativeInverse: number;
  /** 2^528 mod m: what turns a number into Montgomery form. */
  readonly #square: Limbs;

  /** @param value an odd number between 2^255 and 2^256 */
  constructor(value: bigint) {
    this.value = value;
    this.#limbs = limbsFromBigInt(value);
    this.#negativeInverse = negativeInverse(this.#limbs[0]!);
    const radix = 1n << BigInt(limbBits * limbCount);
    this.#square = limbsFromBigInt((radix * radix) % value);
    this.one = limbsFromBigInt(radix % value);
  }

  /** The residue of a constant. */
  fromBigInt(value: bigint): Residue {
    return this.multiply(limbsFromBigInt(value % this.value), this.#square);
  }

  /** The residue of a number of 32 big-endian bytes, which may be above the modulus. */
  fromBytes(bytes: Uint8Array): Residue {
    return this.multiply(this.#reduceOnce(limbsFromBytes(bytes)), this.#square);
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
    const sum = new Float64Array(limbCount);
    for (let i = 0; i < limbCount; i++) sum[i] = a[i]! + b[i]!;
    return this.#reduceOnce(sum);
  }

  subtract(a: Residue, b: Residue): Residue {
    const difference = new Float64Array(limbCount);
    for (let i = 0; i < limbCount; i++) difference[i] = a[i]! - b[i]! + this.#limbs[i]!;
    return this.#reduceOnce(difference);
  }

  negate(a: Residue): Residue {
    return this.subtract(this.zero, a);
  }

  /** Montgomery multiplication, the sum of products and the reduction interleaved limb by limb. */
  multiply(a: Residue, b: Residue): Residue {
    const t = new Float64Array(limbCount);
    const m = this.#limbs;
    const inverse = this.#negativeInverse;
    for (let i = 0; i < limbCount; i++) {
      const ai = a[i]!;
      const t0 = t[0]! + ai * b[0]!;
      const q = Math.imul(lowLimb(t0), inverse) & limbMask;
      const carry = (t0 + q * m[0]!) * limbShift;
      for (let j = 1; j < limbCount; j++) t[j - 1] = t[j]! + ai * b[j]! + q * m[j]!;
      t[limbCount - 1] = 0;
      t[0] = t[0]! + carry;
    }
    return this.#reduceOnce(t);
  }

  square(a: Residue): Residue {
    return this.multiply(a, a);
  }

  equal(a: Residue, b: Residue): boolean {
    let difference = 0;
    for (let i = 0; i < limbCount; i++) difference |= a[i]! ^ b[i]!;
    return difference === 0;
  }

  isZero(a: Residue): boolean {
    return this.equal(a, this.zero);
  }

  /** Settles carries of limbs that denote a number below twice the modulus, and subtracts the modulus once if need be. */
  #reduceOnce(t: Limbs): Residue {
    const reduced = new Float64Array(limbCount);
    let carry = 0;
    let borrow = 0;
    for (let i = 0; i < limbCount; i++) {
      const settled = t[i]! + carry;
      carry = Math.floor(settled * limbShift);
      t[i] = settled - carry * limbBase;
      const difference = t[i]! - this.#limbs[i]! + borrow;
      borrow = Math.floor(difference * limbShift);
      reduced[i] = difference - borrow * limbBase;
    }
    // borrow is −1 where t was below the modulus, and 0 otherwise.
    const take = 1 + borrow;
    for (let i = 0; i < limbCount; i++) reduced[i] = t[i]! + (reduced[i]! - t[i]!) * take;
    return reduced;
  }
}

const plainOne = limbsFromBigInt(1n);

function lowLimb(value: number): number {
  return value - Math.floor(value * limbShift) * limbBase;
}

/** −m⁻¹ mod 2^22 of an odd limb by Newton's iteration, which doubles the right bits every time. */
function negativeInverse(m: number): number {
  let inverse = 1;
  for (let i = 0; i < 5; i++) inverse = Math.imul(inverse, 2 - Math.imul(m, inverse)) & limbMask;
  return -inverse & limbMask;
}
