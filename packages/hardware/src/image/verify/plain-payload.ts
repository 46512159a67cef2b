import { type Secret, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { cryptPayload, openContentKey } from '../content-key.js';
import { encryptionKeyLength } from '../format/header.js';
import { findTlv, type Image } from '../format/image.js';
import { type SealedKey, tlvLabel } from '../format/tlv.js';
import { refusal } from './refusal.js';

/** What opens the payload of an encrypted image: the P-256 private key, or the content key that a key home opened. */
export type DecryptionKey = { readonly privateKey: Secret } | { readonly contentKey: Secret };

/** The decrypted payload, a copy. @throws SelvageError `image-refused`, check `content-key` */
export function decryptPayload(core: CryptoCore, image: Image, key: DecryptionKey | undefined): Uint8Array {
  const sealed = sealedKeyOf(image);
  if (key === undefined) {
    throw refusal('content-key', 'the payload is encrypted and no decryption key was given', {
      expected: 'a decryption key',
      found: 'none',
    });
  }
  const isOpen = 'contentKey' in key;
  const contentKey = isOpen ? key.contentKey : openContentKey(core, sealed, agree(core, key.privateKey, sealed));
  try {
    requireLength(image, contentKey.length);
    return cryptPayload(core, contentKey.reveal(), image.payload);
  } finally {
    if (!isOpen) contentKey.dispose();
  }
}

/** The content key as it was sealed for a P-256 key. @throws SelvageError `image-refused`, check `content-key` */
export function sealedKeyOf({ header, tlvs }: Image): SealedKey {
  const sealed = findTlv(tlvs, 'encryptedEc256')?.value;
  if (sealed === undefined) {
    const other = tlvs.find(({ type }) => type.startsWith('encrypted'));
    throw refusal(
      'content-key',
      other === undefined
        ? 'the payload is encrypted and its key is not with it'
        : `the content key is sealed as ${tlvLabel(other)}, and only P-256 is supported`,
      { expected: 'encryptedEc256 (0x32)', found: other === undefined ? 'none' : tlvLabel(other) },
    );
  }
  const expected = encryptionKeyLength(header.flags);
  if (sealed.wrappedKey.length === expected) return sealed;
  throw refusal('content-key', `a sealed key of ${sealed.wrappedKey.length} bytes where the flags say ${expected}`, {
    expected,
    found: sealed.wrappedKey.length,
  });
}

function requireLength({ header }: Image, found: number): void {
  const expected = encryptionKeyLength(header.flags);
  if (found === expected) return;
  throw refusal('content-key', `a content key of ${found} bytes where the flags say ${expected}`, { expected, found });
}

/** The point comes from whoever sealed: it may be none on the curve. */
function agree(core: CryptoCore, privateKey: Secret, { point }: SealedKey): Uint8Array {
  try {
    return core.p256.sharedSecret(privateKey.reveal(), point);
  } catch (error) {
    if (!(error instanceof SelvageError) || error.code !== 'invalid-point') throw error;
    throw refusal('content-key', "the sealed content key's point is not on the curve P-256", { found: point });
  }
}
