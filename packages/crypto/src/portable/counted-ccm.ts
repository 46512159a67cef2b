import type { Aead, CountedCcm, CountedNonce } from '../core.js';
import { type CcmTagLength, requireRoom } from '../symmetric/ccm-format.js';
import { NonceCounter } from '../symmetric/counted-nonce.js';
import { aesCcm } from './ccm.js';

/** AES-CCM for packets that a counter numbers. There is nothing to prepare here, so that resting changes nothing. */
export function aesCcmCounted(
  key: Uint8Array,
  parameters: { nonce: CountedNonce; tagLength: CcmTagLength },
): CountedCcm {
  const nonceLength = parameters.nonce.template.length;
  const ccm = aesCcm(key, { nonceLength, tagLength: parameters.tagLength });
  return new PortableCountedCcm(ccm, new NonceCounter(parameters.nonce));
}

class PortableCountedCcm implements CountedCcm {
  readonly tagLength: number;
  readonly #ccm: Aead;
  readonly #counter: NonceCounter;

  constructor(ccm: Aead, counter: NonceCounter) {
    this.tagLength = ccm.tagLength;
    this.#ccm = ccm;
    this.#counter = counter;
  }

  sealInto(
    counter: number,
    associatedData: Uint8Array,
    plaintext: Uint8Array,
    target: Uint8Array,
    offset: number,
  ): number {
    requireRoom(target, offset, plaintext.length + this.tagLength);
    this.#counter.spend(counter);
    const sealed = this.#ccm.seal(this.#counter.nonce, associatedData, plaintext);
    target.set(sealed, offset);
    return sealed.length;
  }

  open(counter: number, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    this.#counter.write(counter);
    return this.#ccm.open(this.#counter.nonce, associatedData, sealed);
  }

  rest(): void {
    // A key schedule is made for every packet and kept by none.
  }

  destroy(): void {
    this.#ccm.destroy();
    this.#counter.destroy();
  }
}
