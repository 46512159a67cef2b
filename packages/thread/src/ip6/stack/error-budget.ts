import type { Instant } from '@selvage/core';

/** Errors that may be sent at once, and how long each takes to be allowed again, milliseconds. */
const [burst, interval] = [5, 200] as const;

/** How many ICMPv6 errors may be sent still (RFC 4443 §2.4 (f)): whoever provokes them must not make us a flood. */
export class ErrorBudget {
  #left: number = burst;
  #since: Instant = -Infinity;

  /** Whether one more may be sent now. */
  take(now: Instant): boolean {
    const regained = Math.floor((now - this.#since) / interval);
    if (regained > 0) {
      this.#left = Math.min(burst, this.#left + regained);
      this.#since = this.#left === burst ? now : this.#since + regained * interval;
    }
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }
}
