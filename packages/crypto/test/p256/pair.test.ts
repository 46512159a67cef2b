import { SeededEntropy } from '@selvage/core/virtual';
import { portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { readPoint, writePoint } from '../../src/native/p256-affine.js';
import { recoverPair } from '../../src/native/p256-pair.js';
import { isSumOfPoints, isSumWithGenerator } from '../../src/native/p256-sum.js';

const { p256 } = portableCore;
const entropy = new SeededEntropy('pair');
const draw = (): ReturnType<typeof p256.generateKeyPair> => p256.generateKeyPair(entropy);

describe('recoverPair', () => {
  it('finds both y coordinates from three x coordinates, without falling back', () => {
    for (let i = 0; i < 20; i++) {
      const [p1, p2, q] = [draw().publicKey, draw().publicKey, draw().publicKey];
      const sum = p256.add(p256.add(p1, p2), q);
      const [a, b, c] = [p1, p2, sum].map((point) => readPoint(point).x) as [Residue, Residue, Residue];
      expect(recoverPair(a, b, c, readPoint(q))?.map(writePoint)).toEqual([p1, p2]);
    }
  });

  it('says so where the x coordinates are equal', () => {
    const [p, q] = [draw().publicKey, draw().publicKey];
    const { x } = readPoint(p);
    expect(recoverPair(x, x, readPoint(p256.add(p256.add(p, p), q)).x, readPoint(q))).toBeUndefined();
  });
});

type Residue = ReturnType<typeof readPoint>['x'];

describe('the quick sum checks', () => {
  it('decide honest and false claims themselves', () => {
    for (let i = 0; i < 10; i++) {
      const [r, h] = [draw(), draw()];
      const term = { scalar: h.privateKey, point: h.publicKey };
      const product = p256.multiply(h.privateKey, h.publicKey);
      const sum = p256.add(r.publicKey, product);
      expect(isSumWithGenerator(sum, r.privateKey, term)).toBe(true);
      expect(isSumWithGenerator(p256.add(r.publicKey, p256.negate(product)), r.privateKey, term)).toBe(false);
      const other = { scalar: r.privateKey, point: r.publicKey };
      const total = p256.add(p256.multiply(r.privateKey, r.publicKey), product);
      expect(isSumOfPoints(total, other, term)).toBe(true);
      expect(isSumOfPoints(p256.negate(total), other, term)).toBe(false);
    }
  });
});
