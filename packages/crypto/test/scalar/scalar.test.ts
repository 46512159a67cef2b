import { toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { FailingEntropy, FixedEntropy, SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { field, order } from '../../src/scalar/curve.js';
import type { Modulus } from '../../src/scalar/modulus.js';
import {
  addScalars,
  drawScalar,
  isScalar,
  multiplyScalars,
  reduceToScalar,
  subtractScalars,
} from '../../src/scalar/scalars.js';
import { fieldPrime, groupOrder, scalar } from '../contract/p256-data.js';

const seed = process.env['SELVAGE_SEED'] ?? 'scalar';
const random = new SeededEntropy(seed);

const number = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes) || '0'}`);
const draw = (): bigint => {
  const bytes = new Uint8Array(32);
  random.fill(bytes);
  return number(bytes);
};
const mod = (a: bigint, m: bigint): bigint => ((a % m) + m) % m;

/** Values around the limbs' borders, the moduli and the ends. */
function edges(m: bigint): bigint[] {
  const borders = Array.from({ length: 11 }, (_, i) => 2n ** BigInt(22 * (i + 1)));
  return [0n, 1n, 2n, m - 1n, m - 2n, m / 2n, m / 2n + 1n, 2n ** 255n, ...borders.flatMap((b) => [b - 1n, b, b + 1n])];
}

const moduli: readonly [string, Modulus, bigint][] = [
  ['p', field, fieldPrime],
  ['n', order, groupOrder],
];

describe.each(moduli)('arithmetic modulo %s equals that of BigInt', (_, modulus, m) => {
  const residue = (a: bigint): ReturnType<Modulus['add']> => modulus.fromBytes(scalar(a));
  const value = (a: ReturnType<Modulus['add']>): bigint => number(modulus.toBytes(a));
  const check = (a: bigint, b: bigint): void => {
    const [x, y] = [residue(a), residue(b)];
    const context = `a = ${a}, b = ${b}, seed ${seed}`;
    expect(value(modulus.multiply(x, y)), context).toBe(mod(a * b, m));
    expect(value(modulus.add(x, y)), context).toBe(mod(a + b, m));
    expect(value(modulus.subtract(x, y)), context).toBe(mod(a - b, m));
    expect(modulus.equal(x, y), context).toBe(mod(a - b, m) === 0n);
  };

  it('for all pairs of values at the edges', () => {
    for (const a of edges(m)) for (const b of edges(m)) check(a, b);
  });

  it('for 500 random pairs', () => {
    for (let i = 0; i < 500; i++) check(draw(), draw());
  });

  it('for negation, squares and inverses of edges and 300 random values', () => {
    for (const a of [...edges(m), ...Array.from({ length: 300 }, draw)]) {
      const x = residue(a);
      const context = `a = ${a}, seed ${seed}`;
      expect(value(modulus.negate(x)), context).toBe(mod(-a, m));
      expect(value(modulus.square(x)), context).toBe(mod(a * a, m));
      expect(value(modulus.multiply(modulus.invert(x), x)), context).toBe(mod(a, m) === 0n ? 0n : 1n);
    }
    expect(modulus.isZero(modulus.invert(modulus.zero))).toBe(true);
  });

  it('for numbers from the modulus up to 2^256, which are reduced as they come in', () => {
    for (const a of [m, m + 1n, 2n ** 256n - 1n, 2n ** 256n - 2n]) expect(value(residue(a))).toBe(a - m);
    expect(value(modulus.fromBigInt(m * 3n + 5n))).toBe(5n);
  });

  it('knows which numbers are below the modulus', () => {
    for (const a of [0n, 1n, m - 1n]) expect(modulus.holds(scalar(a))).toBe(true);
    for (const a of [m, m + 1n, 2n ** 256n - 1n]) expect(modulus.holds(scalar(a))).toBe(false);
  });
});

describe('scalars', () => {
  it('add, subtract and multiply modulo n, operands above n included', () => {
    for (const a of [...edges(groupOrder), 2n ** 256n - 1n, draw()]) {
      for (const b of [0n, 1n, groupOrder - 1n, groupOrder, 2n ** 256n - 1n, draw()]) {
        const [x, y] = [scalar(a), scalar(b)];
        expect(number(addScalars(x, y))).toBe(mod(a + b, groupOrder));
        expect(number(subtractScalars(x, y))).toBe(mod(a - b, groupOrder));
        expect(number(multiplyScalars(x, y))).toBe(mod(a * b, groupOrder));
      }
    }
  });

  it('are numbers of any length modulo n', () => {
    for (let length = 0; length <= 130; length++) {
      const bytes = new Uint8Array(length);
      random.fill(bytes);
      expect(number(reduceToScalar(bytes)), `${toHex(bytes)}, seed ${seed}`).toBe(number(bytes) % groupOrder);
      bytes.fill(255);
      expect(number(reduceToScalar(bytes))).toBe(number(bytes) % groupOrder);
    }
  });

  it('lie between 1 and n − 1 in 32 bytes', () => {
    for (const a of [1n, 2n ** 255n, groupOrder - 1n]) expect(isScalar(scalar(a))).toBe(true);
    for (const a of [0n, groupOrder, 2n ** 256n - 1n]) expect(isScalar(scalar(a))).toBe(false);
    for (const length of [0, 31, 33]) expect(isScalar(new Uint8Array(length).fill(1))).toBe(false);
  });

  it('are drawn until one is valid, from a source that must not fail', () => {
    const bad = new Uint8Array(32).fill(255);
    const entropy = new FixedEntropy(Uint8Array.from([...bad, ...new Uint8Array(32), ...scalar(7n)]));
    expect(number(drawScalar(entropy))).toBe(7n);
    expect(outcomeOf(() => drawScalar(entropy))).toBe('entropy-failed');
    expect(outcomeOf(() => drawScalar(new FailingEntropy()))).toBe('entropy-failed');
  });
});
