import type { Entropy } from '../ports.js';

/** Bytes of a draw. One of so many costs hardly twice what one of 16 bytes does. */
const reserveSize = 2048;
/** What is longer is drawn for itself. */
const largestShare = 256;

/**
 * Entropy that is drawn ahead: short fills are parts of few large draws. A byte is forgotten when it is handed out, so
 * that what was drawn for one secret is not there to be read later. When the source fails, nothing is handed out any more
 * from the next draw on.
 */
export class ReservedEntropy implements Entropy {
  readonly #source: Entropy;
  readonly #reserve = new Uint8Array(reserveSize);
  #used = reserveSize;

  constructor(source: Entropy) {
    this.#source = source;
  }

  fill(target: Uint8Array): void {
    const { length } = target;
    if (length > largestShare) return this.#source.fill(target);
    if (this.#used + length > reserveSize) this.#draw(target);
    const reserve = this.#reserve;
    const start = this.#used;
    for (let i = 0; i < length; i++) {
      target[i] = reserve[start + i] as number;
      reserve[start + i] = 0;
    }
    this.#used = start + length;
  }

  /** Draws anew. @throws what the source throws, with zeros in `target` */
  #draw(target: Uint8Array): void {
    this.#used = reserveSize;
    try {
      this.#source.fill(this.#reserve);
    } catch (error) {
      target.fill(0);
      throw error;
    }
    this.#used = 0;
  }
}
