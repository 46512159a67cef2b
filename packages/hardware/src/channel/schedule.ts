import type { Instant } from '@selvage/core';

/** When a channel does what need not be done at once: an edge gives it the turns of its event loop. */
export interface ChannelSchedule {
  /** After all that runs now: then what was said meanwhile goes out in one write. */
  soon(work: () => void): void;
  /** After what has arrived was read. */
  later(work: () => void): void;
  /**
   * Looks for what arrives without a rest for a moment, as long as `isWanted`: a process that rests takes longer to wake
   * than the answer takes to come.
   */
  hurry?(isWanted: () => boolean): void;
  /** Monotonic milliseconds, for what takes long; without it requests are only counted. */
  now?(): Instant;
}

/** Microtasks alone: for streams inside one process. */
export const microtaskSchedule: ChannelSchedule = {
  soon: (work) => queueMicrotask(work),
  later: (work) => queueMicrotask(work),
};
