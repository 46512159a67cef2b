import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { BlockChain } from '../core.js';
import { blockLength, copyAesKey, requireBlocks, requireKept, requireLength } from '../symmetric/parameters.js';
import { ActiveChain } from './active-chain.js';
import { type ActiveOwner, activeStreams } from './active-set.js';
import { plainBytes } from './bytes.js';
import { longestPacket } from './scratch.js';

export function aesCbc(key: Uint8Array): BlockChain {
  return new NativeCbc(key);
}

/** AES-CBC without padding in one call. */
export function cbcEncrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  const cipher = createCipheriv(key.length === 16 ? 'aes-128-cbc' : 'aes-256-cbc', key, iv);
  cipher.setAutoPadding(false);
  return plainBytes(cipher.update(blocks));
}

function cbcDecrypt(key: Uint8Array, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  const decipher = createDecipheriv(key.length === 16 ? 'aes-128-cbc' : 'aes-256-cbc', key, iv);
  decipher.setAutoPadding(false);
  return plainBytes(decipher.update(blocks));
}

/** As with counted CCM, the first message gets a cipher object of its own, and only the next makes the key active. */
class NativeCbc implements BlockChain, ActiveOwner {
  #key: Uint8Array | undefined;
  #warm = false;
  #active: ActiveChain | undefined;

  constructor(key: Uint8Array) {
    this.#key = copyAesKey(key);
  }

  encrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    const key = this.#require(iv, blocks);
    return this.#wake(blocks)?.encrypt(key, iv, blocks) ?? cbcEncrypt(key, iv, blocks);
  }

  decrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    const key = this.#require(iv, blocks);
    return this.#wake(blocks)?.decrypt(key, iv, blocks) ?? cbcDecrypt(key, iv, blocks);
  }

  forget(): void {
    this.#active = undefined;
    this.#warm = false;
  }

  destroy(): void {
    if (this.#active !== undefined) activeStreams.remove(this.#active);
    this.forget();
    this.#key?.fill(0);
    this.#key = undefined;
  }

  #require(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    const key = requireKept(this.#key);
    requireLength('an AES-CBC IV', iv, blockLength);
    requireBlocks(blocks);
    return key;
  }

  /** The cipher objects for a message of usual length, once there was another. */
  #wake({ length }: Uint8Array): ActiveChain | undefined {
    if (length === 0 || length > longestPacket) return undefined;
    if (this.#active !== undefined) {
      activeStreams.touch(this.#active);
    } else if (this.#warm) {
      this.#active = new ActiveChain(this);
      activeStreams.add(this.#active);
    }
    this.#warm = true;
    return this.#active;
  }
}
