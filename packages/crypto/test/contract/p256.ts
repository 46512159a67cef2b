import { concat, fromHex, toHex } from '@selvage/core';
import { outcomeOf, type TestFunctions } from '@selvage/core/testing';
import { FailingEntropy, FixedEntropy, SeededEntropy } from '@selvage/core/virtual';
import type { CryptoCore, HashAlgorithm, P256 } from '@selvage/crypto';
import {
  badPoints,
  badScalars,
  ecdhVector,
  ecdsaKey,
  ecdsaVectors,
  generator,
  groupOrder,
  scalar,
} from './p256-data.js';

/** What P-256 must do in every engine. */
export function p256Suite(t: TestFunctions, core: CryptoCore): void {
  t.describe('P-256 contract', () => {
    keySuite(t, core.p256);
    groupSuite(t, core.p256);
    sumSuite(t, core.p256);
    refusalSuite(t, core.p256);
    ecdsaSuite(t, core.p256);
  });
}

const hex = (bytes: Uint8Array): string => toHex(bytes);
/** A multiple of the generator that is neither small nor special. */
const someKey = scalar(0x1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdefn);

function keySuite({ describe, it, expect }: TestFunctions, p256: P256): void {
  describe('keys', () => {
    it('makes the public key of a private one (RFC 6979 A.2.5)', () => {
      expect(hex(p256.publicKey(fromHex(ecdsaKey.privateKey)))).toBe(ecdsaKey.publicKey);
    });

    it('agrees on a shared secret (RFC 5903 §8.1)', () => {
      const { i, gi, r, gr, shared } = ecdhVector;
      expect(hex(p256.publicKey(fromHex(i)))).toBe(gi);
      expect(hex(p256.publicKey(fromHex(r)))).toBe(gr);
      expect(hex(p256.sharedSecret(fromHex(i), fromHex(gr)))).toBe(shared);
      expect(hex(p256.sharedSecret(fromHex(r), fromHex(gi)))).toBe(shared);
    });

    it('draws private keys by rejection: zero, n and above are drawn again', () => {
      const refused = [0n, groupOrder, groupOrder + 1n, 2n ** 256n - 1n].map(scalar);
      const entropy = new FixedEntropy(concat(...refused, scalar(groupOrder - 1n), someKey));
      const pair = p256.generateKeyPair(entropy);
      expect(hex(pair.privateKey)).toBe(hex(scalar(groupOrder - 1n)));
      expect(hex(pair.publicKey)).toBe(hex(p256.negate(generator)));
      expect(hex(p256.generateKeyPair(entropy).privateKey)).toBe(hex(someKey));
    });

    it('stops when entropy fails, or yields nothing but rejected values', () => {
      expect(outcomeOf(() => p256.generateKeyPair(new FailingEntropy()))).toBe('entropy-failed');
      expect(outcomeOf(() => p256.generateKeyPair({ fill: (target) => void target.fill(0) }))).toBe('entropy-failed');
      expect(outcomeOf(() => p256.generateKeyPair({ fill: (target) => void target.fill(255) }))).toBe('entropy-failed');
    });

    it('gives arrays of their own', () => {
      const point = p256.publicKey(someKey);
      point.fill(0);
      expect(p256.isPoint(p256.publicKey(someKey))).toBe(true);
    });
  });
}

function groupSuite({ describe, it, expect }: TestFunctions, p256: P256): void {
  describe('the group', () => {
    const q = p256.publicKey(someKey);

    it('multiplies by 1, 2, n−2 and n−1 as addition and negation do', () => {
      const double = p256.add(q, q);
      expect(hex(p256.multiply(scalar(1n), q))).toBe(hex(q));
      expect(hex(p256.multiply(scalar(2n), q))).toBe(hex(double));
      expect(hex(p256.multiply(scalar(3n), q))).toBe(hex(p256.add(double, q)));
      expect(hex(p256.multiply(scalar(groupOrder - 1n), q))).toBe(hex(p256.negate(q)));
      expect(hex(p256.multiply(scalar(groupOrder - 2n), q))).toBe(hex(p256.negate(double)));
      expect(hex(p256.multiply(scalar(groupOrder - 3n), q))).toBe(hex(p256.negate(p256.add(double, q))));
    });

    it('multiplies by (n−1)/2 and (n+1)/2, which differ by the point', () => {
      const half = p256.multiply(scalar((groupOrder - 1n) / 2n), q);
      expect(hex(p256.add(half, q))).toBe(hex(p256.multiply(scalar((groupOrder + 1n) / 2n), q)));
      expect(hex(p256.negate(half))).toBe(hex(p256.add(half, q)));
    });

    it('has the generator that the standard says', () => {
      expect(hex(p256.publicKey(scalar(1n)))).toBe(hex(generator));
      expect(hex(p256.publicKey(someKey))).toBe(hex(p256.multiply(someKey, generator)));
    });

    it('shares the x coordinate of the product', () => {
      for (const k of [scalar(1n), scalar(2n), someKey, scalar(groupOrder - 1n)]) {
        expect(hex(p256.sharedSecret(k, q))).toBe(hex(p256.multiply(k, q).subarray(1, 33)));
      }
    });

    it('has two products of one point together', () => {
      const [a, b] = [scalar(77n), someKey];
      expect(p256.multiplyBoth(a, b, q).map(hex)).toEqual([a, b].map((k) => hex(p256.multiply(k, q))));
      expect(p256.multiplyBoth(a, a, q).map(hex)).toEqual([a, a].map((k) => hex(p256.multiply(k, q))));
      const edges = [1n, 2n, groupOrder - 1n, groupOrder - 2n].map(scalar);
      for (const k of edges) {
        for (const l of edges) {
          expect(p256.multiplyBoth(k, l, q).map(hex)).toEqual([k, l].map((m) => hex(p256.multiply(m, q))));
        }
      }
    });

    it('has no point at P + (−P)', () => {
      expect(outcomeOf(() => p256.add(q, p256.negate(q)))).toBe('identity-point');
      expect(outcomeOf(() => p256.add(p256.negate(generator), generator))).toBe('identity-point');
    });

    it('adds points that share an x coordinate or lie on a tangent', () => {
      const double = p256.add(q, q);
      expect(hex(p256.add(double, p256.negate(q)))).toBe(hex(q));
      expect(hex(p256.add(p256.negate(double), q))).toBe(hex(p256.negate(q)));
    });

    it('keeps the laws for random points and scalars', () => {
      const entropy = new SeededEntropy('p256 laws');
      for (let i = 0; i < 12; i++) {
        const [a, b, c] = [0, 1, 2].map(() => p256.generateKeyPair(entropy)) as [Pair, Pair, Pair];
        const sum = p256.add(a.publicKey, b.publicKey);
        const k = c.privateKey;
        expect(hex(sum)).toBe(hex(p256.add(b.publicKey, a.publicKey)));
        const products = p256.add(p256.multiply(k, a.publicKey), p256.multiply(k, b.publicKey));
        expect(hex(p256.multiply(k, sum))).toBe(hex(products));
        expect(hex(p256.add(p256.add(sum, c.publicKey), p256.negate(sum)))).toBe(hex(c.publicKey));
        expect(hex(p256.multiply(k, a.publicKey))).toBe(hex(p256.multiply(a.privateKey, c.publicKey)));
      }
    });
  });
}

type Pair = ReturnType<P256['generateKeyPair']>;

function sumSuite({ describe, it, expect }: TestFunctions, p256: P256): void {
  describe('isSum', () => {
    const x = p256.publicKey(someKey);
    const q = p256.publicKey(scalar(99n));
    const [r, h] = [scalar(0xabcdef0123456789n ** 3n), scalar(0xfedcba9876543210n ** 4n % groupOrder)];
    const bases = [undefined, generator, q, x] as const;
    const total = (base: Uint8Array | undefined): Uint8Array =>
      p256.add(p256.multiply(r, base ?? generator), p256.multiply(h, x));

    it('knows a sum of two products, with the generator or another point, in either order', () => {
      for (const point of bases) {
        const [a, b] = [
          { scalar: r, point },
          { scalar: h, point: x },
        ];
        expect([p256.isSum(total(point), a, b), p256.isSum(total(point), b, a)]).toEqual([true, true]);
      }
      const twice = p256.publicKey(scalar(0xabcdef0123456789n ** 3n * 2n));
      expect(p256.isSum(twice, { scalar: r }, { scalar: r })).toBe(true);
    });

    it('refuses every other combination of signs', () => {
      for (const point of bases) {
        const [a, b] = [p256.multiply(r, point ?? generator), p256.multiply(h, x)];
        const difference = p256.add(a, p256.negate(b));
        const wrong = [difference, p256.negate(difference), p256.negate(p256.add(a, b)), a, b, p256.negate(b)];
        for (const sum of wrong) {
          expect(p256.isSum(sum, { scalar: r, point }, { scalar: h, point: x })).toBe(false);
          expect(p256.isSum(sum, { scalar: h, point: x }, { scalar: r, point })).toBe(false);
        }
      }
    });

    it('refuses a sum whose scalars, points or total are slightly off', () => {
      for (const point of bases) {
        const sum = total(point);
        const plusOne = p256.add(sum, generator);
        const next = scalar(0xabcdef0123456789n ** 3n + 1n);
        expect(p256.isSum(plusOne, { scalar: r, point }, { scalar: h, point: x })).toBe(false);
        expect(p256.isSum(sum, { scalar: next, point }, { scalar: h, point: x })).toBe(false);
        expect(p256.isSum(sum, { scalar: r, point }, { scalar: h, point: p256.add(x, generator) })).toBe(false);
        expect(p256.isSum(sum, { scalar: h, point }, { scalar: r, point: x })).toBe(equal(point, x));
      }
    });

    it('knows sums whose terms are equal, and that no point is P + (−P)', () => {
      const doubled = p256.multiply(scalar(2n), p256.multiply(h, x));
      expect(p256.isSum(doubled, { scalar: h, point: x }, { scalar: h, point: x })).toBe(true);
      expect(p256.isSum(x, { scalar: h, point: x }, { scalar: h, point: p256.negate(x) })).toBe(false);
      expect(p256.isSum(x, { scalar: r }, { scalar: r, point: p256.negate(generator) })).toBe(false);
    });

    it('knows sums with small and large scalars', () => {
      const edges = [1n, 2n, groupOrder - 1n, groupOrder - 2n];
      for (const a of edges) {
        for (const b of edges) {
          const [ra, hb] = [scalar(a), scalar(b)];
          const sum = p256.add(p256.multiply(ra, q), p256.multiply(hb, x));
          expect(p256.isSum(sum, { scalar: ra, point: q }, { scalar: hb, point: x })).toBe(true);
          expect(p256.isSum(p256.negate(sum), { scalar: ra, point: q }, { scalar: hb, point: x })).toBe(false);
          const withGenerator = p256.add(p256.publicKey(ra), p256.multiply(hb, x));
          expect(p256.isSum(withGenerator, { scalar: ra }, { scalar: hb, point: x })).toBe(true);
          expect(p256.isSum(p256.negate(withGenerator), { scalar: ra }, { scalar: hb, point: x })).toBe(false);
        }
      }
    });
  });
}

function refusalSuite({ describe, it, expect }: TestFunctions, p256: P256): void {
  describe('refuses', () => {
    const q = p256.publicKey(someKey);

    for (const { name, bytes } of badPoints) {
      it(`as a point: ${name}`, () => {
        expect(p256.isPoint(bytes)).toBe(false);
        const calls = [
          () => p256.sharedSecret(someKey, bytes),
          () => p256.multiply(someKey, bytes),
          () => p256.multiplyBoth(someKey, someKey, bytes),
          () => p256.add(bytes, q),
          () => p256.add(q, bytes),
          () => p256.negate(bytes),
          () => p256.isSum(bytes, { scalar: someKey }, { scalar: someKey, point: q }),
          () => p256.isSum(q, { scalar: someKey, point: bytes }, { scalar: someKey, point: q }),
          () => p256.isSum(q, { scalar: someKey }, { scalar: someKey, point: bytes }),
        ];
        expect(calls.map(outcomeOf)).toEqual(calls.map(() => 'invalid-point'));
        expect(p256.verify(bytes, 'sha256', new Uint8Array(1), fromHex(ecdsaVectors[0]!.signature))).toBe(false);
      });
    }

    for (const { name, bytes } of badScalars) {
      it(`as a scalar: ${name}`, () => {
        const calls = [
          () => p256.publicKey(bytes),
          () => p256.sharedSecret(bytes, q),
          () => p256.multiply(bytes, q),
          () => p256.multiplyBoth(bytes, someKey, q),
          () => p256.multiplyBoth(someKey, bytes, q),
          () => p256.sign(bytes, 'sha256', new Uint8Array(1)),
          () => p256.isSum(q, { scalar: bytes }, { scalar: someKey, point: q }),
          () => p256.isSum(q, { scalar: someKey }, { scalar: bytes, point: q }),
          () => p256.isSum(q, { scalar: someKey, point: q }, { scalar: bytes, point: q }),
        ];
        expect(calls.map(outcomeOf)).toEqual(calls.map(() => 'invalid-scalar'));
      });
    }
  });
}

function ecdsaSuite({ describe, it, expect }: TestFunctions, p256: P256): void {
  describe('ECDSA', () => {
    const privateKey = fromHex(ecdsaKey.privateKey);
    const publicKey = fromHex(ecdsaKey.publicKey);
    const text = (message: string): Uint8Array => new TextEncoder().encode(message);

    for (const { hash, message, signature } of ecdsaVectors) {
      it(`knows the signature of RFC 6979 A.2.5, ${hash}, "${message}", and no other message's`, () => {
        expect(p256.verify(publicKey, hash, text(message), fromHex(signature))).toBe(true);
        expect(p256.verify(publicKey, hash, text(`${message}!`), fromHex(signature))).toBe(false);
        expect(p256.verify(generator, hash, text(message), fromHex(signature))).toBe(false);
      });
    }

    it('signs what it verifies, with every hash', () => {
      for (const hash of ['sha256', 'sha384', 'sha512'] satisfies HashAlgorithm[]) {
        const signature = p256.sign(privateKey, hash, text('message'));
        expect(p256.verify(publicKey, hash, text('message'), signature)).toBe(true);
        expect(p256.verify(publicKey, hash, text('massage'), signature)).toBe(false);
        const otherHash = hash === 'sha256' ? 'sha384' : 'sha256';
        expect(p256.verify(publicKey, otherHash, text('message'), signature)).toBe(false);
      }
    });

    it('takes high s and low s', () => {
      const { hash, message, signature } = ecdsaVectors[0]!;
      const flipped = withOtherS(fromHex(signature));
      expect(p256.verify(publicKey, hash, text(message), flipped)).toBe(true);
    });

    it('is false for a signature with any byte changed, cut off or added', () => {
      const { hash, message, signature } = ecdsaVectors[0]!;
      const good = fromHex(signature);
      const bad: Uint8Array[] = [...good.keys()].map((i) =>
        good.map((byte, j) => (i === j ? byte ^ (1 << (i % 8)) : byte)),
      );
      bad.push(good.subarray(0, -1), concat(good, Uint8Array.of(0)), new Uint8Array(0), Uint8Array.of(0x30));
      const taken = bad.map((b) => p256.verify(publicKey, hash, text(message), b));
      expect(taken).toEqual(bad.map(() => false));
    });

    it('does not use a key that was overwritten since', () => {
      const key = Uint8Array.from(privateKey);
      p256.sign(key, 'sha256', text('first'));
      key.set(someKey);
      const signature = p256.sign(key, 'sha256', text('second'));
      expect(p256.verify(p256.publicKey(someKey), 'sha256', text('second'), signature)).toBe(true);
      expect(p256.verify(publicKey, 'sha256', text('second'), signature)).toBe(false);
    });
  });
}

function equal(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && toHex(a) === toHex(b);
}

/** The same signature with n − s for s, in DER. */
function withOtherS(der: Uint8Array): Uint8Array {
  const rLength = der[3]!;
  const r = der.subarray(4, 4 + rLength);
  const s = BigInt(`0x${toHex(der.subarray(6 + rLength))}`);
  const other = scalar(groupOrder - s);
  const integer = other[0]! >= 0x80 ? concat(Uint8Array.of(0), other) : other;
  const body = concat(Uint8Array.of(2, r.length), r, Uint8Array.of(2, integer.length), integer);
  return concat(Uint8Array.of(0x30, body.length), body);
}
