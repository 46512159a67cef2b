/** The greatest frame counter of IEEE 802.15.4: no frame has the one behind it. */
export const lastFrameCounter = 0xffff_ffff;

/**
 * A counter that numbers what is sent under one key, handed out only below what is durable: after a power cut counting
 * goes on from the durable limit, so that no number is ever given twice.
 */
export class FrameCounter {
  #next: number;
  #limit: number;

  /** @param next the first number to give; nothing is given until {@link FrameCounter.allow}. */
  constructor(next: number) {
    this.#next = next;
    this.#limit = next;
  }

  /** The number that will be given next: what a Link-layer Frame Counter TLV says. */
  get next(): number {
    return this.#next;
  }

  /** How many numbers may be given still. */
  get left(): number {
    return this.#limit - this.#next;
  }

  /** The next number, or `undefined` while none is durable. */
  take(): number | undefined {
    return this.#next < this.#limit ? this.#next++ : undefined;
  }

  /** Everything below `limit` is durable now. */
  allow(limit: number): void {
    this.#limit = Math.max(this.#limit, limit);
  }
}
