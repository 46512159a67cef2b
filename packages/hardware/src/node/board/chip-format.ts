import { bytes, constant, opaque, struct, u32, u8 } from '@selvage/core';
import { checkLength } from '../../board/cell-format.js';
import { uniqueKeyLength } from '../../board/unique-key.js';

/** The file of the device-unique key: "KEY1", the key (32), check over both (16). */
export const uniqueKeyFile = struct({
  magic: constant(u32, 0x4b455931),
  key: bytes(uniqueKeyLength),
  check: bytes(checkLength),
});

/** The longest facts, bytes of CBOR. */
const longestFacts = 65_536;

/**
 * The file of what a board was made as:
 *
 *   format (1), flash of a slot: size (4), erased by (4), written by (4), facts in CBOR (4 + length), check over all (16)
 */
export const descriptionFile = struct({
  format: constant(u8, 1),
  size: u32,
  eraseSize: u32,
  writeSize: u32,
  facts: opaque(u32, { max: longestFacts }),
  check: bytes(checkLength),
});
