import { FormatError } from '@selvage/core';
import { type OptionFormat, readUint, writeUint } from './format.js';

/** The value of a Block option, RFC 7959 §2.2. */
export interface Block {
  /** Which block, from 0, below 2^20. */
  readonly number: number;
  /** Whether more blocks follow. */
  readonly more: boolean;
  /** Bytes of a block: 16, 32, 64, 128, 256, 512 or 1024. */
  readonly size: BlockSize;
}

/** The sizes that SZX 0 to 6 stand for. */
export const blockSizes = [16, 32, 64, 128, 256, 512, 1024] as const;

/** Bytes of a block. */
export type BlockSize = (typeof blockSizes)[number];

/** SZX 7 is reserved: in a request it leads to 4.00 (RFC 7959 §2.2). */
const reservedExponent = 7;
/** One past the last block number that 20 bits hold. */
export const blockNumberLimit = 2 ** 20;

/**
 * ```
 *  0
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * |  NUM  |M| SZX |   and 8 or 16 further bits of NUM before it
 * +-+-+-+-+-+-+-+-+
 * ```
 */
export const block: OptionFormat<Block> = {
  name: 'block',
  min: 0,
  max: 3,
  read(bytes): Block {
    if (bytes.length > 3)
      throw new FormatError('length-out-of-range', `${bytes.length} bytes where 0 to 3 are allowed`);
    const value = readUint(bytes);
    const exponent = value & 7;
    if (exponent === reservedExponent) throw new FormatError('invalid-value', 'the block size exponent 7 is reserved');
    return { number: value >>> 4, more: (value & 8) !== 0, size: blockSizes[exponent] as BlockSize };
  },
  write({ number, more, size }): Uint8Array {
    const exponent = blockSizes.indexOf(size);
    if (exponent < 0 || !(Number.isInteger(number) && number >= 0 && number < blockNumberLimit)) {
      throw new FormatError('value-out-of-range', `there is no block ${number} of ${size} bytes`);
    }
    return writeUint(number * 16 + (more ? 8 : 0) + exponent);
  },
};

/** The largest block size of at most `bytes`, and at least 16. */
export function blockSizeWithin(bytes: number): BlockSize {
  let best: BlockSize = 16;
  for (const size of blockSizes) {
    if (size <= bytes) best = size;
  }
  return best;
}
