import type { MonotonicCounter } from './monotonic-counter.js';

/**
 * The button that resets a device with no owner present. Nothing but a hand reaches it: no message does. A press, held
 * at power-on or while the device runs, is counted before anything is wiped and again when all is, so that a reset that
 * the power cut short goes on at the next start.
 */
export class ResetButton {
  readonly #asked: MonotonicCounter;
  readonly #done: MonotonicCounter;
  #listener: (() => void) | undefined;

  constructor(asked: MonotonicCounter, done: MonotonicCounter) {
    this.#asked = asked;
    this.#done = done;
  }

  /** Held long enough: what is to be wiped is, now or at the next start. Resolved means that no power cut undoes it. */
  async hold(): Promise<void> {
    if (!(await this.isPending())) await this.#asked.advance((await this.#done.read()) + 1);
    this.#listener?.();
  }

  /** Sets who is told of a press while the device runs. */
  onHold(listener: () => void): void {
    this.#listener = listener;
  }

  /** Whether a reset was asked for and is not done yet. */
  async isPending(): Promise<boolean> {
    return (await this.#asked.read()) > (await this.#done.read());
  }

  /** All that was to be wiped is. */
  async done(): Promise<void> {
    await this.#done.advance(await this.#asked.read());
  }
}
