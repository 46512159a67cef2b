import type { Instant } from '@selvage/core';

/** How often something may happen. */
export interface Rate {
  /** How often at once. */
  readonly burst: number;
  /** How often a second in the long run. */
  readonly perSecond: number;
}

/** A bucket that fills with time and that each happening takes from. */
export class Allowance {
  readonly #rate: Rate;
  #left: number;
  #since: Instant | undefined;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#left = rate.burst;
  }

  /** Takes `amount` where it is there. */
  take(now: Instant, amount = 1): boolean {
    this.#fill(now);
    if (this.#left < amount) return false;
    this.#left -= amount;
    return true;
  }

  /** Takes `amount` though it be more than is there; ms until there is something again, 0 where there is. */
  draw(now: Instant, amount: number): number {
    this.#fill(now);
    this.#left -= amount;
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left / this.#rate.perSecond) * 1000);
  }

  #fill(now: Instant): void {
    const { burst, perSecond } = this.#rate;
    const elapsed = now - (this.#since ?? now);
    this.#since = now;
    this.#left = Math.min(burst, this.#left + (elapsed / 1000) * perSecond);
  }
}
