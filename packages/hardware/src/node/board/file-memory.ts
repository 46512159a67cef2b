import { SelvageError } from '@selvage/core';
import { type FileSystem, nodeFileSystem, orStoreFailed, type WritableFile } from '@selvage/core/node';
import type { Memory } from '../../board/memory.js';

/**
 * The chip's memory in a file that has its whole length from the start: a write in place takes one quick `fdatasync`.
 * Nobody else writes it while it is open, so it is read once.
 */
export class FileMemory implements Memory {
  readonly #path: string;
  readonly #file: WritableFile;
  /** What is durable. */
  readonly #bytes: Uint8Array;

  private constructor(path: string, file: WritableFile, bytes: Uint8Array) {
    this.#path = path;
    this.#file = file;
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
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
    return new FileMemory(path, file, bytes);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    return this.#bytes.slice(offset, offset + length);
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const copy = new Uint8Array(bytes);
    await orStoreFailed('write', this.#path, () => this.#file.write(copy, offset, true));
    this.#bytes.set(copy, offset);
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
