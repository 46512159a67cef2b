import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CborValue, decodeCbor, type Secret } from '@selvage/core';
import { boardCounters, SealedStore, sealedStoreKey } from '@selvage/hardware';
import { openBoard, SealedLogFile } from '@selvage/hardware/node';
import { FolderVault } from '../../../../hardware/src/node/vault/folder-vault.js';
import { decodeKey } from '../../../../hardware/src/vault/key-format.js';
import { noteDataset } from './air-keys.js';
import type { SecretList } from './secret-list.js';

/** Fields whose bytes are secrets, in what tools and devices keep. */
const secretFields = /key|secret|psk|private|pin|password/i;
const [shortestKey, longestKey] = [16, 64];

/**
 * Opens every modelled chip below a folder, each vault and store with it, and notes every secret that is in them. It
 * opens what nobody uses: a copy. Returns how many chips there were.
 * @param unlock what the vaults are locked with that are
 */
export async function openChips(folder: string, secrets: SecretList, unlock: Secret): Promise<number> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const chips = paths.filter((path) => path.endsWith('/chip/unique-key')).map((path) => dirname(path));
  for (const chip of chips) {
    const owner = dirname(join(folder, chip));
    const isBoard = readdirSync(join(folder, chip)).includes('otp');
    await (isBoard ? openDevice(owner, chip, secrets) : openOperator(owner, chip, secrets, unlock));
  }
  return chips.length;
}

async function openDevice(folder: string, name: string, secrets: SecretList): Promise<void> {
  const board = await openBoard(folder);
  noteUniqueKey(join(folder, 'chip', 'unique-key'), name, secrets);
  const { core, entropy, uniqueKey, counters, paths } = board;
  const key = sealedStoreKey(uniqueKey);
  secrets.add(`store-key of ${name}`, key.reveal());
  const counter = await counters.counter(boardCounters.store);
  const store = await SealedStore.open({ core, entropy, counter, key, file: new SealedLogFile(paths.store) });
  await noteStore(store, name, secrets);
  await store.close();
  await board.close();
}

async function openOperator(folder: string, name: string, secrets: SecretList, unlock: Secret): Promise<void> {
  const vault = await FolderVault.open({ folder, create: false, unlock });
  noteUniqueKey(join(folder, 'chip', 'unique-key'), name, secrets);
  await noteStore(vault.engine.store, name, secrets);
  await vault.close();
}

/** The file of a chip's unique key holds it as 32 bytes behind a mark; a wrapped one says nothing without its passphrase. */
function noteUniqueKey(path: string, name: string, secrets: SecretList): void {
  const file = readFileSync(path);
  const isWrapped = file.subarray(0, 4).toString() === 'VKW1';
  if (!isWrapped) secrets.add(`unique-key of ${name}`, file.subarray(4, 36));
}

async function noteStore(store: SealedStore, name: string, secrets: SecretList): Promise<void> {
  for (const value of await store.names()) {
    const bytes = await store.read(value);
    if (bytes === undefined) continue;
    const [, owner, id] = /^key\.([a-z0-9-]+)\.([0-9a-f]{32})$/.exec(value) ?? [];
    const where = `${value} of ${name}`;
    if (owner !== undefined && id !== undefined) secrets.add(`private-key ${where}`, decodeKey(id, bytes).material);
    else if (value.includes('dataset')) noteDataset(bytes, where, secrets);
    else noteFields(decoded(bytes), where, secrets);
  }
}

/** What is no CBOR is a certificate's record. */
function decoded(bytes: Uint8Array): CborValue {
  try {
    return decodeCbor(bytes);
  } catch {
    return undefined;
  }
}

function noteFields(value: CborValue, where: string, secrets: SecretList): void {
  if (Array.isArray(value)) for (const one of value as readonly CborValue[]) noteFields(one, where, secrets);
  if (!(value instanceof Map)) return;
  for (const [field, content] of value as ReadonlyMap<string | number, CborValue>) {
    if (content instanceof Uint8Array && field === 'dataset') noteDataset(content, where, secrets);
    // What stands on a device's label: the passphrase behind its last mark.
    const isLabel = field === 'label' && typeof content === 'string';
    const passphrase = isLabel ? /&&cc=(\w+)$/.exec(content)?.[1] : undefined;
    if (passphrase !== undefined) secrets.addText(`pskd in ${where}`, passphrase);
    if (content instanceof Uint8Array && secretFields.test(String(field)) && isKeyLong(content)) {
      secrets.add(`shared-key ${String(field)} in ${where}`, content);
    } else noteFields(content, where, secrets);
  }
}

function isKeyLong({ length }: Uint8Array): boolean {
  return length >= shortestKey && length <= longestKey;
}
