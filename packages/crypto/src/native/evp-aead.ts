import { createCipheriv, createDecipheriv } from 'node:crypto';
import { constantTimeEqual } from '../constant-time.js';
import type { Aead } from '../core.js';
import { type CcmTagLength, requireCcmMessage, requireCcmParameters } from '../symmetric/ccm-format.js';
import { copyAesKey, emptyBytes, requireKept, requireLength } from '../symmetric/parameters.js';

/** AES-CCM, the nonce given for every message: nothing is kept but the key. */
export function aesCcm(key: Uint8Array, parameters: { nonceLength: number; tagLength: CcmTagLength }): Aead {
  const { nonceLength, tagLength } = parameters;
  requireCcmParameters(nonceLength, tagLength);
  return new EvpAead(key, 'ccm', nonceLength, tagLength);
}

/** AES-GCM with a nonce of 12 bytes and a tag of 16. */
export function aesGcm(key: Uint8Array): Aead {
  return new EvpAead(key, 'gcm', 12, 16);
}

type Mode = 'ccm' | 'gcm';

/** OpenSSL's name, said to be a CCM one: GCM takes the same calls and ignores the length that CCM needs. */
function cipherName(mode: Mode, key: Uint8Array): 'aes-128-ccm' {
  return `aes-${8 * key.length}-${mode}` as 'aes-128-ccm';
}

/** Seals one message with a cipher object of its own. The lengths were checked. */
export function sealOnce(
  mode: Mode,
  key: Uint8Array,
  nonce: Uint8Array,
  tagLength: number,
  associatedData: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array {
  const { length } = plaintext;
  const cipher = createCipheriv(cipherName(mode, key), key, nonce, { authTagLength: tagLength });
  if (associatedData.length > 0) {
    cipher.setAAD(associatedData, { plaintextLength: length });
  }
  const sealed = new Uint8Array(length + tagLength);
  sealed.set(cipher.update(length === 0 ? emptyBytes : plaintext));
  cipher.final();
  sealed.set(cipher.getAuthTag(), length);
  return sealed;
}

/**
 * Opens one message with a cipher object of its own; `undefined` when it is not authentic. The lengths were checked.
 *
 * node:crypto's CCM takes any tag for an empty ciphertext when `update()` is left out or gets a view without a backing
 * store. So it is not asked: the tag of an empty message is computed and compared here.
 */
export function openOnce(
  mode: Mode,
  key: Uint8Array,
  nonce: Uint8Array,
  tagLength: number,
  associatedData: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const length = sealed.length - tagLength;
  if (length === 0) {
    const expected = sealOnce(mode, key, nonce, tagLength, associatedData, emptyBytes);
    return constantTimeEqual(expected, sealed) ? new Uint8Array(0) : undefined;
  }
  const decipher = createDecipheriv(cipherName(mode, key), key, nonce, { authTagLength: tagLength });
  decipher.setAuthTag(sealed.subarray(length));
  if (associatedData.length > 0) {
    decipher.setAAD(associatedData, { plaintextLength: length });
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

class EvpAead implements Aead {
  readonly nonceLength: number;
  readonly tagLength: number;
  readonly #mode: Mode;
  #key: Uint8Array | undefined;

  constructor(key: Uint8Array, mode: Mode, nonceLength: number, tagLength: number) {
    this.#key = copyAesKey(key);
    this.#mode = mode;
    this.nonceLength = nonceLength;
    this.tagLength = tagLength;
  }

  seal(nonce: Uint8Array, associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const key = this.#check(nonce, plaintext.length);
    return sealOnce(this.#mode, key, nonce, this.tagLength, associatedData, plaintext);
  }

  open(nonce: Uint8Array, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const key = this.#check(nonce, sealed.length - this.tagLength);
    return sealed.length < this.tagLength
      ? undefined
      : openOnce(this.#mode, key, nonce, this.tagLength, associatedData, sealed);
  }

  destroy(): void {
    this.#key?.fill(0);
    this.#key = undefined;
  }

  #check(nonce: Uint8Array, length: number): Uint8Array {
    const key = requireKept(this.#key);
    requireLength('the nonce', nonce, this.nonceLength);
    if (this.#mode === 'ccm') {
      requireCcmMessage(length, this.nonceLength);
    }
    return key;
  }
}
