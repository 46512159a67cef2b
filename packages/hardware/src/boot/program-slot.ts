import type { Flash } from '../board/flash.js';
import { SlotWriter } from './slot-writer.js';
import { writeImageOk } from './slot-trailer.js';

/**
 * Writes an image into a slot as its programmer does at the factory: confirmed, or to be tried. Nothing is verified here.
 * An interrupted call leaves no image.
 * @throws SelvageError `payload-too-large` where the image does not fit before the trailer, `store-failed`
 */
export async function programSlot(
  flash: Flash,
  image: Uint8Array,
  request: 'confirm' | 'test' = 'confirm',
): Promise<void> {
  const writer = await SlotWriter.begin(flash, image.length);
  await writer.write(0, image);
  await writer.finish();
  if (request === 'confirm') await writeImageOk(flash);
  await writer.install();
}
