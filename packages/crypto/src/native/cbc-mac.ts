import { type Cipher, createCipheriv } from 'node:crypto';
import { blockLength } from '../symmetric/parameters.js';

/**
 * CBC-MAC over one cipher object for many messages. The object's chain never starts anew, so its last block is
 * XORed into the first of the next message: there the two cancel, and the message is chained from zero.
 */
export class CbcMac {
  readonly #chain: Cipher;
  readonly #last = new Uint8Array(blockLength);

  constructor(key: Uint8Array) {
    this.#chain = createCipheriv(key.length === 16 ? 'aes-128-cbc' : 'aes-256-cbc', key, this.#last);
    this.#chain.setAutoPadding(false);
  }

  /** The MAC of whole blocks, 16 bytes valid until the next call. The first block of `blocks` is overwritten. */
  compute(blocks: Uint8Array): Uint8Array {
    const last = this.#last;
    for (let i = 0; i < blockLength; i++) {
      blocks[i]! ^= last[i]!;
    }
    const states = this.#chain.update(blocks);
    const end = states.length - blockLength;
    for (let i = 0; i < blockLength; i++) {
      last[i] = states[end + i]!;
    }
    return last;
  }

  destroy(): void {
    this.#last.fill(0);
  }
}
