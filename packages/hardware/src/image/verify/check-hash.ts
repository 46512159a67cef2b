import { bytesEqual } from '@selvage/core';
import type { CryptoCore, HashAlgorithm } from '@selvage/crypto';
import type { Image } from '../format/image.js';
import { refusal } from './refusal.js';

/** A hash of the image, and with what it was made. */
export interface ImageDigest {
  readonly algorithm: HashAlgorithm;
  readonly digest: Uint8Array;
}

/** The hash that the image says it has. @throws SelvageError `image-refused`, check `hash`, where it says none */
export function statedHash({ tlvs }: Image): ImageDigest {
  for (const tlv of tlvs) {
    if (tlv.type === 'sha256' || tlv.type === 'sha384' || tlv.type === 'sha512') {
      return { algorithm: tlv.type, digest: tlv.value };
    }
  }
  throw refusal('hash', 'the image has no hash of itself', { expected: 'sha256, sha384 or sha512', found: 'none' });
}

/** Whether the region's hash is the one that the image states. */
export function hasHash(core: CryptoCore, { algorithm, digest }: ImageDigest, region: Uint8Array): boolean {
  return bytesEqual(core.hash(algorithm, region), digest);
}

/** @throws SelvageError `image-refused`, check `hash` */
export function checkHash(core: CryptoCore, { algorithm, digest }: ImageDigest, region: Uint8Array): void {
  const found = core.hash(algorithm, region);
  if (bytesEqual(found, digest)) return;
  throw refusal('hash', `the image's ${algorithm} is not the one that it states: it was changed, or is damaged`, {
    expected: digest,
    found,
  });
}
