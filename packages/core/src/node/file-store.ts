import { join } from 'node:path';
import type { Store } from '../ports.js';
import { checkStoreName } from '../store/name.js';
import { type FileSystem, nodeFileSystem } from './file-system.js';
import { orStoreFailed } from './store-failure.js';

/** No value has such a name: names do not start with a dot. */
const temporaryPrefix = '.new-';

/**
 * A store of one file a value in a directory that it has for itself, in one process at a time.
 *
 * A value is written to a new file, made durable, and renamed over the old one; then the rename is made durable. So at
 * any moment a kill or a power cut leaves the old value or the new one, and what was acknowledged stays.
 */
export class FileStore implements Store {
  readonly #directory: string;
  readonly #files: FileSystem;
  /** The last operation on each name that is in use: those on one name happen in the order of their calls. */
  readonly #tails = new Map<string, Promise<unknown>>();
  #writes = 0;

  private constructor(directory: string, files: FileSystem) {
    this.#directory = directory;
    this.#files = files;
  }

  /**
   * Opens the store in a directory, which is made where there is none, and removes what an interrupted write left.
   * @throws SelvageError `store-failed`.
   */
  static async open(directory: string, files: FileSystem = nodeFileSystem): Promise<FileStore> {
    const store = new FileStore(directory, files);
    await orStoreFailed('open', directory, () => store.#prepare());
    return store;
  }

  get(name: string): Promise<Uint8Array | undefined> {
    return this.#inTurn('read', name, () => this.#files.read(this.#path(name)));
  }

  put(name: string, value: Uint8Array): Promise<void> {
    const copy = new Uint8Array(value);
    return this.#inTurn('write', name, async () => {
      const temporary = this.#path(`${temporaryPrefix}${process.pid}-${this.#writes++}`);
      try {
        await this.#files.createFile(temporary, copy);
        await this.#files.rename(temporary, this.#path(name));
      } catch (error) {
        await this.#files.remove(temporary).catch(() => undefined);
        throw error;
      }
      await this.#files.syncDirectory(this.#directory);
    });
  }

  delete(name: string): Promise<void> {
    return this.#inTurn('delete', name, async () => {
      await this.#files.remove(this.#path(name));
      await this.#files.syncDirectory(this.#directory);
    });
  }

  async names(): Promise<string[]> {
    const entries = await orStoreFailed('list', this.#directory, () => this.#files.list(this.#directory));
    return entries.filter((entry) => !entry.startsWith('.')).sort();
  }

  async #prepare(): Promise<void> {
    await this.#files.makeDirectory(this.#directory);
    // What an earlier process renamed and did not live to sync must not be read now and be gone after a power cut.
    await this.#files.syncDirectory(this.#directory);
    for (const entry of await this.#files.list(this.#directory)) {
      if (entry.startsWith(temporaryPrefix)) await this.#files.remove(this.#path(entry));
    }
  }

  async #inTurn<T>(verb: string, name: string, work: () => Promise<T>): Promise<T> {
    checkStoreName(name);
    const before = this.#tails.get(name);
    const result = (async () => {
      // Whoever asked for it hears of an earlier failure.
      await before?.catch(() => undefined);
      return orStoreFailed(verb, name, work);
    })();
    this.#tails.set(name, result);
    try {
      return await result;
    } finally {
      if (this.#tails.get(name) === result) this.#tails.delete(name);
    }
  }

  #path(entry: string): string {
    return join(this.#directory, entry);
  }
}
