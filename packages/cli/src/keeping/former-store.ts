/** What commands of earlier versions kept in an operator's folder as it was: keys too. */
import { existsSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CborMap, type CborValue, decodeCbor, encodeCbor, FormatError, Secret, type Store } from '@selvage/core';
import { LogStore, nodeFileSystem } from '@selvage/core/node';
import { decodeStoredKey, type KeyHome } from '@selvage/crypto';
import { makeVault } from './new-vault.js';

const logName = 'values.log';
const keyPrefix = 'keys.key.';
/** Values that name a key by its id, in the field `key` of a map. */
const naming = ['settings', 'tool.own-identity'];

/** Whether there is something to take over. */
export function hasFormerStore(folder: string): boolean {
  return existsSync(join(folder, logName));
}

/**
 * Makes a vault of what the folder has. It comes to its place whole: until then the former store is what counts, and
 * from then on the vault.
 * @param path where the vault is to be
 * @throws SelvageError `store-in-use` while another command works with the folder, `store-failed`
 */
export async function takeOver(folder: string, path: string): Promise<void> {
  const former = await LogStore.open(folder);
  try {
    // Another command was quicker.
    if (existsSync(path)) return;
    await makeVault(path, undefined, (vault) => copy(former, vault));
  } finally {
    await former.close();
  }
}

/** Wipes and removes the former store; only where the vault is in its place. */
export async function removeFormerStore(folder: string): Promise<void> {
  for (const name of [`${logName}.new`, logName]) await wipeFile(join(folder, name));
}

/** Overwrites a file and removes it, durably. Where a disk moves what is written it may have the old bytes still. */
export async function wipeFile(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const { size } = await stat(path);
  const file = await open(path, 'r+');
  try {
    await file.write(new Uint8Array(size), 0, size, 0);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rm(path);
  await nodeFileSystem.syncDirectory(dirname(path));
}

/** Whether a wipe of a file began, and was broken off before the file was gone. */
export async function isWiped(path: string): Promise<boolean> {
  const [first] = (await nodeFileSystem.read(path)) ?? [];
  return first === 0;
}

/** Keys get new ids, and what names them by those it names them by. */
async function copy(from: Store, to: { readonly keys: KeyHome; readonly store: Store }): Promise<void> {
  const names = await from.names();
  const ids = await copyKeys(from, names, to.keys);
  const values = names.filter((name) => !name.startsWith(keyPrefix));
  await Promise.all(
    values.map(async (name) => {
      const value = await from.get(name);
      if (value !== undefined) await to.store.put(name, naming.includes(name) ? renamed(value, ids) : value);
    }),
  );
}

async function copyKeys(from: Store, names: readonly string[], to: KeyHome): Promise<ReadonlyMap<string, string>> {
  const stored = names.filter((name) => name.startsWith(keyPrefix));
  const keys = await Promise.all(
    stored.map(async (name) => decodeStoredKey(name.slice(keyPrefix.length), (await from.get(name)) as Uint8Array)),
  );
  const ids = new Map<string, string>();
  for (const { id, policy, material } of keys.sort((a, b) => a.order - b.order)) {
    const secret = Secret.of(material);
    material.fill(0);
    ids.set(id, (await to.importKey(policy, secret)).id);
    secret.dispose();
  }
  return ids;
}

/** What is damaged stays so: whoever reads it says it best. */
function renamed(value: Uint8Array, ids: ReadonlyMap<string, string>): Uint8Array {
  const map = decoded(value);
  const id = map instanceof Map ? ids.get(String(map.get('key'))) : undefined;
  return id === undefined ? value : encodeCbor(new Map([...(map as CborMap), ['key', id]]));
}

function decoded(value: Uint8Array): CborValue {
  try {
    return decodeCbor(value);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
