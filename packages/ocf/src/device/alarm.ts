import type { Clock, Instant, Timer } from '@selvage/core';

/** One deadline that may be moved: what is due is done once, at the time that was set last. */
export class Alarm {
  readonly #clock: Clock;
  readonly #due: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, due: () => void) {
    this.#clock = clock;
    this.#due = due;
  }

  get isSet(): boolean {
    return this.#timer !== undefined;
  }

  /** Sets it to a time; `undefined` for never. */
  set(at: Instant | undefined): void {
    this.#timer?.cancel();
    this.#timer =
      at === undefined
        ? undefined
        : this.#clock.wakeAt(at, () => {
            this.#timer = undefined;
            this.#due();
          });
  }
}
