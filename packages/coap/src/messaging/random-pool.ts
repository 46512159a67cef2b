import type { Entropy } from '@selvage/core';

const poolSize = 128;

/** Random numbers and tokens from few draws: a draw of 128 bytes costs hardly more than one of 8. */
export class RandomPool {
  readonly #entropy: Entropy;
  readonly #pool = new Uint8Array(poolSize);
  #used = poolSize;

  constructor(entropy: Entropy) {
    this.#entropy = entropy;
  }

  /** Fresh bytes in an array of their own; at most 128. */
  bytes(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#pool.slice(at, at + length);
  }

  /** 16 random bits. */
  u16(): number {
    const at = this.#take(2);
    return ((this.#pool[at] as number) << 8) | (this.#pool[at + 1] as number);
  }

  /** A real number, at least 0 and below 1, of 32 random bits. */
  unit(): number {
    return (this.u16() * 0x1_0000 + this.u16()) / 0x1_0000_0000;
  }

  #take(length: number): number {
    if (this.#used + length > poolSize) {
      this.#entropy.fill(this.#pool);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += length;
    return at;
  }
}
