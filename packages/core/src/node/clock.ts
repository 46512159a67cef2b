import { SelvageError } from '../errors/error.js';
import type { Clock, Instant, Timer } from '../ports.js';

/** `setTimeout` fires at once when asked for more. */
const longestTimeout = 0x7fff_ffff;

/** The clock of this process: `performance.now`, `Date.now` and `setTimeout`. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  wakeAt(at: Instant, callback: () => void): Timer {
    if (Number.isNaN(at)) throw new SelvageError('invalid-argument', 'a timer needs an instant');
    return new SystemTimer(at, callback);
  },
};

/** A timer that is armed again while its instant has not come: timeouts are capped, and may fire a little early. */
class SystemTimer implements Timer {
  readonly #at: Instant;
  readonly #callback: () => void;
  #timeout: NodeJS.Timeout | undefined;

  constructor(at: Instant, callback: () => void) {
    this.#at = at;
    this.#callback = callback;
    this.#arm();
  }

  cancel(): void {
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
  }

  #arm(): void {
    if (this.#at === Infinity) return;
    const wait = Math.ceil(this.#at - performance.now());
    this.#timeout = setTimeout(() => this.#expire(), Math.min(Math.max(wait, 0), longestTimeout));
  }

  #expire(): void {
    if (performance.now() < this.#at) this.#arm();
    else this.#callback();
  }
}
