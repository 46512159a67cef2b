/** Ed25519 in JavaScript over @noble/curves: verification without the cofactor, as RFC 8032 §5.1.7 allows and OpenSSL does. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { SelvageError } from '@selvage/core';
import type { Ed25519 } from '../core.js';

const seedLength = 32;

export const portableEd25519: Ed25519 = {
  publicKey: (seed: Uint8Array) => ed25519.getPublicKey(requireSeed(seed)),

  sign: (seed: Uint8Array, message: Uint8Array) => ed25519.sign(message, requireSeed(seed)),

  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      return false;
    }
  },
};

function requireSeed(seed: Uint8Array): Uint8Array {
  if (seed.length !== seedLength) {
    throw new SelvageError('invalid-length', `an Ed25519 seed is ${seedLength} bytes, not ${seed.length}`);
  }
  return seed;
}
