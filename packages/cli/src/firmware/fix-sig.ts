import { nativeCore } from '@selvage/crypto';
import { finishImage, keyHashOf, reopenImage } from '@selvage/hardware';
import { Report } from '../ca/report.js';
import { step } from '../ca/step.js';
import { publicKeyOf } from '../keys/public-key.js';
import type { Surface } from '../terminal/surface.js';
import { encryptionOf } from './encryption.js';
import { binaryFile, signatureFile } from './inputs.js';
import { sealingOptions } from './make-image.js';
import { writeOutput } from './output.js';
import { keyOpening } from './passphrase.js';
import type { FirmwareOptions, SealOptions, SlotFileOptions } from './sign-options.js';
import { slotFile } from './slot-file.js';
import { tellMade } from './tell-image.js';

export interface FixSigOptions extends FirmwareOptions, SealOptions, SlotFileOptions {
  /** The file with the signature. */
  readonly sig: string;
  readonly pubkey: string;
}

/**
 * `firmware fix-sig`: what `sign --vector-to-sign payload` wrote, and a signature over it, become an image. The bytes say
 * what the image is: no option of `sign` has to be said again. @throws SelvageError that names the step
 */
export async function fixSig(
  surface: Surface,
  { input, output }: { readonly input: string; readonly output: string },
  options: FixSigOptions,
): Promise<void> {
  const region = await step('read what was signed', () => binaryFile('<vector>', input));
  const signature = await step('read the signature', () => signatureFile('--sig', options.sig));
  const opening = keyOpening(surface, options);
  const publicKey = await step('read whose signature it is', () => publicKeyOf(options.pubkey, opening));
  const encryption = await step('read whom to encrypt to', () => encryptionOf(options, opening));
  const prepared = await step('read what was signed', () => reopenImage(region, sealingOptions(options, encryption)));
  const image = await step('put the signature in', () => finishImage(prepared, { publicKey, signature }));
  const bytes = await step('fit the image into its slot', () => slotFile(image, options, encryption !== undefined));
  await step(`write ${output}`, () => writeOutput('<outfile>', output, bytes));
  new Report(surface, options.json).tell(tellMade(bytes, output, keyHashOf(nativeCore, publicKey)));
}
