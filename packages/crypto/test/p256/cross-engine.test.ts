import { toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { SeededEntropy } from '@selvage/core/virtual';
import { nativeCore, type P256, portableCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { generator, groupOrder, scalar, smallPoint } from '../contract/p256-data.js';

const seed = process.env['SELVAGE_SEED'] ?? 'cross-engine';
const entropy = new SeededEntropy(seed);
const native = nativeCore.p256;
const portable = portableCore.p256;

const edgeScalars = [
  1n,
  2n,
  3n,
  groupOrder / 2n,
  groupOrder / 2n + 1n,
  groupOrder - 3n,
  groupOrder - 2n,
  groupOrder - 1n,
]
  .map(scalar)
  .concat([5n, 2n ** 255n, 2n ** 128n, 2n ** 22n, 2n ** 242n].map(scalar));
const edgePoints = [generator, portable.negate(generator), smallPoint, portable.negate(smallPoint)];

/** The result of one call on both engines, or its error. */
function both(call: (p256: P256) => Uint8Array | readonly Uint8Array[] | boolean): [string, string] {
  const show = (p256: P256): string => {
    let result = '';
    const outcome = outcomeOf(() => {
      const value = call(p256);
      result =
        typeof value === 'boolean'
          ? String(value)
          : [value]
              .flat()
              .map((bytes) => toHex(bytes))
              .join();
    });
    return outcome === 'returned' ? result : outcome;
  };
  return [show(native), show(portable)];
}

function expectEqual(what: string, call: (p256: P256) => Uint8Array | readonly Uint8Array[] | boolean): void {
  const [fromNative, fromPortable] = both(call);
  expect(fromNative, `${what}, seed ${seed}`).toBe(fromPortable);
}

describe('the native engine computes what the portable one does', () => {
  it('for 200 random keys, points and scalars', () => {
    for (let i = 0; i < 200; i++) {
      const [a, b] = [portable.generateKeyPair(entropy), portable.generateKeyPair(entropy)];
      const k = a.privateKey;
      expectEqual(`publicKey ${i}`, (p256) => p256.publicKey(k));
      expectEqual(`multiply ${i}`, (p256) => p256.multiply(k, b.publicKey));
      expectEqual(`sharedSecret ${i}`, (p256) => p256.sharedSecret(k, b.publicKey));
      expectEqual(`add ${i}`, (p256) => p256.add(a.publicKey, b.publicKey));
      expectEqual(`negate ${i}`, (p256) => p256.negate(a.publicKey));
    }
  });

  it('for 40 random pairs of scalars on one point', () => {
    for (let i = 0; i < 40; i++) {
      const [a, b, q] = [0, 1, 2].map(() => portable.generateKeyPair(entropy)) as [Pair, Pair, Pair];
      expectEqual(`multiplyBoth ${i}`, (p256) => p256.multiplyBoth(a.privateKey, b.privateKey, q.publicKey));
    }
  });

  it('for scalars and points at the edges', () => {
    for (const point of edgePoints) {
      for (const k of edgeScalars) {
        expectEqual(`multiply ${toHex(k)}`, (p256) => p256.multiply(k, point));
      }
    }
  });

  it('for pairs of scalars at the edges, equal, opposite and adjacent', () => {
    for (const a of edgeScalars) {
      for (const b of edgeScalars.slice(0, 8)) {
        expectEqual(`multiplyBoth ${toHex(a)} ${toHex(b)}`, (p256) => p256.multiplyBoth(a, b, generator));
      }
    }
  });

  it('for sums of all pairs of edge points, doublings and P + (−P) included', () => {
    const points = [
      ...edgePoints,
      portable.add(generator, generator),
      portable.negate(portable.add(generator, generator)),
    ];
    for (const a of points) {
      for (const b of points) expectEqual(`add ${toHex(a)} ${toHex(b)}`, (p256) => p256.add(a, b));
    }
  });

  it('for 60 claimed sums, true and false', () => {
    for (let i = 0; i < 60; i++) {
      const [r, h] = [portable.generateKeyPair(entropy), portable.generateKeyPair(entropy)];
      const point = i % 2 === 0 ? undefined : r.publicKey;
      const product = portable.multiply(h.privateKey, h.publicKey);
      const sum = portable.add(
        portable.multiply(r.privateKey, point ?? generator),
        i % 3 === 0 ? portable.negate(product) : product,
      );
      const claim = (p256: P256): boolean =>
        p256.isSum(sum, { scalar: r.privateKey, point }, { scalar: h.privateKey, point: h.publicKey });
      expectEqual(`isSum ${i}`, claim);
      expect(claim(native), `isSum ${i}, seed ${seed}`).toBe(i % 3 !== 0);
    }
  });

  it('and takes its signatures, as the portable one takes the native engine’s', () => {
    const { privateKey, publicKey } = portable.generateKeyPair(entropy);
    for (let i = 0; i < 10; i++) {
      const message = Uint8Array.of(i);
      for (const [signer, verifier] of [
        [native, portable],
        [portable, native],
      ] as const) {
        const signature = signer.sign(privateKey, 'sha256', message);
        expect(verifier.verify(publicKey, 'sha256', message, signature)).toBe(true);
      }
    }
  });
});

type Pair = ReturnType<P256['generateKeyPair']>;

describe('what only one engine promises', () => {
  it('portable: ECDSA is deterministic, RFC 6979 A.2.5', async () => {
    const { ecdsaKey, ecdsaVectors } = await import('../contract/p256-data.js');
    for (const { hash, message, signature } of ecdsaVectors) {
      const key = Uint8Array.from(Buffer.from(ecdsaKey.privateKey, 'hex'));
      expect(toHex(portable.sign(key, hash, new TextEncoder().encode(message)))).toBe(signature);
    }
  });
});
