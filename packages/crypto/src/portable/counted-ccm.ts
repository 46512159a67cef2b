import type { Aead, CountedCcm, CountedNonce } from '../core.js';
import { type CcmTagLength, requireRoom } from '../symmetric/ccm-format.js';
import { type CounterPlace, counterPlace } from '../symmetric/counter-place.js';
import { aesCcm } from './ccm.js';

/** AES-CCM for packets that a counter numbers. There is nothing to prepare here, so that resting changes nothing. */
export function aesCcmCounted(
  key: Uint8Array,
  parameters: { nonce: CountedNonce; tagLength: CcmTagLength },
): CountedCcm {
  const nonceLength = parameters.nonce.template.length;
  const ccm = aesCcm(key, { nonceLength, tagLength: parameters.tagLength });
  return new PortableCountedCcm(ccm, counterPlace(parameters.nonce), parameters.nonce.template);
}

class PortableCountedCcm implements CountedCcm {
  readonly tagLength: number;
  readonly #ccm: Aead;
  readonly #place: CounterPlace;
  readonly #nonce: Uint8Array;
  #sealed = -1;

  constructor(ccm: Aead, place: CounterPlace, template: Uint8Array) {
    this.tagLength = ccm.tagLength;
    this.#ccm = ccm;
    this.#place = place;
    this.#nonce = Uint8Array.from(template);
  }

  sealInto(
    counter: number,
    associatedData: Uint8Array,
    plaintext: Uint8Array,
    target: Uint8Array,
    offset: number,
  ): number {
    requireRoom(target, offset, plaintext.length + this.tagLength);
    this.#place.requireNext(counter, this.#sealed);
    this.#place.write(this.#nonce, counter);
    this.#sealed = counter;
    const sealed = this.#ccm.seal(this.#nonce, associatedData, plaintext);
    target.set(sealed, offset);
    return sealed.length;
  }

  open(counter: number, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    this.#place.write(this.#nonce, counter);
    return this.#ccm.open(this.#nonce, associatedData, sealed);
  }

  openWith(counterBytes: Uint8Array, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    this.#place.writeBytes(this.#nonce, counterBytes);
    return this.#ccm.open(this.#nonce, associatedData, sealed);
  }

  rest(): void {
    // A key schedule is made for every packet and kept by none.
  }

  destroy(): void {
    this.#ccm.destroy();
    this.#nonce.fill(0);
  }
}
