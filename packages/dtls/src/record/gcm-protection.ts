import type { Aead, CryptoCore } from '@selvage/crypto';
import { additionalData, writeSequence } from './additional-data.js';
import {
  additionalDataLength,
  isPlaintextLength,
  type RecordCoordinates,
  type RecordProtection,
} from './protection.js';

const explicitLength = 8;
const tagLength = 16;

/** AES-GCM records, RFC 5288 §3: nonce = salt (4 bytes) ‖ nonce_explicit (8 bytes, sent before the ciphertext). */
export class GcmProtection implements RecordProtection {
  readonly maximumExpansion = explicitLength + tagLength;
  readonly #gcm: Aead;
  readonly #nonce = new Uint8Array(12);

  constructor(core: CryptoCore, key: Uint8Array, salt: Uint8Array) {
    this.#gcm = core.aesGcm(key);
    this.#nonce.set(salt);
  }

  sealedLength(plaintextLength: number): number {
    return plaintextLength + this.maximumExpansion;
  }

  seal(at: RecordCoordinates, plaintext: Uint8Array, target: Uint8Array, offset: number): number {
    writeSequence(this.#nonce, 4, at.epoch, at.sequence);
    target.set(this.#nonce.subarray(4), offset);
    const data = additionalData(new Uint8Array(additionalDataLength), at, plaintext.length);
    const sealed = this.#gcm.seal(this.#nonce, data, plaintext);
    target.set(sealed, offset + explicitLength);
    return explicitLength + sealed.length;
  }

  open(at: RecordCoordinates, fragment: Uint8Array): Uint8Array | undefined {
    const plaintextLength = fragment.length - this.maximumExpansion;
    if (!isPlaintextLength(plaintextLength)) return undefined;
    const data = additionalData(new Uint8Array(additionalDataLength), at, plaintextLength);
    this.#nonce.set(fragment.subarray(0, explicitLength), 4);
    return this.#gcm.open(this.#nonce, data, fragment.subarray(explicitLength));
  }

  destroy(): void {
    this.#gcm.destroy();
    this.#nonce.fill(0);
  }
}
