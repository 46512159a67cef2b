import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { BlockChain } from '../core.js';
import { blockLength, copyAesKey, requireBlocks, requireKept, requireLength } from '../symmetric/parameters.js';
import { plainBytes } from './bytes.js';

export function aesCbc(key: Uint8Array): BlockChain {
  return new NativeCbc(key);
}

/** AES-CBC without padding in one call. */
export function cbcEncrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  const cipher = createCipheriv(key.length === 16 ? 'aes-128-cbc' : 'aes-256-cbc', key, iv);
  cipher.setAutoPadding(false);
  return plainBytes(cipher.update(blocks));
}

class NativeCbc implements BlockChain {
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
    const decipher = createDecipheriv(key.length === 16 ? 'aes-128-cbc' : 'aes-256-cbc', key, iv);
    decipher.setAutoPadding(false);
    return plainBytes(decipher.update(blocks));
  }

  destroy(): void {
    this.#key?.fill(0);
    this.#key = undefined;
  }
}
