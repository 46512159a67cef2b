/** A timer whose instant has passed. */
export interface DueTimer {
  fire(): void;
}

/** Beyond this a timer is late, milliseconds: the process was held up, and has not read yet what arrived meanwhile. */
const tolerance = 2;

/**
 * Timers whose instant passed while the process was held up. Each gives way to those before it, and to a turn of the event
 * loop, in which what has arrived is read: an answer that came in time is taken before the time for it is over.
 */
export class OverdueTimers {
  readonly #waiting = new Set<DueTimer>();
  #isDraining = false;

  /** Fires a timer: at once where it is not late, and none is before it. */
  fire(timer: DueTimer, lateness: number): void {
    if (lateness <= tolerance && this.#waiting.size === 0) return timer.fire();
    this.#waiting.add(timer);
    if (!this.#isDraining) this.#drainLater();
  }

  /** It was cancelled. */
  remove(timer: DueTimer): void {
    this.#waiting.delete(timer);
  }

  #drainLater(): void {
    this.#isDraining = true;
    setImmediate(() => this.#drain());
  }

  #drain(): void {
    this.#isDraining = false;
    const [timer] = this.#waiting;
    if (timer === undefined) return;
    this.#waiting.delete(timer);
    // Before it is fired, which may throw.
    this.#drainLater();
    timer.fire();
  }
}
