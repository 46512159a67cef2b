import { toHex } from '@selvage/core';
import type { Aead, CountedCcm, CryptoCore } from '@selvage/crypto';

/** A core that remembers under which key and nonce something was sealed: the same pair twice gives away both texts. */
export class NonceWitness {
  readonly core: CryptoCore;
  /** Pairs that were used more than once. */
  readonly repeated: string[] = [];
  readonly #seen = new Set<string>();

  constructor(core: CryptoCore) {
    const watched: Pick<CryptoCore, 'aesCcm' | 'aesCcmCounted'> = {
      aesCcm: (key, parameters) => this.#watched(toHex(key), core.aesCcm(key, parameters)),
      aesCcmCounted: (key, parameters) => this.#watchedCounted(toHex(key), core.aesCcmCounted(key, parameters)),
    };
    this.core = new Proxy(core, {
      get: (target, name) => Reflect.get(Object.hasOwn(watched, name) ? watched : target, name) as unknown,
    });
  }

  /** How many messages were sealed. */
  get sealed(): number {
    return this.#seen.size;
  }

  #see(key: string, nonce: string): void {
    const pair = `${key} ${nonce}`;
    if (this.#seen.has(pair)) this.repeated.push(pair);
    this.#seen.add(pair);
  }

  #watched(key: string, aead: Aead): Aead {
    return {
      nonceLength: aead.nonceLength,
      tagLength: aead.tagLength,
      open: (nonce, associatedData, sealed) => aead.open(nonce, associatedData, sealed),
      destroy: () => aead.destroy(),
      seal: (nonce, associatedData, plaintext) => {
        this.#see(key, toHex(nonce));
        return aead.seal(nonce, associatedData, plaintext);
      },
    };
  }

  #watchedCounted(key: string, ccm: CountedCcm): CountedCcm {
    return {
      tagLength: ccm.tagLength,
      open: (counter, associatedData, sealed) => ccm.open(counter, associatedData, sealed),
      openWith: (counter, associatedData, sealed) => ccm.openWith(counter, associatedData, sealed),
      rest: () => ccm.rest(),
      destroy: () => ccm.destroy(),
      sealInto: (counter, associatedData, plaintext, target, offset) => {
        this.#see(key, String(counter));
        return ccm.sealInto(counter, associatedData, plaintext, target, offset);
      },
    };
  }
}
