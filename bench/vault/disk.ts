import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A file to which 200 bytes are made durable again and again: the least that a durable write can cost. */
export class SyncedFile {
  readonly #fd: number;
  readonly #bytes = new Uint8Array(200).fill(1);
  #place = 0;

  /** @param length bytes of zeros that are there already; what goes behind them makes the file longer */
  constructor(folder: string, length: number) {
    this.#fd = openSync(join(folder, `synced-${length}`), 'w+');
    if (length > 0) writeSync(this.#fd, new Uint8Array(length), 0, length, 0);
    fdatasyncSync(this.#fd);
  }

  write(): void {
    writeSync(this.#fd, this.#bytes, 0, this.#bytes.length, this.#place);
    fdatasyncSync(this.#fd);
    this.#place += this.#bytes.length;
  }

  close(): void {
    closeSync(this.#fd);
  }
}
