import { dirname } from 'node:path';
import { type FileSystem, nodeFileSystem, orStoreFailed, type WritableFile } from '@selvage/core/node';
import type { SealedFile } from '../../vault/sealed-file.js';

/** The file of a sealed store on this machine. It is there for one process at a time. */
export class SealedLogFile implements SealedFile {
  readonly #path: string;
  readonly #files: FileSystem;
  #open: WritableFile | undefined;

  constructor(path: string, files: FileSystem = nodeFileSystem) {
    this.#path = path;
    this.#files = files;
  }

  read(): Promise<Uint8Array | undefined> {
    return orStoreFailed('read', this.#path, async () => {
      // What an earlier process renamed and did not live to sync must not be read now and be gone after a power cut.
      await this.#files.syncDirectory(dirname(this.#path));
      await this.#files.remove(this.#newPath);
      return this.#files.read(this.#path);
    });
  }

  replace(bytes: Uint8Array): Promise<void> {
    return orStoreFailed('replace', this.#path, async () => {
      try {
        await this.#files.remove(this.#newPath);
        await this.#files.createFile(this.#newPath, bytes);
        // From the renaming on, the old file is nobody's.
        await this.close();
        await this.#files.rename(this.#newPath, this.#path);
      } catch (error) {
        // On a full disk it would keep others from the space.
        await this.#files.remove(this.#newPath).catch(() => undefined);
        throw error;
      }
      await this.#files.syncDirectory(dirname(this.#path));
    });
  }

  write(bytes: Uint8Array, place: number, alone: boolean): Promise<void> {
    return orStoreFailed('write', this.#path, async () => {
      this.#open ??= await this.#files.openToWrite(this.#path);
      await this.#open.write(bytes, place, alone);
    });
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.close();
  }

  get #newPath(): string {
    return `${this.#path}.new`;
  }
}
