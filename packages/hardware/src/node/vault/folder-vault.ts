import { join } from 'node:path';
import { type Secret, SelvageError, systemEntropy } from '@selvage/core';
import {
  type DirectoryLock,
  type FileSystem,
  lockDirectory,
  nodeFileSystem,
  orStoreFailed,
  systemProcesses,
} from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import type { UniqueKey } from '../../board/unique-key.js';
import { SealedStore } from '../../vault/sealed-store.js';
import { sealedStoreKey, VaultEngine } from '../../vault/vault-engine.js';
import { FileCounter } from '../board/file-counter.js';
import { SealedLogFile } from './sealed-log-file.js';
import { newKeyFile, readKeyFile } from './unique-key-file.js';

/** Where an operator's vault is, and what opens it. */
export interface FolderVaultOptions {
  readonly folder: string;
  /** The passphrase that wraps its unique key: for a new vault, from then on. */
  readonly unlock?: Secret | undefined;
  /** Whether a vault is made where there is none; true where nothing else is said. */
  readonly create?: boolean | undefined;
  /** Rounds of PBKDF2 for a new vault with a passphrase; 600,000 by default, about a third of a second. */
  readonly iterations?: number | undefined;
}

const { core, entropy } = { core: nativeCore, entropy: systemEntropy };

/**
 * A vault in a folder: `chip/` stands for what a chip keeps to itself, its unique key and the counter of the store, and
 * `store` for a flash that anybody reads. Without a passphrase whoever copies the whole folder has its keys.
 */
export class FolderVault {
  readonly engine: VaultEngine;
  readonly #counter: FileCounter;
  readonly #lock: DirectoryLock;

  private constructor(engine: VaultEngine, counter: FileCounter, lock: DirectoryLock) {
    this.engine = engine;
    this.#counter = counter;
    this.#lock = lock;
  }

  /**
   * Opens the vault for this process alone. A kill at any moment of its making leaves a vault, or none.
   * @throws SelvageError `file-not-found` where there is none and none is to be made; `invalid-key` for the passphrase;
   *   `store-in-use`, `store-rolled-back`, `store-failed`
   */
  static async open(options: FolderVaultOptions): Promise<FolderVault> {
    const { folder } = options;
    const files = nodeFileSystem;
    if (options.create === false && (await orStoreFailed('read', folder, () => readKey(folder, files))) === undefined) {
      throw new SelvageError('file-not-found', `there is no vault in ${folder}`, {
        details: { folder },
        remedy: 'Make one with `selvage vault generate`, or name another folder with --vault.',
      });
    }
    await orStoreFailed('make', folder, () => files.makeDirectory(join(folder, 'chip')));
    const lock = await lockDirectory(folder, files, systemProcesses);
    try {
      return await openLocked(options, files, (engine, counter) => new FolderVault(engine, counter, lock));
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.engine.close();
    await this.#counter.close();
    await this.#lock.release();
  }
}

async function openLocked(
  options: FolderVaultOptions,
  files: FileSystem,
  made: (engine: VaultEngine, counter: FileCounter) => FolderVault,
): Promise<FolderVault> {
  const { folder, unlock } = options;
  const [storePath, counterPath] = [join(folder, 'store'), join(folder, 'chip', 'counter')];
  const file = new SealedLogFile(storePath, files);
  const keyFile = (await readKey(folder, files)) ?? (await makeChip(options, files, counterPath));
  const deviceKey: UniqueKey = readKeyFile({ core, unlock }, keyPath(folder), keyFile);
  keyFile.fill(0);
  const counter = await FileCounter.open(counterPath, { files });
  try {
    const key = sealedStoreKey(deviceKey);
    const store = await SealedStore.open({ core, entropy, file, counter, key, turn });
    return made(await VaultEngine.open({ core, entropy, store, deviceKey }), counter);
  } catch (error) {
    await counter.close();
    throw error;
  }
}

/** The counter first and the key last: what has a key is whole. */
async function makeChip(options: FolderVaultOptions, files: FileSystem, counterPath: string): Promise<Uint8Array> {
  const { folder, unlock, iterations } = options;
  const content = newKeyFile({ core, unlock }, entropy, iterations);
  return orStoreFailed('make', folder, async () => {
    if ((await files.read(join(folder, 'store'))) !== undefined) {
      throw new SelvageError('store-failed', `${keyPath(folder)} is gone: nothing opens the store beside it any more`, {
        remedy: 'Put the file back from a backup.',
      });
    }
    await files.remove(counterPath);
    await (await FileCounter.create(counterPath, { files })).close();
    const making = `${keyPath(folder)}.new`;
    await files.remove(making);
    await files.createFile(making, content);
    await files.rename(making, keyPath(folder));
    await files.syncDirectory(join(folder, 'chip'));
    return content;
  });
}

function keyPath(folder: string): string {
  return join(folder, 'chip', 'unique-key');
}

function readKey(folder: string, files: FileSystem): Promise<Uint8Array | undefined> {
  return files.read(keyPath(folder));
}

/** What other requests that are there already ask for comes along. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
