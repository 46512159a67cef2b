import { concat } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';

const [start, blockLength] = [new Uint8Array(32), 65_536] as const;

/** A digest of bytes as they come: two runs that give the same have written the same. */
export class AirDigest {
  readonly #core: CryptoCore;
  #chain: Uint8Array = start;
  #waiting: Uint8Array[] = [];
  #length = 0;

  constructor(core: CryptoCore) {
    this.#core = core;
  }

  add(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= blockLength) this.#fold();
  }

  /** 32 bytes: SHA-256 over what came since the last block behind the digest of what came before. */
  get value(): Uint8Array {
    this.#fold();
    return this.#chain;
  }

  #fold(): void {
    if (this.#length === 0) return;
    this.#chain = this.#core.hash('sha256', concat(this.#chain, ...this.#waiting));
    this.#waiting = [];
    this.#length = 0;
  }
}
