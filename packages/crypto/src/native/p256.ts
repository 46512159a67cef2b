/**
 * P-256 on OpenSSL. OpenSSL's ECDH gives no y coordinate of k·Q; it follows from x(k·Q) and x((k+1)·Q)
 * ({@link recoverPoint}). All secrets go through constant-time code: nistz256 for products, fixed-width arithmetic for
 * the rest. Two products of one point take three ECDH instead of four (`p256-pair.ts`), a check of a sum one or two
 * (`p256-sum.ts`). Both engines draw private keys the same way, so one entropy gives one key.
 */
import { type Entropy, SelvageError } from '@selvage/core';
import type { HashAlgorithm, P256, P256KeyPair, P256Term } from '../core.js';
import { field } from '../scalar/curve.js';
import { addScalars, drawScalar, isScalar, requireScalar } from '../scalar/scalars.js';
import type { Residue } from '../scalar/modulus.js';
import {
  type AffinePoint,
  addPoints,
  negatePoint,
  parsePoint,
  readPoint,
  recoverPoint,
  writePoint,
} from './p256-affine.js';
import { multiplyGenerator, xOfMultiple } from './p256-ecdh.js';
import { signEcdsa, verifyEcdsa } from './p256-ecdsa.js';
import { recoverPair } from './p256-pair.js';
import { isSumOfPoints, isSumWithGenerator } from './p256-sum.js';

export const nativeP256: P256 = {
  generateKeyPair(entropy: Entropy): P256KeyPair {
    const privateKey = drawScalar(entropy);
    return { privateKey, publicKey: multiplyGenerator(privateKey) };
  },

  publicKey: multiplyGenerator,

  isPoint: (bytes: Uint8Array) => parsePoint(bytes) !== undefined,

  sharedSecret(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
    readPoint(publicKey);
    return xOfMultiple(privateKey, publicKey);
  },

  multiply,

  multiplyBoth,

  add(a: Uint8Array, b: Uint8Array): Uint8Array {
    return writeSum(readPoint(a), readPoint(b));
  },

  negate: (point: Uint8Array) => writePoint(negatePoint(readPoint(point))),

  isSum(sum: Uint8Array, a: P256Term, b: P256Term): boolean {
    requireScalar(a.scalar);
    requireScalar(b.scalar);
    return quickSum(sum, a, b) ?? plainSum(sum, a, b);
  },

  sign(privateKey: Uint8Array, hash: HashAlgorithm, message: Uint8Array): Uint8Array {
    requireScalar(privateKey);
    return signEcdsa(privateKey, hash, message);
  },

  verify(publicKey: Uint8Array, hash: HashAlgorithm, message: Uint8Array, signature: Uint8Array): boolean {
    return parsePoint(publicKey) !== undefined && verifyEcdsa(publicKey, hash, message, signature);
  },
};

function multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  const q = readPoint(point);
  requireScalar(scalar);
  const next = addScalars(scalar, one);
  // (n − 1)·Q = −Q, and n·Q, which the recovery would need, is the identity.
  if (!isScalar(next)) return writePoint(negatePoint(q));
  return writePoint(recoverPoint(xOf(scalar, point), xOf(next, point), q));
}

function multiplyBoth(a: Uint8Array, b: Uint8Array, point: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const q = readPoint(point);
  requireScalar(a);
  requireScalar(b);
  const sum = addScalars(addScalars(a, b), one);
  const pair = isScalar(sum) ? recoverPair(xOf(a, point), xOf(b, point), xOf(sum, point), q) : undefined;
  return pair ? [writePoint(pair[0]), writePoint(pair[1])] : [multiply(a, point), multiply(b, point)];
}

function xOf(scalar: Uint8Array, point: Uint8Array): Residue {
  return field.fromBytes(xOfMultiple(scalar, point));
}

function quickSum(sum: Uint8Array, a: P256Term, b: P256Term): boolean | undefined {
  if (a.point && b.point) return isSumOfPoints(sum, a, b);
  if (b.point) return isSumWithGenerator(sum, a.scalar, b);
  return a.point ? isSumWithGenerator(sum, b.scalar, a) : undefined;
}

function plainSum(sum: Uint8Array, a: P256Term, b: P256Term): boolean {
  const total = addPoints(product(a), product(b));
  const v = readPoint(sum);
  return total !== undefined && field.equal(total.x, v.x) && field.equal(total.y, v.y);
}

function product({ scalar, point }: P256Term): AffinePoint {
  return readPoint(point ? multiply(scalar, point) : multiplyGenerator(scalar));
}

function writeSum(a: AffinePoint, b: AffinePoint): Uint8Array {
  const sum = addPoints(a, b);
  if (sum === undefined) {
    throw new SelvageError('identity-point', 'the sum of the points is the identity');
  }
  return writePoint(sum);
}

const one = new Uint8Array(32);
one[31] = 1;
