/** Private keys and symmetric secrets as bytes: what a home makes, takes and keeps. */
import { type Entropy, SelvageError } from '@selvage/core';
import type { CryptoCore } from '../core.js';
import { drawScalar, isScalar } from '../scalar/scalars.js';
import type { KeyAlgorithm } from './key-handle.js';

/** Bytes of a generated symmetric key and of an Ed25519 seed. */
const generatedLength = 32;
/** Bytes of the shortest symmetric key that is taken: 128 bits. */
const shortestSymmetric = 16;

/** @throws SelvageError `entropy-failed` */
export function generateMaterial(algorithm: KeyAlgorithm, entropy: Entropy): Uint8Array {
  switch (algorithm) {
    case 'ecdsa-p256':
    case 'ecdh-p256':
      return drawScalar(entropy);
    case 'ed25519':
    case 'hmac-sha256':
    case 'derive': {
      const bytes = new Uint8Array(generatedLength);
      entropy.fill(bytes);
      return bytes;
    }
  }
}

/** @throws SelvageError `invalid-key` */
export function requireMaterial(algorithm: KeyAlgorithm, material: Uint8Array): void {
  if (!isMaterial(algorithm, material)) {
    material.fill(0);
    throw new SelvageError('invalid-key', `the bytes are no key of ${algorithm}`);
  }
}

/** The public key of a private one; `undefined` for symmetric keys. */
export function derivePublicKey(
  core: CryptoCore,
  algorithm: KeyAlgorithm,
  material: Uint8Array,
): Uint8Array | undefined {
  switch (algorithm) {
    case 'ecdsa-p256':
    case 'ecdh-p256':
      return core.p256.publicKey(material);
    case 'ed25519':
      return core.ed25519.publicKey(material);
    case 'hmac-sha256':
    case 'derive':
      return undefined;
  }
}

function isMaterial(algorithm: KeyAlgorithm, material: Uint8Array): boolean {
  switch (algorithm) {
    case 'ecdsa-p256':
    case 'ecdh-p256':
      return isScalar(material);
    case 'ed25519':
      return material.length === generatedLength;
    case 'hmac-sha256':
    case 'derive':
      return material.length >= shortestSymmetric;
  }
}
