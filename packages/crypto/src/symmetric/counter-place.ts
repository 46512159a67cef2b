import { SelvageError } from '@selvage/core';
import type { CountedNonce } from '../core.js';
import { requireCcmNonceLength } from './ccm-format.js';
import { requireLength } from './parameters.js';

/**
 * Where a counter stands in a nonce, and the two rules that it obeys. It fits its bytes and is a safe integer; and
 * **counters are sealed in strictly rising order**, which is how an engine knows that no nonce is used twice. Both
 * users number that way: DTLS retransmits under a new sequence number (RFC 6347 §4.2.4), IEEE 802.15.4 retransmits the
 * frame as it was sealed.
 */
export class CounterPlace {
  /** Where in the nonce the counter's least significant byte is. */
  readonly lowByte: number;
  /** The greatest counter. */
  readonly last: number;
  readonly #length: number;

  constructor(offset: number, length: number) {
    this.lowByte = offset + length - 1;
    this.last = Math.min(2 ** (8 * length) - 1, Number.MAX_SAFE_INTEGER);
    this.#length = length;
  }

  /**
   * @param sealed the counter sealed last, −1 for none.
   * @throws SelvageError `nonce-exhausted` beyond the greatest counter, `wrong-state` for one that is not above `sealed`.
   */
  requireNext(counter: number, sealed: number): void {
    if (counter > this.last) {
      throw new SelvageError('nonce-exhausted', `the last counter of this key is ${this.last}`);
    }
    if (counter >= 0 && counter <= sealed) {
      throw new SelvageError('wrong-state', `the counter ${counter} is spent: ${sealed} was sealed already`);
    }
  }

  /**
   * Writes a counter into a nonce, big-endian.
   * @throws SelvageError `value-out-of-range` for what is no counter of this width.
   */
  write(nonce: Uint8Array, counter: number): void {
    if (!Number.isSafeInteger(counter) || counter < 0 || counter > this.last) {
      throw new SelvageError('value-out-of-range', `a counter is an integer from 0 to ${this.last}, not ${counter}`);
    }
    let low = counter >>> 0;
    let high = (counter - low) / 0x1_0000_0000;
    let at = this.lowByte;
    for (let i = 0; i < 4; i++) {
      nonce[at--] = low;
      low >>>= 8;
    }
    for (let i = 4; i < this.#length; i++) {
      nonce[at--] = high;
      high >>>= 8;
    }
  }

  /**
   * Writes bytes that somebody else chose where the counter stands.
   * @throws SelvageError `invalid-length` when they are not as many as the counter has.
   */
  writeBytes(nonce: Uint8Array, counterBytes: Uint8Array): void {
    requireLength('the counter', counterBytes, this.#length);
    nonce.set(counterBytes, this.lowByte + 1 - this.#length);
  }
}

/** The few places that there are, so that ten thousand streams share them. */
const places = new Map<string, CounterPlace>();

/** @throws SelvageError `invalid-length` when the nonce's length or the counter's place in it is impossible. */
export function counterPlace(nonce: CountedNonce): CounterPlace {
  const { template, offset, length } = nonce;
  requireCcmNonceLength(template.length);
  const fits = Number.isInteger(offset) && offset >= 0 && offset + length <= template.length;
  if (!fits || (length !== 4 && length !== 6 && length !== 8)) {
    throw new SelvageError('invalid-length', `a counter of ${length} bytes at ${offset} does not fit the nonce`);
  }
  const name = `${offset}+${length}`;
  let place = places.get(name);
  if (place === undefined) {
    place = new CounterPlace(offset, length);
    places.set(name, place);
  }
  return place;
}
