/**
 * The trailer at the end of a slot (MCUboot `bootutil_public.h`): from the end a magic, then flags, each in a field of
 * `maxAlign` bytes, so that any flash can write one of them alone.
 */
import { bytesEqual, concat, fromHex, SelvageError } from '@selvage/core';

/** The largest alignment of writes that loader and flash were built for. */
export type MaxAlign = 8 | 16 | 32;

/** Where the fields of a trailer are, counted from the start of the slot. */
export interface TrailerLayout {
  readonly maxAlign: MaxAlign;
  readonly magic: number;
  readonly imageOk: number;
  readonly copyDone: number;
  readonly swapInfo: number;
  readonly swapSize: number;
  /** Where the fields above start; the status of swaps stands below. */
  readonly start: number;
}

/** What a flag's first byte says: erased, 1, or neither, which only damage does. */
export type TrailerFlag = 'unset' | 'set' | 'bad';

/** What a trailer says. */
export interface Trailer {
  readonly magic: 'unset' | 'good' | 'bad';
  readonly imageOk: TrailerFlag;
  readonly copyDone: TrailerFlag;
}

export const magicLength = 16;
/** What a set flag is written as; the rest of its field stays erased. */
export const flagSet = 0x01;
const erased = 0xff;
const magicOf8 = fromHex('77c295f360d2ef7f3552500f2cb67980');
const magicTail = fromHex('2de15d29410b8d77679c110f1f8a');

/** The layout of a slot's trailer. @throws SelvageError `invalid-argument` for a slot that is too small */
export function trailerLayout(slotSize: number, maxAlign: MaxAlign = 8): TrailerLayout {
  const imageOk = slotSize - alignUp(magicLength, maxAlign) - maxAlign;
  const [copyDone, swapInfo, swapSize] = [1, 2, 3].map((at) => imageOk - at * maxAlign) as [number, number, number];
  if (swapSize < 0) throw new SelvageError('invalid-argument', `a slot of ${slotSize} bytes has no room for a trailer`);
  return { maxAlign, magic: slotSize - magicLength, imageOk, copyDone, swapInfo, swapSize, start: swapSize };
}

/** The magic of a slot that was asked for, or is swapped to. */
export function trailerMagic(maxAlign: MaxAlign): Uint8Array {
  return maxAlign === 8 ? magicOf8.slice() : concat(Uint8Array.of(maxAlign & 0xff, maxAlign >> 8), magicTail);
}

/** Reads the trailer of a whole slot, or of its last bytes when `layout` counts from their start. */
export function readTrailer(slot: Uint8Array, { maxAlign, magic, imageOk, copyDone }: TrailerLayout): Trailer {
  return {
    magic: magicState(slot.subarray(magic, magic + magicLength), maxAlign),
    imageOk: readFlag(slot[imageOk]),
    copyDone: readFlag(slot[copyDone]),
  };
}

function magicState(found: Uint8Array, maxAlign: MaxAlign): Trailer['magic'] {
  if (bytesEqual(found, trailerMagic(maxAlign))) return 'good';
  return found.every((byte) => byte === erased) ? 'unset' : 'bad';
}

function readFlag(byte: number | undefined): TrailerFlag {
  if (byte === erased) return 'unset';
  return byte === flagSet ? 'set' : 'bad';
}

export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
