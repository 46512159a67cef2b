import { type HeapEntry, type Instant, MinHeap } from '@selvage/core';

/** What is called when its time has come. */
export type Expiry = (now: Instant) => void;

/** A timer that was set; it is cancelled with it. */
export type TimerEntry = HeapEntry<Expiry>;

/** The timers of one engine: it is asked for its next instant, and told when that has come. */
export class Timers {
  readonly #heap = new MinHeap<Expiry>();

  /** When the next timer falls due. */
  get next(): Instant | undefined {
    return this.#heap.peek()?.key;
  }

  set(at: Instant, expiry: Expiry): TimerEntry {
    return this.#heap.insert(at, expiry);
  }

  /** Cancelling a timer that has fired, or none, does nothing. */
  cancel(timer: TimerEntry | undefined): void {
    if (timer !== undefined) this.#heap.remove(timer);
  }

  /** Fires the next timer that is due; false when none is. */
  fire(now: Instant): boolean {
    const due = this.#heap.peek();
    if (due === undefined || due.key > now) return false;
    this.#heap.pop();
    due.value(now);
    return true;
  }
}
