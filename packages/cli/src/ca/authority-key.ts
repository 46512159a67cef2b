import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bytesEqual, type Secret, SelvageError } from '@selvage/core';
import { nodeFileSystem } from '@selvage/core/node';
import { nativeCore, shortestPassphrase } from '@selvage/crypto';
import { VaultProcess } from '@selvage/hardware/node';
import { isWiped, wipeFile } from '../keeping/former-store.js';
import { type OpenVault, vaultIn } from '../keeping/kept-vault.js';
import { makeVault, sweepAttempts } from '../keeping/new-vault.js';
import { whenFree } from '../keeping/when-free.js';
import type { Surface } from '../terminal/surface.js';
import { p256KeyIn, requirePrivateFile } from './key-file.js';

/** The vault that has an authority's key, in the authority's folder: its passphrase is the authority's. */
export interface KeyVault {
  readonly surface: Surface;
  readonly folder: string;
  readonly passphrase: Secret;
}

/** What the key is called in its vault. */
const label = 'authority';
const policy = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;
/** Where earlier versions had it, encrypted with the passphrase. */
const formerName = 'key.pem';

/**
 * Makes a vault with a new key. What an attempt left that did not come to an authority is gone then.
 * @throws SelvageError `invalid-argument` for a passphrase that is too short, `store-failed`
 */
export async function makeKey(setting: KeyVault): Promise<OpenVault> {
  const { folder, passphrase } = setting;
  if (passphrase.length < shortestPassphrase) {
    throw new SelvageError('invalid-argument', `the passphrase has ${passphrase.length} bytes`, {
      remedy: `give one of at least ${shortestPassphrase}, better several words`,
    });
  }
  await makeVault(vaultIn(folder), passphrase, ({ keys }) => keys.generate(policy, { label }));
  return start(setting, vaultIn(folder));
}

/**
 * Opens the vault of an authority. A key that an earlier version kept in a file is taken into a vault first: killed at
 * any moment, the next opening finds the one or the other.
 * @throws SelvageError `invalid-key` for a wrong passphrase, `key-usage-refused` for a key that others can read
 */
export async function openKey(setting: KeyVault): Promise<OpenVault> {
  const path = vaultIn(setting.folder);
  const former = join(setting.folder, formerName);
  if (!existsSync(path) && existsSync(former)) await takeOver(setting, former, path);
  requirePrivateFile(join(path, 'chip', 'unique-key'));
  const vault = await start(setting, path);
  try {
    if (existsSync(former)) await removeFormer(setting, former, vault);
    await sweepAttempts(path);
    return vault;
  } catch (error) {
    await vault.close();
    throw error;
  }
}

/** The handle of the authority's key. @throws SelvageError `key-not-found` */
export async function authorityKey({
  keys,
}: OpenVault): Promise<NonNullable<Awaited<ReturnType<typeof keys.labelled>>>> {
  const key = await keys.labelled(label);
  if (key !== undefined) return key;
  throw new SelvageError('key-not-found', `the vault has no key ${label}`, {
    remedy: 'restore the folder of the authority from a backup',
  });
}

async function takeOver(setting: KeyVault, former: string, path: string): Promise<void> {
  const secret = await readFormer(setting, former);
  try {
    await makeVault(path, setting.passphrase, ({ keys }) => keys.importKey(policy, secret, { label }));
  } finally {
    secret.dispose();
  }
}

/** A file with another key is somebody's: it stays. What a wipe left that was broken off is nobody's. */
async function removeFormer(setting: KeyVault, former: string, vault: OpenVault): Promise<void> {
  if (await isWiped(former)) return wipeFile(former);
  const secret = await readFormer(setting, former).catch(() => undefined);
  if (secret === undefined) return;
  const isKept = bytesEqual(
    nativeCore.p256.publicKey(secret.reveal()),
    await vault.keys.publicKey(await authorityKey(vault)),
  );
  secret.dispose();
  if (isKept) await wipeFile(former);
}

async function readFormer({ passphrase }: KeyVault, path: string): Promise<Secret> {
  requirePrivateFile(path);
  return p256KeyIn((await nodeFileSystem.read(path)) ?? new Uint8Array(0), path, passphrase);
}

async function start({ surface, folder, passphrase }: KeyVault, path: string): Promise<VaultProcess> {
  try {
    return await whenFree(surface, folder, 'the authority', () =>
      VaultProcess.start({ folder: path, unlock: passphrase }),
    );
  } catch (error) {
    if (!(error instanceof SelvageError) || error.code !== 'invalid-key') throw error;
    throw new SelvageError('invalid-key', `the key in ${path} does not open`, {
      remedy: 'compare the passphrase, character by character',
      cause: error,
    });
  }
}
