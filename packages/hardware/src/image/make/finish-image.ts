/** The last steps of an image: its signature, checked, and its encryption. */
import { encode } from '@selvage/core';
import { encodeSpki, type PublicKey } from '@selvage/crypto';
import { cryptPayload, sealContentKey } from '../content-key.js';
import { imageFile } from '../format/image-file.js';
import { readImage } from '../format/image.js';
import type { ImageTlv } from '../format/tlv.js';
import { keyHashOf } from '../trusted-key.js';
import { checkSignature } from '../verify/check-signature.js';
import { type PreparedImage } from './prepare-image.js';

/** A signature made elsewhere, and by which key. */
export interface GivenSignature {
  readonly publicKey: PublicKey;
  /** DER of ECDSA, or the 64 bytes of Ed25519. */
  readonly signature: Uint8Array;
}

const paddedLength = 72;

/**
 * The image with that signature.
 * @throws SelvageError `image-refused`, check `signature`, where it is none of that key over this image
 */
export function finishImage(prepared: PreparedImage, { publicKey, signature }: GivenSignature): Uint8Array {
  const { options, file, region, algorithm, digest } = prepared;
  const tlvs: ImageTlv[] = [
    { type: algorithm, value: digest },
    ...(options.pure === true ? [{ type: 'pureSignature', value: 1 } as const] : []),
    options.publicKeyFormat === 'full'
      ? { type: 'publicKey', value: encodeSpki(publicKey) }
      : { type: 'keyHash', value: keyHashOf(options.core, publicKey, algorithm) },
    publicKey.kind === 'p256'
      ? { type: 'ecdsa', value: options.padSignature === true ? padded(signature) : signature }
      : { type: 'ed25519', value: signature },
  ];
  const plain = encode(imageFile, { ...file, tlvs }, 'image');
  const stated = { algorithm, digest };
  checkSignature(options.core, { image: readImage(plain), stated, region, keys: [publicKey] });
  return options.encryption === undefined ? plain : encrypted(prepared, tlvs);
}

function encrypted({ options: { core, encryption }, file }: PreparedImage, tlvs: readonly ImageTlv[]): Uint8Array {
  if (encryption === undefined) return encode(imageFile, { ...file, tlvs }, 'image');
  const { recipient, keyLength = 16, clear = false, entropy } = encryption;
  const contentKey = new Uint8Array(keyLength);
  entropy.fill(contentKey);
  try {
    const value = sealContentKey(core, { recipient, contentKey, entropy });
    const payload = clear ? file.payload : cryptPayload(core, contentKey, file.payload);
    return encode(imageFile, { ...file, payload, tlvs: [...tlvs, { type: 'encryptedEc256', value }] }, 'image');
  } finally {
    contentKey.fill(0);
  }
}

function padded(signature: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.max(paddedLength, signature.length));
  bytes.set(signature);
  return bytes;
}
