import { MinHeap } from '../collections/min-heap.js';
import { SelvageError } from '../errors/error.js';
import type { Clock, Instant, Timer } from '../ports.js';
import { eventLoopTurn } from './turn.js';

/** Options of {@link VirtualClock}. */
export interface VirtualClockOptions {
  /** The first instant, milliseconds; 0 by default. */
  readonly now?: Instant;
  /** The wall clock at the first instant, milliseconds since 1970; 2026-01-01T00:00:00Z by default. */
  readonly wallTime?: number;
}

const defaultWallTime = 1_767_225_600_000;
/** Enough for any test; a world that never comes to rest is stopped here. */
const defaultMostTimers = 10_000_000;

/**
 * A clock that moves only when told to. Timers fire in the order of their instants, those of one instant in the order in
 * which they were set, and never inside `wakeAt`.
 */
export class VirtualClock implements Clock {
  readonly #timers = new MinHeap<() => void>();
  readonly #wallOffset: number;
  #now: Instant;

  constructor(options: VirtualClockOptions = {}) {
    this.#now = options.now ?? 0;
    this.#wallOffset = (options.wallTime ?? defaultWallTime) - this.#now;
  }

  /** When the next timer fires; undefined when none is set. */
  get next(): Instant | undefined {
    return this.#timers.peek()?.key;
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): Instant {
    return this.#now;
  }

  wallTime(): number {
    return this.#wallOffset + this.#now;
  }

  wakeAt(at: Instant, callback: () => void): Timer {
    if (Number.isNaN(at)) throw new SelvageError('invalid-argument', 'a timer needs an instant');
    if (at === Infinity) return { cancel() {} };
    const entry = this.#timers.insert(Math.max(at, this.#now), callback);
    return {
      cancel: () => {
        this.#timers.remove(entry);
      },
    };
  }

  /** Moves on by `milliseconds`, firing what falls due on the way, and returns how many timers fired. */
  advance(milliseconds: number): number {
    if (!(milliseconds >= 0)) throw new SelvageError('invalid-argument', 'time does not go backwards');
    return this.advanceTo(this.#now + milliseconds);
  }

  /** Moves on to an instant, firing what falls due on the way, and returns how many timers fired. */
  advanceTo(instant: Instant): number {
    let fired = 0;
    while (this.next !== undefined && this.next <= instant) {
      this.fireNext();
      fired++;
    }
    this.#now = Math.max(this.#now, instant);
    return fired;
  }

  /** Moves on to the next timer and fires it; false when none is set. */
  fireNext(): boolean {
    const entry = this.#timers.pop();
    if (entry === undefined) return false;
    this.#now = entry.key;
    entry.value();
    return true;
  }

  /**
   * Fires timers until none is left, and returns how many fired.
   * @throws SelvageError `timed-out` after `mostTimers`.
   */
  runUntilIdle(mostTimers = defaultMostTimers): number {
    let fired = 0;
    while (this.fireNext()) {
      if (++fired > mostTimers) throw notAtRest(fired);
    }
    return fired;
  }

  /**
   * Fires timers one by one until `condition` holds, and gives the event loop a turn before each, so that asynchronous
   * key operations finish at the virtual instant at which they were asked for.
   * @throws SelvageError `timed-out` when no timer is left or `deadline` would be passed without it.
   */
  async runUntil(condition: () => boolean, deadline: Instant = Infinity): Promise<void> {
    for (;;) {
      await eventLoopTurn();
      if (condition()) return;
      if (this.next === undefined || this.next > deadline) {
        throw new SelvageError('timed-out', `the condition does not hold at ${this.#now} ms of virtual time`, {
          details: { now: this.#now, pending: this.pending },
        });
      }
      this.fireNext();
    }
  }

  /**
   * Lets time pass as {@link runUntil} does until a promise is settled, and gives what it comes to.
   * @throws SelvageError `timed-out` when no timer is left or `deadline` would be passed without it; what the promise
   *   rejects with.
   */
  async outcome<T>(promise: Promise<T>, deadline: Instant = Infinity): Promise<T> {
    let isSettled = false;
    const settle = (): void => {
      isSettled = true;
    };
    promise.then(settle, settle);
    await this.runUntil(() => isSettled, deadline);
    return promise;
  }

  /** Lets `milliseconds` pass as {@link advance} does, while asynchronous work goes on as in {@link runUntil}. */
  pass(milliseconds: number): Promise<void> {
    return this.outcome(new Promise((resolve) => this.wakeAt(this.#now + milliseconds, resolve)));
  }
}

function notAtRest(fired: number): SelvageError {
  return new SelvageError('timed-out', `the virtual world did not come to rest within ${fired} timers`);
}
