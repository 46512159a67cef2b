import { SelvageError } from '@selvage/core';
import { alignUp, flagSet, magicLength, type MaxAlign, trailerLayout, trailerMagic } from './trailer.js';

/** The slot that an image is for. */
export interface SlotOptions {
  readonly slotSize: number;
  /** The flash's smallest write, bytes; 1 by default. It decides how large the status of swaps is. */
  readonly align?: 1 | 2 | 4 | 8 | 16 | 32 | undefined;
  /** 8 by default, or `align` where that is more. */
  readonly maxAlign?: MaxAlign | undefined;
  /** Sectors of the largest slot; 128 by default. */
  readonly maxSectors?: number | undefined;
  /** For loaders that overwrite and do not swap: a smaller trailer. */
  readonly overwriteOnly?: boolean | undefined;
  readonly erasedValue?: 0 | 0xff | undefined;
  /** Whether the image has an encrypted form: the loader keeps two content keys in the trailer. */
  readonly encrypted?: boolean | undefined;
}

/** How a padded slot asks to be taken: not at all but by its magic, for a trial, or for good. */
export type SlotRequest = 'pad' | 'test' | 'confirm';

/** Bytes that a loader may write at the end of a slot. @throws SelvageError `invalid-argument` */
export function trailerSize(options: SlotOptions): number {
  const { align = 1, maxSectors = 128, overwriteOnly = false, encrypted = false } = options;
  const maxAlign = maxAlignOf(options);
  const magic = alignUp(magicLength, maxAlign);
  if (overwriteOnly) return 2 * maxAlign + magic;
  const keys = encrypted ? 2 * alignUp(16, maxAlign) : 0;
  return maxSectors * 3 * align + keys + 4 * maxAlign + magic;
}

/** @throws SelvageError `invalid-argument` for an image that does not fit its slot beside the trailer */
export function requireFits(image: Uint8Array, options: SlotOptions): void {
  const { slotSize } = options;
  const trailer = trailerSize(options);
  if (image.length + trailer <= slotSize) return;
  throw new SelvageError(
    'invalid-argument',
    `an image of ${image.length} bytes and a trailer of ${trailer} do not fit a slot of ${slotSize}`,
    { details: { image: image.length, trailer, slot: slotSize } },
  );
}

/** The image as a whole slot: fill, and a trailer that makes the request. @throws SelvageError `invalid-argument` */
export function padImage(image: Uint8Array, options: SlotOptions, request: SlotRequest = 'pad'): Uint8Array {
  requireFits(image, options);
  const { slotSize, erasedValue = 0xff, overwriteOnly = false } = options;
  const maxAlign = maxAlignOf(options);
  const slot = new Uint8Array(slotSize).fill(erasedValue);
  slot.set(image);
  const layout = trailerLayout(slotSize, maxAlign);
  slot.set(trailerMagic(maxAlign), layout.magic);
  if (request === 'confirm' && !overwriteOnly) slot[layout.imageOk] = flagSet;
  return slot;
}

/** The magic ends the slot, and fills the end of its field where that is longer. */
function maxAlignOf({ align = 1, maxAlign }: SlotOptions): MaxAlign {
  return maxAlign ?? (align > 8 ? (align as MaxAlign) : 8);
}
