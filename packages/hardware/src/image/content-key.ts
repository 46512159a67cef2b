/**
 * Content keys of encrypted images, sealed to a P-256 key: ECIES as MCUboot has it (`encrypted_ec256`). The sealed key is
 * outside hash and signature, and anyone can seal: what makes an image authentic is its hash over the *decrypted* payload.
 */
import { type Entropy, Secret, SelvageError } from '@selvage/core';
import { constantTimeEqual, type CryptoCore } from '@selvage/crypto';
import type { SealedKey } from './format/tlv.js';

const info = new TextEncoder().encode('MCUBoot_ECIES_v1');
const [zeroCounter, noSalt] = [new Uint8Array(16), new Uint8Array(0)];
const tagKeyLength = 32;

/** A content key is of AES-128 or AES-256. */
export type ContentKeyLength = 16 | 32;

/** Seals a content key to `recipient`, an uncompressed point. @throws SelvageError `invalid-point`, `entropy-failed` */
export function sealContentKey(
  core: CryptoCore,
  { recipient, contentKey, entropy }: { recipient: Uint8Array; contentKey: Uint8Array; entropy: Entropy },
): SealedKey {
  const ephemeral = core.p256.generateKeyPair(entropy);
  const shared = core.p256.sharedSecret(ephemeral.privateKey, recipient);
  const { wrapKey, tagKey } = derive(core, shared, contentKey.length);
  const wrappedKey = core.aesCtr(wrapKey, zeroCounter, contentKey);
  const tag = core.hmac('sha256', tagKey, wrappedKey);
  for (const secret of [ephemeral.privateKey, shared, wrapKey, tagKey]) secret.fill(0);
  return { point: ephemeral.publicKey, tag, wrappedKey };
}

/**
 * Opens a sealed key with the x coordinate that its point and the private key agree on (`KeyHome.agree`).
 * @throws SelvageError `image-refused`, check `content-key`, where the tag is not of that key
 */
export function openContentKey(core: CryptoCore, { tag, wrappedKey }: SealedKey, shared: Uint8Array): Secret {
  if (wrappedKey.length !== 16 && wrappedKey.length !== 32) {
    throw refused(`the sealed content key has ${wrappedKey.length} bytes where 16 or 32 are allowed`);
  }
  const { wrapKey, tagKey } = derive(core, shared, wrappedKey.length);
  const isSealed = constantTimeEqual(core.hmac('sha256', tagKey, wrappedKey), tag);
  try {
    if (!isSealed) throw refused('the content key was not sealed to the decryption key, or was changed since');
    return Secret.of(core.aesCtr(wrapKey, zeroCounter, wrappedKey));
  } finally {
    wrapKey.fill(0);
    tagKey.fill(0);
  }
}

/** AES-CTR from zero, as payloads are encrypted and decrypted. */
export function cryptPayload(core: CryptoCore, contentKey: Uint8Array, payload: Uint8Array): Uint8Array {
  return core.aesCtr(contentKey, zeroCounter, payload);
}

function derive(core: CryptoCore, shared: Uint8Array, length: number): { wrapKey: Uint8Array; tagKey: Uint8Array } {
  const output = core.hkdf('sha256', shared, noSalt, info, length + tagKeyLength);
  return { wrapKey: output.subarray(0, length), tagKey: output.subarray(length) };
}

function refused(message: string): SelvageError {
  return new SelvageError('image-refused', message, { details: { check: 'content-key' } });
}
