import { dirname } from 'node:path';
import { SelvageError } from '@selvage/core';
import { type FileSystem, nodeFileSystem, orStoreFailed } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import { CellCounter } from '../../board/cell-counter.js';
import { type CellCheck, hashCheck } from '../../board/cell-format.js';
import type { MonotonicCounter } from '../../board/monotonic-counter.js';
import { twoCellsSize } from '../../board/two-cells.js';
import { FileMemory } from './file-memory.js';

/** What a {@link FileCounter} stands on: this machine, and a check against torn writes, where nothing else is said. */
export interface FileCounterOptions {
  readonly files?: FileSystem | undefined;
  readonly check?: CellCheck | undefined;
  /** Written twice at each advance, so that no damage of half of the file gives an older value; not by default. */
  readonly mirrored?: boolean | undefined;
}

/** A monotonic counter in a file of its own. An advance takes one `fdatasync` of bytes written over in place. */
export class FileCounter implements MonotonicCounter {
  readonly #memory: FileMemory;
  readonly #counter: CellCounter;

  private constructor(memory: FileMemory, counter: CellCounter) {
    this.#memory = memory;
    this.#counter = counter;
  }

  /**
   * Makes a counter that stands at 0, durably, and opens it. A kill leaves it whole, or none.
   * @throws SelvageError `store-in-use` where the file is there; `store-failed`
   */
  static async create(path: string, options: FileCounterOptions = {}): Promise<FileCounter> {
    const { files = nodeFileSystem, check = hashCheck(nativeCore) } = options;
    const making = `${path}.new`;
    await orStoreFailed('create', path, async () => {
      await files.remove(making);
      await files.createFile(making, CellCounter.image(check));
      const isMade = await files.link(making, path);
      await files.remove(making);
      await files.syncDirectory(dirname(path));
      if (!isMade) throw new SelvageError('store-in-use', `there is a ${path} already`, { details: { path } });
    });
    return FileCounter.open(path, options);
  }

  /** @throws SelvageError `file-not-found` where there is none; `store-failed` for damage */
  static async open(path: string, options: FileCounterOptions = {}): Promise<FileCounter> {
    const { files = nodeFileSystem, check = hashCheck(nativeCore), mirrored } = options;
    const memory = await FileMemory.open(path, twoCellsSize, files);
    try {
      return new FileCounter(memory, await CellCounter.open(memory, { check, name: path, mirrored }));
    } catch (error) {
      await memory.close();
      throw error;
    }
  }

  read(): Promise<number> {
    return this.#counter.read();
  }

  advance(to: number): Promise<void> {
    return this.#counter.advance(to);
  }

  close(): Promise<void> {
    return this.#memory.close();
  }
}
