import { bytes, constant, opaque, struct, u16, u32, u48 } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';

/** Length of what tells a whole cell from a torn one, bytes. */
export const checkLength = 16;
/** A cell has a page of its own, so that tearing one leaves the other as it was. */
export const cellSize = 4096;
/** The longest record that a cell holds, bytes. */
export const longestRecord = 2048;

/**
 * One of the two cells of a record: the record of the highest sequence number counts.
 *
 *   "CELL" (4), sequence number (6), record (2 + length), check over all before it (16)
 */
export const cellFormat = struct({
  magic: constant(u32, 0x43454c4c),
  sequence: u48,
  record: opaque(u16, { max: longestRecord }),
  check: bytes(checkLength),
});

/** Gives 16 bytes over the rest of a cell. */
export type CellCheck = (content: Uint8Array) => Uint8Array;

/** A check against accidents: torn writes, and bits that fell over. */
export function hashCheck(core: CryptoCore): CellCheck {
  return (content) => core.hash('sha256', content).subarray(0, checkLength);
}

/** A check against hands as well: only who has the key makes a cell. */
export function keyedCheck(core: CryptoCore, key: Uint8Array): CellCheck {
  return (content) => core.hmac('sha256', key, content).subarray(0, checkLength);
}
