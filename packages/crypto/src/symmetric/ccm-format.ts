import { SelvageError } from '@selvage/core';
import { blockLength, requireRange } from './parameters.js';

/** The tag lengths that the stacks use: IEEE 802.15.4 security level 5 (4), CCM_8 (8), CCM (16). */
export type CcmTagLength = 4 | 8 | 16;

/**
 * @throws SelvageError `invalid-length` unless the tag has 4, 8 or 16 bytes and the nonce 7 to 13.
 */
export function requireCcmParameters(nonceLength: number, tagLength: number): void {
  if (tagLength !== 4 && tagLength !== 8 && tagLength !== 16) {
    throw new SelvageError('invalid-length', `a CCM tag has 4, 8 or 16 bytes here, not ${tagLength}`);
  }
  requireCcmNonceLength(nonceLength);
}

/** @throws SelvageError `invalid-length` unless the nonce has 7 to 13 bytes. */
export function requireCcmNonceLength(nonceLength: number): void {
  requireRange('the length of a CCM nonce', nonceLength, 7, 13);
}

/** The longest message by the length of the nonce: its length is written in 15 − nonce bytes, here in at most 4. */
const longestMessage = Array.from({ length: 14 }, (_, nonceLength) => 2 ** Math.min(8 * (15 - nonceLength), 32) - 1);

/** @throws SelvageError `invalid-length` for a message that the length field cannot say (RFC 3610 §2.1). */
export function requireCcmMessage(length: number, nonceLength: number): void {
  const longest = longestMessage[nonceLength]!;
  if (length > longest) {
    throw new SelvageError('invalid-length', `a nonce of ${nonceLength} bytes allows ${longest} bytes, not ${length}`);
  }
}

/** @throws SelvageError `invalid-length` when the sealed packet does not fit. */
export function requireRoom(target: Uint8Array, offset: number, length: number): void {
  if (!Number.isInteger(offset) || offset < 0 || offset + length > target.length) {
    throw new SelvageError('invalid-length', `${length} bytes at ${offset} do not fit into ${target.length}`);
  }
}

/** Bytes that announce associated data of `length` bytes (RFC 3610 §2.2): none, 2 or 6. */
function prefixLength(length: number): number {
  if (length === 0) {
    return 0;
  }
  return length < 0xff00 ? 2 : 6;
}

/** `length` rounded up to whole blocks. */
export function padded(length: number): number {
  return (length + blockLength - 1) & -blockLength;
}

/** Where the message begins in what CBC-MAC reads: behind B_0 and the padded associated data. */
export function macMessageOffset(associatedLength: number): number {
  return blockLength + padded(prefixLength(associatedLength) + associatedLength);
}

/**
 * Writes all that CBC-MAC reads before the message (RFC 3610 §2.2): B_0 = flags ‖ nonce ‖ message length, then
 * the announced associated data, zero-padded. `target` has `macMessageOffset(associatedData.length)` bytes of zero.
 */
export function writeMacHeader(
  target: Uint8Array,
  nonce: Uint8Array,
  tagLength: number,
  associatedData: Uint8Array,
  messageLength: number,
): void {
  const lengthBytes = 15 - nonce.length;
  const adata = associatedData.length > 0 ? 0x40 : 0;
  target[0] = adata | (((tagLength - 2) / 2) << 3) | (lengthBytes - 1);
  for (let i = 0; i < nonce.length; i++) {
    target[1 + i] = nonce[i]!;
  }
  let rest = messageLength;
  for (let i = 15; i > nonce.length; i--) {
    target[i] = rest & 0xff;
    rest >>>= 8;
  }
  if (adata !== 0) {
    writeAssociatedData(target, associatedData);
  }
}

/** Bytes up to which a loop copies faster than `set`. */
const shortCopy = 32;

function writeAssociatedData(target: Uint8Array, associatedData: Uint8Array): void {
  const length = associatedData.length;
  let at = blockLength;
  if (length >= 0xff00) {
    target[at++] = 0xff;
    target[at++] = 0xfe;
    target[at++] = length >>> 24;
    target[at++] = length >>> 16;
  }
  target[at++] = length >>> 8;
  target[at++] = length;
  if (length > shortCopy) {
    target.set(associatedData, at);
    return;
  }
  for (let i = 0; i < length; i++) {
    target[at + i] = associatedData[i]!;
  }
}

/** Writes A_0, the block whose encryption hides the tag (RFC 3610 §2.3); A_i differs from it in the last bytes. */
export function writeFirstCounterBlock(target: Uint8Array, nonce: Uint8Array): void {
  target[0] = 14 - nonce.length;
  for (let i = 0; i < nonce.length; i++) {
    target[1 + i] = nonce[i]!;
  }
  target.fill(0, 1 + nonce.length, blockLength);
}
