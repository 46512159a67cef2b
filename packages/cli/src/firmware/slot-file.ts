/** From an image to the file that was asked for. */
import { SelvageError } from '@selvage/core';
import { padImage, requireFits, type SlotOptions } from '@selvage/hardware';
import type { SlotFileOptions } from './sign-options.js';

/**
 * The image, checked against its slot, and filled up to it where that was asked for.
 * @throws SelvageError `invalid-argument` for an image that does not fit, and where a size is missing
 */
export function slotFile(image: Uint8Array, options: SlotFileOptions, encrypted: boolean): Uint8Array {
  const { slotSize, pad = false, test = false, confirm = false } = options;
  const isPadded = pad || test || confirm;
  if (slotSize === undefined) {
    if (!isPadded) return image;
    throw new SelvageError('invalid-argument', 'a slot is to be filled, and its size is not known', {
      remedy: 'give --slot-size, such as --slot-size 0x40000',
    });
  }
  if (test && confirm) {
    throw new SelvageError('invalid-argument', 'an image is tried (--test) or confirmed (--confirm), not both');
  }
  const slot = slotOf(slotSize, options, encrypted);
  if (isPadded) return padImage(image, slot, confirm ? 'confirm' : test ? 'test' : 'pad');
  requireFits(image, slot);
  return image;
}

function slotOf(slotSize: number, options: SlotFileOptions, encrypted: boolean): SlotOptions {
  const { align, maxAlign, maxSectors, overwriteOnly, erasedVal } = options;
  return {
    slotSize,
    align: align as SlotOptions['align'],
    maxAlign,
    maxSectors,
    overwriteOnly,
    erasedValue: erasedVal === '0' ? 0 : 0xff,
    encrypted,
  };
}
