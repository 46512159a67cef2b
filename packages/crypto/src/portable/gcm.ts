import { gcm } from '@noble/ciphers/aes.js';
import type { Aead } from '../core.js';
import { copyAesKey, requireKept, requireLength } from '../symmetric/parameters.js';

export function aesGcm(key: Uint8Array): Aead {
  return new PortableGcm(key);
}

class PortableGcm implements Aead {
  readonly nonceLength = 12;
  readonly tagLength = 16;
  #key: Uint8Array | undefined;

  constructor(key: Uint8Array) {
    this.#key = copyAesKey(key);
  }

  seal(nonce: Uint8Array, associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array {
    const key = requireKept(this.#key);
    requireLength('the nonce', nonce, this.nonceLength);
    return gcm(key, nonce, associatedData).encrypt(plaintext);
  }

  open(nonce: Uint8Array, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const key = requireKept(this.#key);
    requireLength('the nonce', nonce, this.nonceLength);
    if (sealed.length < this.tagLength) {
      return undefined;
    }
    try {
      return gcm(key, nonce, associatedData).decrypt(sealed);
    } catch {
      // All its parameters were checked, so that a wrong tag is what is left to throw for.
      return undefined;
    }
  }

  destroy(): void {
    this.#key?.fill(0);
    this.#key = undefined;
  }
}
