import type { Instant } from '@selvage/core';

/** How often firmware that has ended is started again. */
export interface RestartPolicy {
  /** Restarts at most, within so many ms; after that the board stays off until somebody switches it on. */
  readonly restarts: number;
  readonly within: number;
  /** Before the first restart, ms; each one after it waits twice as long. */
  readonly pause: number;
}

export const usualRestarts: RestartPolicy = { restarts: 5, within: 60_000, pause: 100 };

/** What becomes of a board whose firmware has ended. */
export type AfterEnd = { readonly kind: 'restart'; readonly at: Instant } | { readonly kind: 'off' };

/** Keeps count of ends: firmware that ends again and again is not started for ever. */
export class Restarts {
  readonly #policy: RestartPolicy;
  #ends: readonly Instant[] = [];

  constructor(policy: RestartPolicy = usualRestarts) {
    this.#policy = policy;
  }

  /** Firmware has ended without having been told to. */
  ended(now: Instant): AfterEnd {
    const { restarts, within, pause } = this.#policy;
    const recent = this.#ends.filter((end) => end > now - within);
    if (recent.length >= restarts) return { kind: 'off' };
    this.#ends = [...recent, now];
    return { kind: 'restart', at: now + pause * 2 ** recent.length };
  }
}
