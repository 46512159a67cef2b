import { toHex } from '@selvage/core';
import type { Aead, CryptoCore } from '@selvage/crypto';

/** A core that remembers under which key and nonce something was sealed: the same pair twice gives away both texts. */
export class NonceWitness {
  readonly core: CryptoCore;
  /** Pairs that were used more than once. */
  readonly repeated: string[] = [];
  readonly #seen = new Set<string>();

  constructor(core: CryptoCore) {
    const aesCcm: CryptoCore['aesCcm'] = (key, parameters) => this.#watched(toHex(key), core.aesCcm(key, parameters));
    this.core = new Proxy(core, {
      get: (target, name) => (name === 'aesCcm' ? aesCcm : (Reflect.get(target, name) as unknown)),
    });
  }

  get sealed(): number {
    return this.#seen.size;
  }

  #watched(key: string, aead: Aead): Aead {
    return {
      nonceLength: aead.nonceLength,
      tagLength: aead.tagLength,
      open: (nonce, associatedData, sealed) => aead.open(nonce, associatedData, sealed),
      destroy: () => aead.destroy(),
      seal: (nonce, associatedData, plaintext) => {
        const pair = `${key} ${toHex(nonce)}`;
        if (this.#seen.has(pair)) this.repeated.push(pair);
        this.#seen.add(pair);
        return aead.seal(nonce, associatedData, plaintext);
      },
    };
  }
}
