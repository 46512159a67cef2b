import type { ImageSigner } from '../trusted-key.js';
import { finishImage } from './finish-image.js';
import type { ImageOptions } from './image-options.js';
import { messageOf, prepareImage } from './prepare-image.js';

/** What an image is to be, and who signs it. */
export interface SignOptions extends ImageOptions {
  readonly signer: ImageSigner;
}

/**
 * Makes an image of a payload. The signature that came is verified before it goes in. To fill a slot, see `padImage`.
 * @throws SelvageError `invalid-argument` for options; `image-refused` for a signer whose signature is not good; what the
 *   key's home throws
 */
export async function signImage(payload: Uint8Array, { signer, ...options }: SignOptions): Promise<Uint8Array> {
  const { publicKey } = signer;
  const prepared = prepareImage(payload, options, publicKey);
  const signature = await signer.sign(messageOf(prepared, publicKey));
  return finishImage(prepared, { publicKey, signature });
}
