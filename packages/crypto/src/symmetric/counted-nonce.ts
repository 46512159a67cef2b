import { SelvageError } from '@selvage/core';
import type { CountedNonce } from '../core.js';

/**
 * The nonce of a counted stream: one buffer in which the counter is written anew for every packet, and the two rules
 * that a counter obeys. A counter fits its bytes and is a safe integer; and **counters are sealed in strictly rising
 * order**, which is how an engine proves that no nonce is used twice. Both users number that way: DTLS retransmits
 * under a new sequence number (RFC 6347 §4.2.4), IEEE 802.15.4 retransmits the frame it sealed, bytes unchanged.
 */
export class NonceCounter {
  /** The nonce of the counter written last. */
  readonly nonce: Uint8Array;
  /** Where in the nonce the counter's least significant byte is. */
  readonly lowByte: number;
  readonly #length: number;
  readonly #limit: number;
  #sealed = -1;

  /** @throws SelvageError `invalid-length` when the nonce's length or the counter's place in it is impossible. */
  constructor(parameters: CountedNonce) {
    const { template, offset, length } = parameters;
    const fits = Number.isInteger(offset) && offset >= 0 && offset + length <= template.length;
    if (!fits || (length !== 4 && length !== 6 && length !== 8)) {
      throw new SelvageError('invalid-length', `a counter of ${length} bytes at ${offset} does not fit the nonce`);
    }
    this.nonce = Uint8Array.from(template);
    this.lowByte = offset + length - 1;
    this.#length = length;
    this.#limit = Math.min(2 ** (8 * length) - 1, Number.MAX_SAFE_INTEGER);
  }

  /**
   * Writes the counter of a packet that came in, big-endian.
   * @throws SelvageError `value-out-of-range` when it is no counter of this stream's width.
   */
  write(counter: number): void {
    if (!Number.isSafeInteger(counter) || counter < 0 || counter > this.#limit) {
      throw new SelvageError('value-out-of-range', `a counter is an integer from 0 to ${this.#limit}, not ${counter}`);
    }
    let low = counter >>> 0;
    let high = (counter - low) / 0x1_0000_0000;
    let at = this.lowByte;
    for (let i = 0; i < 4; i++) {
      this.nonce[at--] = low;
      low >>>= 8;
    }
    for (let i = 4; i < this.#length; i++) {
      this.nonce[at--] = high;
      high >>>= 8;
    }
  }

  /**
   * Writes the counter of a packet to seal, and spends it: from here on only a higher one seals.
   * @throws SelvageError `nonce-exhausted` when it is beyond the last of this stream, `wrong-state` when it is not above
   * the last one sealed, `value-out-of-range` when it is no counter at all.
   */
  spend(counter: number): void {
    if (counter > this.#limit) {
      throw new SelvageError('nonce-exhausted', `the last counter of this key is ${this.#limit}`);
    }
    if (counter <= this.#sealed) {
      throw new SelvageError('wrong-state', `the counter ${counter} is spent: ${this.#sealed} was sealed already`);
    }
    this.write(counter);
    this.#sealed = counter;
  }

  destroy(): void {
    this.nonce.fill(0);
  }
}
