import { SelvageError } from '@selvage/core';
import { type FileSystem, nodeFileSystem, orStoreFailed, type WritableFile } from '@selvage/core/node';
import type { Memory } from '../../board/memory.js';

/** The chip's memory in a file that has its whole length from the start: a write in place takes one quick `fdatasync`. */
export class FileMemory implements Memory {
  readonly size: number;
  readonly #path: string;
  readonly #files: FileSystem;
  readonly #file: WritableFile;

  private constructor(path: string, files: FileSystem, file: WritableFile, size: number) {
    this.#path = path;
    this.#files = files;
    this.#file = file;
    this.size = size;
  }

  /**
   * Opens the memory in a file.
   * @throws SelvageError `file-not-found`; `store-failed`, where it has another length than `size` too
   */
  static async open(path: string, size: number, files: FileSystem = nodeFileSystem): Promise<FileMemory> {
    const bytes = await orStoreFailed('read', path, () => files.read(path));
    if (bytes === undefined) throw new SelvageError('file-not-found', `there is no ${path}`, { details: { path } });
    if (bytes.length !== size) throw wrongLength(path, size, bytes.length);
    const file = await orStoreFailed('open', path, () => files.openToWrite(path));
    return new FileMemory(path, files, file, size);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = await orStoreFailed('read', this.#path, () => this.#files.read(this.#path));
    if (bytes?.length !== this.size) throw wrongLength(this.#path, this.size, bytes?.length ?? 0);
    return bytes.slice(offset, offset + length);
  }

  write(offset: number, bytes: Uint8Array): Promise<void> {
    return orStoreFailed('write', this.#path, () => this.#file.write(bytes, offset, true));
  }

  close(): Promise<void> {
    return orStoreFailed('close', this.#path, () => this.#file.close());
  }
}

function wrongLength(path: string, expected: number, found: number): SelvageError {
  return new SelvageError('store-failed', `${path} has ${found} bytes where ${expected} were expected`, {
    details: { path, expected, found },
  });
}
