import { SelvageError } from '../errors/error.js';
import type { Clock, Instant, Timer } from '../ports.js';
import { type DueTimer, OverdueTimers } from './overdue-timers.js';

/** `setTimeout` fires at once when asked for more. */
const longestTimeout = 0x7fff_ffff;

/**
 * The clock of this process: `performance.now`, `Date.now` and `setTimeout`. A timer whose instant passed while the process
 * was held up gives way to what has arrived in the meantime.
 */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  wakeAt(at: Instant, callback: () => void): Timer {
    if (Number.isNaN(at)) throw new SelvageError('invalid-argument', 'a timer needs an instant');
    return new SystemTimer(at, callback);
  },
};

const overdue = new OverdueTimers();

/** A timer that is armed again while its instant has not come: timeouts are capped, and may fire a little early. */
class SystemTimer implements Timer, DueTimer {
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
    overdue.remove(this);
  }

  fire(): void {
    this.#callback();
  }

  #arm(): void {
    if (this.#at === Infinity) return;
    const wait = Math.ceil(this.#at - performance.now());
    this.#timeout = setTimeout(() => this.#expire(), Math.min(Math.max(wait, 0), longestTimeout));
  }

  #expire(): void {
    const lateness = performance.now() - this.#at;
    if (lateness < 0) this.#arm();
    else overdue.fire(this, lateness);
  }
}
