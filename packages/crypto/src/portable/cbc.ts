import { cbc } from '@noble/ciphers/aes.js';
import type { BlockChain } from '../core.js';
import { blockLength, copyAesKey, requireBlocks, requireKept, requireLength } from '../symmetric/parameters.js';

const withoutPadding = { disablePadding: true } as const;

export function aesCbc(key: Uint8Array): BlockChain {
  return new PortableCbc(key);
}

/** AES-CBC without padding in one call. */
export function cbcEncrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  return cbc(key, iv, withoutPadding).encrypt(blocks);
}

class PortableCbc implements BlockChain {
  #key: Uint8Array | undefined;

  constructor(key: Uint8Array) {
    this.#key = copyAesKey(key);
  }

  encrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    const key = requireKept(this.#key);
    requireLength('an AES-CBC IV', iv, blockLength);
    requireBlocks(blocks);
    return cbcEncrypt(key, iv, blocks);
  }

  decrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    const key = requireKept(this.#key);
    requireLength('an AES-CBC IV', iv, blockLength);
    requireBlocks(blocks);
    return cbc(key, iv, withoutPadding).decrypt(blocks);
  }

  destroy(): void {
    this.#key?.fill(0);
    this.#key = undefined;
  }
}
