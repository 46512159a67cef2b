import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { SelvageError } from '@selvage/core';
import { type FileSystem, nodeFileSystem, orStoreFailed, type WritableFile } from '@selvage/core/node';
import {
  checkErased,
  checkGeometry,
  checkRange,
  erasedByte,
  type Flash,
  type FlashGeometry,
} from '../../board/flash.js';

/** Flash in a file that anybody may read and change meanwhile: what is read is what the file has then. */
export class FileFlash implements Flash {
  readonly size: number;
  readonly eraseSize: number;
  readonly writeSize: number;
  readonly #path: string;
  readonly #file: WritableFile;
  readonly #descriptor: number;

  private constructor(path: string, geometry: FlashGeometry, file: WritableFile, descriptor: number) {
    this.#path = path;
    this.size = geometry.size;
    this.eraseSize = geometry.eraseSize;
    this.writeSize = geometry.writeSize;
    this.#file = file;
    this.#descriptor = descriptor;
  }

  /** Makes the file of erased flash, of its whole length: no later write can find the disk full. */
  static create(path: string, geometry: FlashGeometry, files: FileSystem = nodeFileSystem): Promise<void> {
    checkGeometry(geometry);
    return orStoreFailed('create', path, () => files.createFile(path, new Uint8Array(geometry.size).fill(erasedByte)));
  }

  /** @throws SelvageError `store-failed`, where the file has another length than the flash too */
  static open(path: string, geometry: FlashGeometry, files: FileSystem = nodeFileSystem): Promise<FileFlash> {
    checkGeometry(geometry);
    return orStoreFailed('open', path, async () => {
      const descriptor = openSync(path, 'r');
      try {
        checkLength(path, geometry, fstatSync(descriptor).size);
        return new FileFlash(path, geometry, await files.openToWrite(path), descriptor);
      } catch (error) {
        closeSync(descriptor);
        throw error;
      }
    });
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    checkRange(this, offset, length);
    return orStoreFailed('read', this.#path, async () => this.#read(offset, length));
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    checkRange(this, offset, bytes.length, this.writeSize);
    checkErased(await this.read(offset, bytes.length), offset);
    return orStoreFailed('write', this.#path, () => this.#file.write(bytes, offset));
  }

  async erase(offset: number, length: number): Promise<void> {
    checkRange(this, offset, length, this.eraseSize);
    const erased = new Uint8Array(length).fill(erasedByte);
    return orStoreFailed('erase', this.#path, () => this.#file.write(erased, offset));
  }

  close(): Promise<void> {
    closeSync(this.#descriptor);
    return orStoreFailed('close', this.#path, () => this.#file.close());
  }

  #read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const count = readSync(this.#descriptor, bytes, at, length - at, offset + at);
      if (count === 0) throw shortened(this.#path, offset + at);
      at += count;
    }
    return bytes;
  }
}

function checkLength(path: string, { size }: FlashGeometry, found: number): void {
  if (found === size) return;
  throw new SelvageError('store-failed', `${path} has ${found} bytes where flash of ${size} was expected`, {
    details: { path, expected: size, found },
  });
}

function shortened(path: string, at: number): SelvageError {
  return new SelvageError('store-failed', `${path} ends at byte ${at}`, { details: { path, at } });
}
