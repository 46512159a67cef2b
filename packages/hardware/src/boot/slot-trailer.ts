import type { Flash } from '../board/flash.js';
import { erasedByte } from '../board/flash.js';
import {
  flagSet,
  type MaxAlign,
  magicLength,
  readTrailer,
  type Trailer,
  type TrailerLayout,
  trailerLayout,
  trailerMagic,
} from '../image/trailer/trailer.js';

/**
 * What a slot's trailer asks for (MCUboot, direct execution in place with revert):
 *
 *   confirmed  magic good, image_ok set
 *   trial      magic good, image_ok and copy_done unset: started once
 *   tried      magic good, image_ok unset, copy_done set or damaged: it was started, and did not confirm itself
 *   unmarked   anything else: no trailer was written, or it is damaged
 */
export type SlotMark = 'confirmed' | 'trial' | 'tried' | 'unmarked';

/** The mark that a trailer is. */
export function markOf({ magic, imageOk, copyDone }: Trailer): SlotMark {
  if (magic !== 'good' || imageOk === 'bad') return 'unmarked';
  if (imageOk === 'set') return 'confirmed';
  return copyDone === 'unset' ? 'trial' : 'tried';
}

/** The trailer of a slot's bytes. */
export function trailerOf(flash: Flash, slot: Uint8Array): Trailer {
  return readTrailer(slot, layoutOf(flash));
}

/** Where a slot's trailer starts: an image ends before. */
export function trailerStart(flash: Flash): number {
  return layoutOf(flash).start;
}

/** Asks for a trial of what is in the slot. */
export function writeMagic(flash: Flash): Promise<void> {
  const { magic, maxAlign } = layoutOf(flash);
  const field = new Uint8Array(Math.max(magicLength, flash.writeSize)).fill(erasedByte);
  field.set(trailerMagic(maxAlign), field.length - magicLength);
  return flash.write(magic + magicLength - field.length, field);
}

/** Notes that the image was started. */
export function writeCopyDone(flash: Flash): Promise<void> {
  return writeFlag(flash, layoutOf(flash).copyDone);
}

/** Confirms the image. */
export function writeImageOk(flash: Flash): Promise<void> {
  return writeFlag(flash, layoutOf(flash).imageOk);
}

function writeFlag(flash: Flash, place: number): Promise<void> {
  const field = new Uint8Array(flash.writeSize).fill(erasedByte);
  field[0] = flagSet;
  return flash.write(place, field);
}

/** Flags stand as far apart as one write reaches. */
function layoutOf({ size, writeSize }: Flash): TrailerLayout {
  return trailerLayout(size, Math.max(8, writeSize) as MaxAlign);
}
