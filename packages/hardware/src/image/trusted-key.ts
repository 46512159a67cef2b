/** Whom a loader trusts, and who signs. */
import type { CryptoCore, HashAlgorithm, KeyHandle, KeyHome, PublicKey } from '@selvage/crypto';
import { encodeSpki } from '@selvage/crypto';
import { SelvageError } from '@selvage/core';

/**
 * A key that may have signed: itself, or SHA-256 of its SubjectPublicKeyInfo, as OTP has it. Of a key that is known by
 * its hash alone the image must carry the whole (`publicKeyFormat: 'full'`).
 */
export type TrustedKey = PublicKey | { readonly keyHash: Uint8Array };

/** A private key somewhere, and the public one that goes with it. */
export interface ImageSigner {
  readonly publicKey: PublicKey;
  /** DER of ECDSA over SHA-256 of the message, or Ed25519 over the message itself. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Hash of a key's SubjectPublicKeyInfo, as images name their signers. */
export function keyHashOf(core: CryptoCore, key: PublicKey, algorithm: HashAlgorithm = 'sha256'): Uint8Array {
  return core.hash(algorithm, encodeSpki(key));
}

/**
 * A signer whose key lives in a home: this process, the vault, a PKCS#11 token.
 * @throws SelvageError `invalid-argument` for a key that cannot sign images
 */
export function imageSigner(keys: KeyHome, handle: KeyHandle): ImageSigner {
  const { algorithm, publicKey } = handle;
  if ((algorithm !== 'ecdsa-p256' && algorithm !== 'ed25519') || publicKey === undefined) {
    throw new SelvageError('invalid-argument', `a key of ${algorithm} signs no images`);
  }
  const hash = algorithm === 'ecdsa-p256' ? 'sha256' : undefined;
  return {
    publicKey: { kind: algorithm === 'ecdsa-p256' ? 'p256' : 'ed25519', publicKey },
    sign: (message) => keys.sign({ handle, hash, message }),
  };
}
