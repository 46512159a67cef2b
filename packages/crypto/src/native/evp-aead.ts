import { createCipheriv, createDecipheriv } from 'node:crypto';
import { constantTimeEqual } from '../constant-time.js';
import type { Aead } from '../core.js';
import {
  type CcmTagLength,
  longestCcmMessage,
  requireCcmMessage,
  requireCcmParameters,
} from '../symmetric/ccm-format.js';
import { copyAesKey, emptyBytes, requireKept, requireLength } from '../symmetric/parameters.js';

/** AES-CCM, the nonce given for every message: nothing is kept but the key. */
export function aesCcm(key: Uint8Array, parameters: { nonceLength: number; tagLength: CcmTagLength }): Aead {
  const { nonceLength, tagLength } = parameters;
  requireCcmParameters(nonceLength, tagLength);
  return new EvpAead(key, key.length === 16 ? 'aes-128-ccm' : 'aes-256-ccm', nonceLength, tagLength);
}

/** AES-GCM with a nonce of 12 bytes and a tag of 16. */
export function aesGcm(key: Uint8Array): Aead {
  return new EvpAead(key, key.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm', 12, 16);
}

type EvpCipher = 'aes-128-ccm' | 'aes-256-ccm' | 'aes-128-gcm' | 'aes-256-gcm';

/**
 * OpenSSL's AEAD modes, one cipher object a message.
 *
 * node:crypto's CCM takes any tag for an empty ciphertext when `update()` is left out or gets a view without a backing
 * store. So it is not asked: what reaches `update()` is a message or one well-known empty view, and the tag of an
 * empty message is computed and compared here.
 */
class EvpAead implements Aead {
  readonly nonceLength: number;
  readonly tagLength: number;
  readonly #cipher: EvpCipher;
  #key: Uint8Array | undefined;

  constructor(key: Uint8Array, cipher: EvpCipher, nonceLength: number, tagLength: number) {
    this.#key = copyAesKey(key);
    this.#cipher = cipher;
    this.nonceLength = nonceLength;
    this.tagLength = tagLength;
  }

  seal(nonce: Uint8Array, associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const { length } = plaintext;
    const key = this.#check(nonce, length);
    // The types know CCM's options only for CCM's names; GCM takes the same calls and ignores `plaintextLength`.
    const cipher = createCipheriv(this.#cipher as 'aes-128-ccm', key, nonce, { authTagLength: this.tagLength });
    if (associatedData.length > 0) {
      cipher.setAAD(associatedData, { plaintextLength: length });
    }
    const sealed = new Uint8Array(length + this.tagLength);
    sealed.set(cipher.update(length === 0 ? emptyBytes : plaintext));
    cipher.final();
    sealed.set(cipher.getAuthTag(), length);
    return sealed;
  }

  open(nonce: Uint8Array, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - this.tagLength;
    if (length < 0) {
      this.#check(nonce, 0);
      return undefined;
    }
    if (length === 0) {
      return constantTimeEqual(this.seal(nonce, associatedData, emptyBytes), sealed) ? new Uint8Array(0) : undefined;
    }
    return this.#decipher(nonce, associatedData, sealed, length);
  }

  #decipher(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array, length: number): Uint8Array | undefined {
    const key = this.#check(nonce, length);
    const decipher = createDecipheriv(this.#cipher as 'aes-128-ccm', key, nonce, { authTagLength: this.tagLength });
    decipher.setAuthTag(sealed.subarray(length));
    if (aad.length > 0) {
      decipher.setAAD(aad, { plaintextLength: length });
    }
    const plaintext = decipher.update(sealed.subarray(0, length));
    try {
      decipher.final();
    } catch {
      plaintext.fill(0);
      return undefined;
    }
    return Uint8Array.from(plaintext);
  }

  #check(nonce: Uint8Array, length: number): Uint8Array {
    const key = requireKept(this.#key);
    requireLength('the nonce', nonce, this.nonceLength);
    if (this.#cipher.endsWith('ccm')) {
      requireCcmMessage(length, longestCcmMessage(this.nonceLength));
    }
    return key;
  }

  destroy(): void {
    this.#key?.fill(0);
    this.#key = undefined;
  }
}
