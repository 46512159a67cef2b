import { type Cipher, createCipheriv } from 'node:crypto';
import { blockLength } from '../symmetric/parameters.js';

/** Packets that one look-ahead covers at most. */
const mostPackets = 64;
/** Blocks of key stream that one look-ahead holds at most: 8 KiB. */
const mostBlocks = 512;
/** Counter blocks on their way to the cipher. They hold no secret, and no call outlives another. */
const counterBlocks = new Uint8Array(mostBlocks * blockLength);

/**
 * The CCM key stream of a counted stream of packets, made ahead for the packets that are expected next.
 *
 * The first packet gets exactly its own; then the look-ahead grows from two packets to 64 while the counter rises. A
 * packet outside of the look-ahead (late, far ahead, or longer than its kind) gets its own too. Only `settle` moves
 * what is expected, and an opener settles authentic packets alone: forged counters cost no more than the packet that
 * they pretend to be.
 */
export class KeyStream {
  /** What `take` points into: S_0 for the tag, then S_1, S_2, … for the message (RFC 3610 §2.3). */
  bytes: Uint8Array = counterBlocks;

  readonly #cipher: Cipher;
  /** A_0 with the nonce of the packet in hand: flags ‖ nonce ‖ block number 0. */
  readonly #block: Uint8Array;
  /** Where in A_0 the packet counter's least significant byte is. */
  readonly #lowByte: number;

  #window: Uint8Array | undefined;
  #first = 0;
  #packets = 0;
  #width = 0;

  /** The counter after the highest one settled: the only one at which a look-ahead begins. */
  #next = -1;
  #ahead = 2;
  /** The longest packet, in blocks, since the last look-ahead. */
  #longest = 0;

  /**
   * @param firstCounterBlock A_0, whose nonce is filled in for each packet.
   * @param lowByte the place of the counter's least significant byte in the nonce.
   */
  constructor(key: Uint8Array, firstCounterBlock: Uint8Array, lowByte: number) {
    this.#cipher = createCipheriv(key.length === 16 ? 'aes-128-ecb' : 'aes-256-ecb', key, null);
    this.#cipher.setAutoPadding(false);
    this.#block = firstCounterBlock;
    this.#lowByte = 1 + lowByte;
  }

  /**
   * The key stream of one packet, `blocks` blocks from the returned offset in `bytes` on.
   * @param nonce the packet's nonce, which holds `counter`.
   */
  take(counter: number, nonce: Uint8Array, blocks: number): number {
    const place = counter - this.#first;
    if (this.#window !== undefined && place >= 0 && place < this.#packets && blocks <= this.#width) {
      this.bytes = this.#window;
      return place * this.#width * blockLength;
    }
    this.#block.set(nonce, 1);
    if (counter === this.#next && blocks <= this.#longest) {
      this.bytes = this.#lookAhead(counter);
    } else {
      this.bytes = this.#makeOne(blocks);
    }
    return 0;
  }

  /** Says that the packet was sealed, or opened and found authentic. */
  settle(counter: number, blocks: number): void {
    if (blocks > this.#longest) {
      this.#longest = blocks;
    }
    if (counter >= this.#next) {
      if (counter - this.#next > mostPackets) {
        this.#ahead = 2;
      }
      this.#next = counter + 1;
    }
  }

  destroy(): void {
    this.#window?.fill(0);
    this.#window = undefined;
  }

  #makeOne(blocks: number): Uint8Array {
    const input = counterBlocks.subarray(0, blocks * blockLength);
    writeCounterBlocks(input, this.#block);
    return this.#cipher.update(input);
  }

  /**
   * Counters that share all bytes but the lowest differ in one byte of each block, so that a look-ahead ends where
   * the lowest byte does.
   */
  #lookAhead(counter: number): Uint8Array {
    const width = this.#longest;
    const low = counter % 256;
    const packets = Math.min(this.#ahead, Math.floor(mostBlocks / width), 256 - low);
    const stride = width * blockLength;
    const input = counterBlocks.subarray(0, packets * stride);
    writeCounterBlocks(input.subarray(0, stride), this.#block);
    repeatPrefix(input, stride);
    for (let packet = 1, at = stride + this.#lowByte; packet < packets; packet++) {
      for (let block = 0; block < width; block++, at += blockLength) {
        input[at] = low + packet;
      }
    }
    this.#window?.fill(0);
    this.#window = this.#cipher.update(input);
    this.#first = counter;
    this.#packets = packets;
    this.#width = width;
    this.#ahead = Math.min(2 * this.#ahead, mostPackets);
    this.#longest = 0;
    return this.#window;
  }
}

/**
 * Fills `target` with A_0, A_1, …: the block number is at the end, one byte of it because no packet that comes here
 * has 256 blocks.
 */
function writeCounterBlocks(target: Uint8Array, first: Uint8Array): void {
  target.set(first);
  repeatPrefix(target, blockLength);
  for (let block = 1, at = 2 * blockLength - 1; at < target.length; block++, at += blockLength) {
    target[at] = block;
  }
}

/** Fills `target` with copies of its first `length` bytes. */
function repeatPrefix(target: Uint8Array, length: number): void {
  for (let filled = length; filled < target.length; filled *= 2) {
    target.copyWithin(filled, 0, filled);
  }
}
