import { SelvageError } from '@selvage/core';
import { nativeCore, type PublicKey } from '@selvage/crypto';
import {
  findTlv,
  finishImage,
  type ImageSigner,
  imageSigner,
  keyHashOf,
  prepareImage,
  type PreparedImage,
  readImage,
  signImage,
} from '@selvage/hardware';
import { Report } from '../ca/report.js';
import { step } from '../ca/step.js';
import { openKey } from '../keys/key-reference.js';
import type { KeyOpening } from '../keys/open-key.js';
import { publicKeyOf } from '../keys/public-key.js';
import type { Surface } from '../terminal/surface.js';
import { encryptionOf } from './encryption.js';
import { binaryFile, signatureFile } from './inputs.js';
import { imageOptions } from './make-image.js';
import { writeOutput } from './output.js';
import { keyOpening } from './passphrase.js';
import type { SignCommandOptions } from './sign-options.js';
import { slotFile } from './slot-file.js';
import { tellMade } from './tell-image.js';

/** What of a command's options makes, signs and writes an image. */
interface Job {
  readonly surface: Surface;
  readonly input: string;
  readonly output: string;
  readonly options: SignCommandOptions;
}

/** `firmware sign`: a payload in; an image out, or what somebody else is to sign. @throws SelvageError that names the step */
export async function sign(surface: Surface, files: { input: string; output: string }, options: SignCommandOptions) {
  const job: Job = { surface, ...files, options };
  const payload = await step('read what to sign', () => binaryFile('<infile>', files.input));
  if (options.vectorToSign !== undefined) return writeVector(job, payload);
  const { fixSig, key } = options;
  if (fixSig !== undefined && key !== undefined) {
    throw new SelvageError('invalid-argument', 'an image is signed here (--key) or elsewhere (--fix-sig), not both');
  }
  if (fixSig !== undefined) return fix(job, payload, fixSig);
  if (key !== undefined) return signHere(job, payload, key);
  throw new SelvageError(
    'invalid-argument',
    'nobody is named to sign the image, and nothing starts one that is not signed',
    {
      remedy: 'give --key; or --vector-to-sign and --fix-sig where the key is elsewhere',
    },
  );
}

async function signHere({ surface, output, options }: Job, payload: Uint8Array, key: string): Promise<void> {
  const opening = keyOpening(surface, options);
  const encryption = await step('read whom to encrypt to', () => encryptionOf(options, opening));
  const whole = await step('understand what the image is to be', () => imageOptions(options, encryption));
  const opened = await step(`open the key ${key}`, () => openKey(key, opening));
  try {
    const signer = imageSigner(opened.keys, opened.handle);
    const image = await step('sign the image', () => signImage(payload, { ...whole, signer }));
    await finish({ surface, output, options }, image, signer);
  } finally {
    await opened.close();
  }
}

/** Neither key nor encryption: what is signed is the plain image. */
async function writeVector({ surface, output, options }: Job, payload: Uint8Array): Promise<void> {
  const opening = keyOpening(surface, options);
  const prepared = await prepare({ options }, payload, opening);
  const { vectorToSign: what } = options;
  const bytes = what === 'digest' ? prepared.digest : prepared.region;
  await step(`write ${output}`, () => writeOutput('<outfile>', output, bytes));
  new Report(surface, options.json).tell({
    event: 'to-be-signed',
    data: { file: output, what, length: bytes.length, hash: prepared.algorithm },
    lines: [
      `${output} is what is to be signed: ${what === 'digest' ? `the ${prepared.algorithm} of the image` : 'the image as far as it is signed'}`,
      'put the signature in with selvage firmware fix-sig, or with --fix-sig and the same options',
    ],
  });
}

async function fix(job: Job, payload: Uint8Array, fixSig: string): Promise<void> {
  const { surface, output, options } = job;
  const opening = keyOpening(surface, options);
  const signature = await step('read the signature', () => signatureFile('--fix-sig', fixSig));
  const publicKey = await step('read whose signature it is', () => givenKey(options, opening));
  const prepared = await prepare(job, payload, opening, publicKey);
  const image = await step('put the signature in', () => finishImage(prepared, { publicKey, signature }));
  await finish({ surface, output, options }, image, { publicKey });
}

async function prepare(
  { options }: Pick<Job, 'options'>,
  payload: Uint8Array,
  opening: KeyOpening,
  signer?: PublicKey,
): Promise<PreparedImage> {
  const encryption = await step('read whom to encrypt to', () => encryptionOf(options, opening));
  const named = signer ?? (options.fixSigPubkey === undefined ? undefined : await givenKey(options, opening));
  return step('lay out the image', () => prepareImage(payload, imageOptions(options, encryption), named));
}

function givenKey({ fixSigPubkey }: SignCommandOptions, opening: KeyOpening): Promise<PublicKey> {
  if (fixSigPubkey !== undefined) return publicKeyOf(fixSigPubkey, opening);
  throw new SelvageError('invalid-argument', 'a signature is given, and not whose it is', {
    remedy: 'give the public key with --fix-sig-pubkey: the signature is checked with it',
  });
}

async function finish(
  { surface, output, options }: Omit<Job, 'input'>,
  image: Uint8Array,
  { publicKey }: Pick<ImageSigner, 'publicKey'>,
): Promise<void> {
  const bytes = await step('fit the image into its slot', () =>
    slotFile(image, options, options.encrypt !== undefined),
  );
  await step(`write ${output}`, () => writeOutput('<outfile>', output, bytes));
  const { sigOut } = options;
  if (sigOut !== undefined) {
    await step(`write ${sigOut}`, () => writeOutput('--sig-out', sigOut, signatureText(image)));
  }
  new Report(surface, options.json).tell(tellMade(bytes, output, keyHashOf(nativeCore, publicKey)));
}

/** The signature of an image in base64, as imgtool's `--sig-out` writes it. */
function signatureText(image: Uint8Array): Uint8Array {
  const { tlvs } = readImage(image);
  const signature = findTlv(tlvs, 'ecdsa')?.value ?? findTlv(tlvs, 'ed25519')?.value ?? new Uint8Array(0);
  return new TextEncoder().encode(Buffer.from(signature).toString('base64'));
}
