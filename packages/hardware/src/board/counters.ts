import type { MonotonicCounter } from './monotonic-counter.js';

/** The counters of a chip, by name. */
export interface Counters {
  /**
   * The counter of that name, always the same object; one that is asked for the first time is made, and stands at 0.
   * @throws SelvageError `store-name-invalid`; `store-failed` for one that is damaged
   */
  counter(name: string): Promise<MonotonicCounter>;
}

/** The counters that a board cannot be without: they are made with it, and never again. */
export const boardCounters = {
  /** The lowest security counter of an image that is started. */
  security: 'security',
  /** How many fuses are burnt. */
  fuses: 'fuses',
  /** How far the sealed store has come. */
  store: 'store',
  resetsAsked: 'resets-asked',
  resetsDone: 'resets-done',
} as const;

/** Whether a counter is written twice: those that rise seldom, and whose older value would let something older start. */
export function isMirrored(name: string): boolean {
  return name === boardCounters.security || name === boardCounters.fuses;
}
