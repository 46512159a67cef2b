/**
 * AES-CBC of many messages over one cipher object, which costs three times as much to make as a short message to
 * encrypt. The object's chain never starts anew: it goes on from the last block of the ciphertext before, which is
 * XORed in with each IV so that it cancels.
 */
import { type Cipher, createCipheriv, createDecipheriv, type Decipher } from 'node:crypto';
import { blockLength } from '../symmetric/parameters.js';
import { plainBytes } from './bytes.js';
import { scratch } from './scratch.js';

const algorithms = { 16: 'aes-128-cbc', 32: 'aes-256-cbc' } as const;

/** Encryption. A message is at most as long as the scratch buffer. */
export class RunningEncryption {
  readonly #cipher: Cipher;
  readonly #last = new Uint8Array(blockLength);

  constructor(key: Uint8Array) {
    this.#cipher = createCipheriv(algorithms[key.length as 16 | 32], key, this.#last);
    this.#cipher.setAutoPadding(false);
  }

  /** At least one block. */
  encrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    const input = scratch(blocks.length);
    input.set(blocks);
    xorBoth(input, iv, this.#last);
    const encrypted = plainBytes(this.#cipher.update(input));
    input.fill(0);
    this.#last.set(encrypted.subarray(encrypted.length - blockLength));
    return encrypted;
  }
}

/** Decryption. What was not meant for it does no harm: the chain goes on from any ciphertext. */
export class RunningDecryption {
  readonly #decipher: Decipher;
  readonly #last = new Uint8Array(blockLength);

  constructor(key: Uint8Array) {
    this.#decipher = createDecipheriv(algorithms[key.length as 16 | 32], key, this.#last);
    this.#decipher.setAutoPadding(false);
  }

  /** At least one block. */
  decrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    const decrypted = plainBytes(this.#decipher.update(blocks));
    xorBoth(decrypted, iv, this.#last);
    this.#last.set(blocks.subarray(blocks.length - blockLength));
    return decrypted;
  }
}

/** XORs two blocks into the first one of `target`. */
function xorBoth(target: Uint8Array, a: Uint8Array, b: Uint8Array): void {
  for (let i = 0; i < blockLength; i++) target[i]! ^= a[i]! ^ b[i]!;
}
