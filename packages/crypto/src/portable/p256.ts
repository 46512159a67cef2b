/**
 * P-256 in JavaScript over @noble/curves. Products with secret scalars go through its blinded, fixed-window
 * multiplication; the randomness of that blinding is the platform's own and does not show in any result. ECDSA is
 * deterministic (RFC 6979), so a world that must replay byte for byte signs with this engine.
 */
import { type WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js';
import { p256 } from '@noble/curves/nist.js';
import { type Entropy, SelvageError } from '@selvage/core';
import type { HashAlgorithm, P256, P256KeyPair, P256Term } from '../core.js';
import { pointLength, uncompressed } from '../scalar/curve.js';
import { drawScalar, requireScalar } from '../scalar/scalars.js';
import { signEcdsa, verifyEcdsa } from './p256-ecdsa.js';

type Point = WeierstrassPoint<bigint>;

const { Point } = p256;

export const portableP256: P256 = {
  generateKeyPair(entropy: Entropy): P256KeyPair {
    const privateKey = drawScalar(entropy);
    return { privateKey, publicKey: publicKey(privateKey) };
  },

  publicKey,

  isPoint: (bytes: Uint8Array) => parsePoint(bytes) !== undefined,

  sharedSecret(privateKey: Uint8Array, point: Uint8Array): Uint8Array {
    return multiply(privateKey, point).slice(1, 33);
  },

  multiply,

  multiplyBoth(a: Uint8Array, b: Uint8Array, point: Uint8Array): readonly [Uint8Array, Uint8Array] {
    return [multiply(a, point), multiply(b, point)];
  },

  add(a: Uint8Array, b: Uint8Array): Uint8Array {
    const sum = readPoint(a).add(readPoint(b));
    if (sum.is0()) {
      throw new SelvageError('identity-point', 'the sum of the points is the identity');
    }
    return sum.toBytes(false);
  },

  negate: (point: Uint8Array) => readPoint(point).negate().toBytes(false),

  isSum(sum: Uint8Array, a: P256Term, b: P256Term): boolean {
    const [v, p, q] = [readPoint(sum), basePoint(a), basePoint(b)];
    return p.mulAddUnsafe(readScalar(a.scalar), q, readScalar(b.scalar)).equals(v);
  },

  sign(privateKey: Uint8Array, hash: HashAlgorithm, message: Uint8Array): Uint8Array {
    requireScalar(privateKey);
    return signEcdsa(privateKey, hash, message);
  },

  verify(point: Uint8Array, hash: HashAlgorithm, message: Uint8Array, signature: Uint8Array): boolean {
    return parsePoint(point) !== undefined && verifyEcdsa(point, hash, message, signature);
  },
};

function publicKey(privateKey: Uint8Array): Uint8Array {
  return Point.BASE.multiply(readScalar(privateKey)).toBytes(false);
}

function multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  const q = readPoint(point);
  return q.multiply(readScalar(scalar)).toBytes(false);
}

function basePoint({ point }: P256Term): Point {
  return point ? readPoint(point) : Point.BASE;
}

function readScalar(bytes: Uint8Array): bigint {
  requireScalar(bytes);
  return Point.Fn.fromBytes(bytes);
}

function readPoint(bytes: Uint8Array): Point {
  const point = parsePoint(bytes);
  if (point === undefined) {
    throw new SelvageError('invalid-point', 'not an uncompressed point on P-256');
  }
  return point;
}

function parsePoint(bytes: Uint8Array): Point | undefined {
  if (bytes.length !== pointLength || bytes[0] !== uncompressed) return undefined;
  try {
    return Point.fromBytes(bytes);
  } catch {
    return undefined;
  }
}
