import { type Secret, SelvageError, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import {
  type DecryptionKey,
  readFlags,
  type TrustedKey,
  type VerifiedImage,
  verifyImage,
  versionText,
} from '@selvage/hardware';
import { Report } from '../ca/report.js';
import { step } from '../ca/step.js';
import { readFileKey } from '../keys/file-key.js';
import type { KeyOpening } from '../keys/open-key.js';
import { publicKeyOf } from '../keys/public-key.js';
import type { Surface } from '../terminal/surface.js';
import { count } from '../terminal/text.js';
import { binaryFile } from './inputs.js';
import { keyOpening } from './passphrase.js';
import type { FirmwareOptions } from './sign-options.js';

export interface VerifyCommandOptions extends FirmwareOptions {
  readonly key?: readonly string[];
  readonly keyHash?: readonly Uint8Array[];
  /** The file of the private key that opens an encrypted payload. */
  readonly decrypt?: string;
  readonly minimumCounter?: number;
}

/** `firmware verify`: whether a loader with these keys would start the image. @throws SelvageError that says which check failed */
export async function verify(surface: Surface, file: string, options: VerifyCommandOptions): Promise<void> {
  const bytes = await step('read the image', () => binaryFile('<image>', file));
  const opening = keyOpening(surface, options);
  const keys = await trustedKeys(options, opening);
  const { decrypt, minimumCounter } = options;
  const decryptionKey =
    decrypt === undefined ? undefined : await step('read the decryption key', () => openDecryption(decrypt, opening));
  // Whether it can be decompressed or started is the loader's business; that it is whole and signed is not.
  const tolerate = ['compressed', 'non-bootable'] as const;
  const verified = verifyImage(bytes, { core: nativeCore, keys, decryptionKey, minimumCounter, tolerate });
  new Report(surface, options.json).show({
    event: 'verified',
    data: verifiedData(file, verified),
    lines: verifiedLines(file, verified),
  });
}

async function trustedKeys(
  { key = [], keyHash = [] }: VerifyCommandOptions,
  opening: KeyOpening,
): Promise<TrustedKey[]> {
  if (key.length === 0 && keyHash.length === 0) {
    throw new SelvageError('invalid-argument', 'nobody is trusted: without a key, an image of anybody would do', {
      remedy:
        'give --key with the public key of who signs, or --key-hash; to look at an image: selvage firmware inspect',
    });
  }
  const keys: TrustedKey[] = keyHash.map((hash) => ({ keyHash: hash }));
  for (const one of key) keys.push(await step(`read the key ${one}`, () => publicKeyOf(one, opening)));
  return keys;
}

function openDecryption(path: string, { passphrase }: { readonly passphrase: () => Secret }): DecryptionKey {
  const { kind, key } = readFileKey(path, passphrase);
  if (kind === 'p256') return { privateKey: key };
  key.dispose();
  throw new SelvageError('invalid-key', `the key in ${path} is of ${kind}, and images are encrypted to P-256`);
}

function verifiedData(file: string, verified: VerifiedImage): object {
  const { header, version, securityCounter, hash, digest, signer, signerKey, dependencies, length } = verified;
  return {
    file,
    version: versionText(version),
    ...(securityCounter !== undefined && { securityCounter }),
    signer: toHex(signer),
    signerKind: signerKey.kind,
    hash,
    digest: toHex(digest),
    flags: readFlags(header.flags).names,
    encrypted: verified.wasEncrypted,
    dependencies: dependencies.map(({ image, minimum }) => ({ image, minimum: versionText(minimum) })),
    imageLength: length,
    payloadLength: verified.payload.length,
  };
}

function verifiedLines(file: string, verified: VerifiedImage): string[] {
  const { header, version, securityCounter, hash, digest, signer, dependencies, payload } = verified;
  const { names } = readFlags(header.flags);
  const counter = securityCounter === undefined ? 'none: it never counts as a newer one' : `${securityCounter}`;
  return [
    `${file} is good: whole, and signed by a key that you trust`,
    `version           ${versionText(version)}`,
    `security counter  ${counter}`,
    `signed by         ${toHex(signer)}`,
    `${hash}            ${toHex(digest)}`,
    `payload           ${count(payload.length, 'byte')}${verified.wasEncrypted ? ', encrypted in this file' : ''}`,
    ...(names.length === 0 ? [] : [`flags             ${names.join(', ')}`]),
    ...dependencies.map(({ image, minimum }) => `needs             image ${image} of at least ${versionText(minimum)}`),
  ];
}
