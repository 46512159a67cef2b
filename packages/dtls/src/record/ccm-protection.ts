import type { CountedCcm, CryptoCore } from '@selvage/crypto';
import { additionalData, writeSequence } from './additional-data.js';
import {
  additionalDataLength,
  isPlaintextLength,
  type RecordCoordinates,
  type RecordProtection,
} from './protection.js';

/** nonce_explicit: 8 bytes before the ciphertext, RFC 6655 §3. */
const explicitLength = 8;
const nonceLength = 12;
const epochUnit = 2 ** 48;

/**
 * AES-CCM records, RFC 6655 §3: nonce = implicit salt (4 bytes) ‖ nonce_explicit (8 bytes), the fragment is
 * nonce_explicit ‖ ciphertext ‖ tag. We send epoch ‖ sequence number as the explicit part, so one counter numbers all.
 */
export class CcmProtection implements RecordProtection {
  readonly maximumExpansion: number;
  readonly #counted: CountedCcm;

  constructor(core: CryptoCore, key: Uint8Array, salt: Uint8Array, tagLength: 8 | 16) {
    this.maximumExpansion = explicitLength + tagLength;
    const template = new Uint8Array(nonceLength);
    template.set(salt);
    this.#counted = core.aesCcmCounted(key, {
      nonce: { template, offset: salt.length, length: explicitLength },
      tagLength,
    });
  }

  sealedLength(plaintextLength: number): number {
    return plaintextLength + this.maximumExpansion;
  }

  seal(at: RecordCoordinates, plaintext: Uint8Array, target: Uint8Array, offset: number): number {
    writeSequence(target, offset, at.epoch, at.sequence);
    const data = additionalData(scratch, at, plaintext.length);
    const counter = at.epoch * epochUnit + at.sequence;
    return explicitLength + this.#counted.sealInto(counter, data, plaintext, target, offset + explicitLength);
  }

  open(at: RecordCoordinates, fragment: Uint8Array): Uint8Array | undefined {
    const plaintextLength = fragment.length - this.maximumExpansion;
    if (!isPlaintextLength(plaintextLength)) return undefined;
    const data = additionalData(scratch, at, plaintextLength);
    const sealed = fragment.subarray(explicitLength);
    writeSequence(ownExplicit, 0, at.epoch, at.sequence);
    // Nearly every peer numbers its nonces by its records; one that does not is right too, and goes the longer way.
    for (let index = 0; index < explicitLength; index++) {
      if (fragment[index] !== ownExplicit[index]) {
        return this.#counted.openWith(fragment.subarray(0, explicitLength), data, sealed);
      }
    }
    return this.#counted.open(at.epoch * epochUnit + at.sequence, data, sealed);
  }

  destroy(): void {
    this.#counted.destroy();
  }
}

// Shared by all connections: sealing and opening are synchronous, so nobody else writes in between.
const scratch = new Uint8Array(additionalDataLength);
const ownExplicit = new Uint8Array(explicitLength);
