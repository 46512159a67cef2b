import type { Entropy } from '@selvage/core';

const pool = 64;

/** Small random numbers for back-off, drawn from the entropy port some at a time. */
export class Dice {
  readonly #entropy: Entropy;
  readonly #bytes = new Uint8Array(pool);
  #at = pool;

  constructor(entropy: Entropy) {
    this.#entropy = entropy;
  }

  /** 0 to `2 ** bits - 1`, for at most 16 bits. */
  draw(bits: number): number {
    const number = (this.#byte() << 8) | this.#byte();
    return number & ((1 << bits) - 1);
  }

  #byte(): number {
    if (this.#at === pool) {
      this.#entropy.fill(this.#bytes);
      this.#at = 0;
    }
    return this.#bytes[this.#at++] as number;
  }
}
