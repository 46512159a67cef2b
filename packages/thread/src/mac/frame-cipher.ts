import type { CountedCcm, CryptoCore } from '@selvage/crypto';
import { extendedLength } from './address.js';

/** Security level 5, ENC-MIC-32: the only one that Thread uses (IEEE 802.15.4-2006 table 95). */
export const securityLevel = 5;
/** Bytes of the integrity code at level 5. */
export const integrityCodeLength = 4;

const nonceLength = 13;

/**
 * AES-CCM* of the frames of one sender under one key (IEEE 802.15.4-2006 §7.6): nonce = extended address ‖ frame
 * counter ‖ security level. What is sealed has rising counters; a frame that is sent again is sent as it was sealed.
 */
export class FrameCipher {
  readonly #ccm: CountedCcm;

  /**
   * @param key 16 bytes
   * @param sender its extended address in printed order
   */
  constructor(core: CryptoCore, key: Uint8Array, sender: Uint8Array) {
    const template = new Uint8Array(nonceLength);
    template.set(sender);
    template[nonceLength - 1] = securityLevel;
    const nonce = { template, offset: extendedLength, length: 4 } as const;
    this.#ccm = core.aesCcmCounted(key, { nonce, tagLength: integrityCodeLength });
  }

  /**
   * Seals a frame in place: from `payloadAt` to `payloadEnd` its payload becomes ciphertext, and the integrity code
   * follows, for which there must be room.
   * @throws SelvageError `wrong-state` for a counter that is not above the last one, `nonce-exhausted`
   */
  sealInPlace(frame: Uint8Array, payloadAt: number, payloadEnd: number, frameCounter: number): void {
    const header = frame.subarray(0, payloadAt);
    this.#ccm.sealInto(frameCounter, header, frame.subarray(payloadAt, payloadEnd), frame, payloadAt);
  }

  /**
   * The payload of a frame, or `undefined` when it is not authentic.
   * @param header all before the payload
   * @param sealed ciphertext ‖ integrity code
   */
  open(frameCounter: number, header: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    return this.#ccm.open(frameCounter, header, sealed);
  }

  destroy(): void {
    this.#ccm.destroy();
  }
}
