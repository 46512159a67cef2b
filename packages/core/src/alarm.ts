import type { Clock, Instant, Timer } from './ports.js';

/** One deadline that may be moved: what is due is done once, at the time that was set last. */
export class Alarm {
  readonly #clock: Clock;
  readonly #due: () => void;
  #timer: Timer | undefined;
  #at: Instant | undefined;

  constructor(clock: Clock, due: () => void) {
    this.#clock = clock;
    this.#due = due;
  }

  get isSet(): boolean {
    return this.#timer !== undefined;
  }

  /** Sets it to a time; `undefined` for never. To set it to the time that it has costs nothing. */
  set(at: Instant | undefined): void {
    if (at === this.#at) return;
    this.#timer?.cancel();
    this.#at = at;
    this.#timer =
      at === undefined
        ? undefined
        : this.#clock.wakeAt(at, () => {
            this.#timer = undefined;
            this.#at = undefined;
            this.#due();
          });
  }
}
