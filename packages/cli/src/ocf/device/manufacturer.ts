import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bytesEqual, Secret, SelvageError } from '@selvage/core';
import type { KeyHandle, KeyHome } from '@selvage/crypto';
import type { ManufacturerCredentials } from '@selvage/ocf';
import { decodePem, readCertificate } from '@selvage/pki';
import { p256KeyIn, requirePrivateFile } from '../../ca/key-file.js';
import { readOptionFile, readOptionText } from '../../dtls/files.js';
import type { Surface } from '../../terminal/surface.js';
import { certifyVirtualDevice, withDemoManufacturer } from './demo-manufacturer.js';

const policy = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
const option = '--manufacturer';

/** What a device's certificates are looked for with. */
export interface ManufacturerQuestion {
  /** `demo`, a folder, or `undefined` for what the device was made with. */
  readonly manufacturer: string | undefined;
  readonly name: string;
  readonly keys: KeyHome;
  /** What it was made with. */
  readonly chain: readonly Uint8Array[] | undefined;
}

/**
 * What the manufacturer put into a device: as it was made, or from a folder with `chain.pem` and `key.pem`, or from the
 * manufacturer of this host's virtual devices.
 * @throws SelvageError `file-not-found`, `bad-certificate`, `invalid-key`, `key-usage-refused`, `store-failed`.
 */
export async function manufacturerCredentials(
  surface: Surface,
  question: ManufacturerQuestion,
): Promise<ManufacturerCredentials | undefined> {
  const { manufacturer, keys, chain } = question;
  const made = chain && (await withKey(keys, chain));
  if (manufacturer === undefined) return made;
  if (manufacturer === 'demo') return made ?? demoCredentials(surface, question);
  return folderCredentials(surface, folderFor(manufacturer, question.name), keys);
}

/** Each device may have a folder of its own in that of all. */
function folderFor(manufacturer: string, name: string): string {
  const own = join(manufacturer, name);
  return existsSync(join(own, 'chain.pem')) ? own : manufacturer;
}

async function demoCredentials(
  surface: Surface,
  { keys, name }: ManufacturerQuestion,
): Promise<ManufacturerCredentials> {
  const key = await keys.generate(policy);
  const publicKey = await keys.publicKey(key);
  const now = surface.clock.wallTime();
  const chain = await withDemoManufacturer(surface, ({ authority }) =>
    certifyVirtualDevice(authority, { name, publicKey, now }),
  );
  return { chain, key };
}

async function folderCredentials({ env }: Surface, folder: string, keys: KeyHome): Promise<ManufacturerCredentials> {
  const chain = decodePem('CERTIFICATE', readOptionText(option, join(folder, 'chain.pem')));
  const known = await withKey(keys, chain);
  if (known !== undefined) return known;
  const path = join(folder, 'key.pem');
  const contents = readOptionFile(option, path);
  requirePrivateFile(path);
  const secret = p256KeyIn(contents, path, Secret.text(env['SELVAGE_KEY_PASSPHRASE'] ?? ''));
  try {
    const credentials = { chain, key: await keys.importKey(policy, secret) };
    if (await isKeyOf(keys, credentials.key, chain)) return credentials;
    await keys.destroy(credentials.key);
    throw new SelvageError('invalid-key', `the key in ${path} is not that of the first certificate in chain.pem`, {
      remedy: 'give the key that was made with the certificate: selvage ca issue device --key key.pem --out chain.pem',
    });
  } finally {
    secret.dispose();
  }
}

/** Certificates with their key, if the home has it. */
async function withKey(keys: KeyHome, chain: readonly Uint8Array[]): Promise<ManufacturerCredentials | undefined> {
  for (const key of await keys.list()) if (await isKeyOf(keys, key, chain)) return { chain, key };
  return undefined;
}

async function isKeyOf(keys: KeyHome, key: KeyHandle, chain: readonly Uint8Array[]): Promise<boolean> {
  if (key.algorithm !== policy.algorithm) return false;
  const { publicKey } = readCertificate(chain[0] ?? new Uint8Array(0));
  return publicKey?.kind === 'p256' && bytesEqual(publicKey.publicKey, await keys.publicKey(key));
}
