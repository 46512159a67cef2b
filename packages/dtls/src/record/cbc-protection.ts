import { concat, type Entropy } from '@selvage/core';
import { type BlockChain, constantTimeEqual, type CryptoCore } from '@selvage/crypto';
import { additionalData } from './additional-data.js';
import {
  additionalDataLength,
  isPlaintextLength,
  type RecordCoordinates,
  type RecordProtection,
} from './protection.js';

const blockLength = 16;
const macLength = 32;
const compressionBlock = 64;
/** SHA-256 appends at least 0x80 and a 64-bit length. */
const hashTrailer = 9;

/**
 * AES-128-CBC with HMAC-SHA-256 (RFC 5246 §6.2.3.2): explicit IV ‖ CBC(content ‖ MAC ‖ padding), or with
 * encrypt-then-MAC (RFC 7366) explicit IV ‖ CBC(content ‖ padding) ‖ MAC.
 *
 * MAC-then-encrypt leaks through timing (Lucky 13) unless the work is the same for every padding. Here the padding is
 * judged without branches on its bytes, the MAC is always computed and compared, and hash blocks are added until as
 * many were compressed as the longest content would need. JavaScript promises no constant time, so encrypt-then-MAC is
 * negotiated wherever the peer knows it, and a record that fails is dropped without a word.
 */
export class CbcProtection implements RecordProtection {
  readonly maximumExpansion = blockLength + macLength + blockLength;
  readonly #core: CryptoCore;
  readonly #entropy: Entropy;
  readonly #chain: BlockChain;
  readonly #macKey: Uint8Array;
  readonly #encryptThenMac: boolean;

  constructor(
    core: CryptoCore,
    entropy: Entropy,
    keys: { readonly key: Uint8Array; readonly macKey: Uint8Array },
    encryptThenMac: boolean,
  ) {
    this.#core = core;
    this.#entropy = entropy;
    this.#chain = core.aesCbc(keys.key);
    this.#macKey = keys.macKey;
    this.#encryptThenMac = encryptThenMac;
  }

  sealedLength(plaintextLength: number): number {
    return this.#encryptThenMac
      ? blockLength + padded(plaintextLength) + macLength
      : blockLength + padded(plaintextLength + macLength);
  }

  seal(at: RecordCoordinates, plaintext: Uint8Array, target: Uint8Array, offset: number): number {
    const iv = target.subarray(offset, offset + blockLength);
    this.#entropy.fill(iv);
    const content = this.#encryptThenMac ? plaintext : concat(plaintext, this.#mac(at, plaintext));
    const blocks = this.#chain.encrypt(iv, pad(content));
    target.set(blocks, offset + blockLength);
    const length = blockLength + blocks.length;
    if (!this.#encryptThenMac) return length;
    target.set(this.#mac(at, target.subarray(offset, offset + length)), offset + length);
    return length + macLength;
  }

  open(at: RecordCoordinates, fragment: Uint8Array): Uint8Array | undefined {
    return this.#encryptThenMac ? this.#openMacFirst(at, fragment) : this.#openDecryptFirst(at, fragment);
  }

  destroy(): void {
    this.#chain.destroy();
    this.#macKey.fill(0);
  }

  #openMacFirst(at: RecordCoordinates, fragment: Uint8Array): Uint8Array | undefined {
    const encrypted = fragment.subarray(0, Math.max(0, fragment.length - macLength));
    if (encrypted.length < 2 * blockLength || encrypted.length % blockLength !== 0) return undefined;
    if (!constantTimeEqual(this.#mac(at, encrypted), fragment.subarray(encrypted.length))) return undefined;
    const plain = this.#chain.decrypt(encrypted.subarray(0, blockLength), encrypted.subarray(blockLength));
    const { good, paddingLength } = judgePadding(plain, 0);
    const contentLength = plain.length - paddingLength;
    return good === 1 && isPlaintextLength(contentLength) ? plain.subarray(0, contentLength) : undefined;
  }

  #openDecryptFirst(at: RecordCoordinates, fragment: Uint8Array): Uint8Array | undefined {
    const encryptedLength = fragment.length - blockLength;
    if (encryptedLength < macLength + blockLength || encryptedLength % blockLength !== 0) return undefined;
    const plain = this.#chain.decrypt(fragment.subarray(0, blockLength), fragment.subarray(blockLength));
    const { good, paddingLength } = judgePadding(plain, macLength);
    const contentLength = plain.length - paddingLength - macLength;
    if (!isPlaintextLength(contentLength)) return undefined;
    const expected = this.#mac(at, plain.subarray(0, contentLength));
    this.#equaliseWork(contentLength, plain.length - macLength - 1);
    const authentic = constantTimeEqual(expected, plain.subarray(contentLength, contentLength + macLength));
    return authentic && good === 1 ? plain.subarray(0, contentLength) : undefined;
  }

  #mac(at: RecordCoordinates, content: Uint8Array): Uint8Array {
    const data = additionalData(new Uint8Array(additionalDataLength), at, content.length);
    return this.#core.hmac('sha256', this.#macKey, data, content);
  }

  /** Compresses as many further blocks as the longest possible content would have taken. */
  #equaliseWork(contentLength: number, longestContentLength: number): void {
    const further = compressions(longestContentLength) - compressions(contentLength);
    if (further > 0) this.#core.hash('sha256', idleBlocks.subarray(0, further * compressionBlock - hashTrailer));
  }
}

// Padding is at most 256 bytes, so contents differ by at most 4 compression blocks, and one for the trailer.
const idleBlocks = new Uint8Array(6 * compressionBlock);

function compressions(contentLength: number): number {
  return Math.ceil((additionalDataLength + contentLength + hashTrailer) / compressionBlock);
}

function padded(length: number): number {
  return (Math.floor(length / blockLength) + 1) * blockLength;
}

/** Appends TLS padding: n + 1 bytes of value n, here the fewest that fill the block. */
function pad(content: Uint8Array): Uint8Array {
  const out = new Uint8Array(padded(content.length));
  out.set(content);
  out.fill(out.length - content.length - 1, content.length);
  return out;
}

/**
 * Judges the padding of decrypted blocks without a branch on their bytes. A bad padding counts as one of length 1, so
 * that the MAC is computed over a length as plausible as any (RFC 5246 §6.2.3.2).
 */
function judgePadding(plain: Uint8Array, trailerLength: number): { good: 0 | 1; paddingLength: number } {
  const length = plain.length;
  const declared = plain[length - 1] ?? 0;
  let difference = Number(declared + 1 + trailerLength > length);
  const checked = Math.min(256, length);
  for (let index = 0; index < checked; index++) {
    // All ones while this byte belongs to the declared padding.
    const inside = ~((declared - index) >> 31);
    difference |= inside & ((plain[length - 1 - index] ?? 0) ^ declared);
  }
  const good = difference === 0 ? 1 : 0;
  return { good, paddingLength: good * declared + 1 };
}
