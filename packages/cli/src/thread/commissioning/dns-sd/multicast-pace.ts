import { Alarm, type Clock, type Instant } from '@selvage/core';

/** No record is multicast again sooner, milliseconds (RFC 6762 §6). */
const leastPause = 1000;

/**
 * Says by multicast what is wanted, and not twice within a second: whoever wants it meanwhile hears it once, when the second
 * is over, as it is then.
 */
export class MulticastPace {
  readonly #clock: Clock;
  readonly #say: () => void;
  readonly #later: Alarm;
  #saidAt: Instant = -Infinity;

  constructor(clock: Clock, say: () => void) {
    this.#clock = clock;
    this.#say = say;
    this.#later = new Alarm(clock, () => this.want());
  }

  want(): void {
    const now = this.#clock.now();
    const due = this.#saidAt + leastPause;
    if (now < due) return this.#later.set(due);
    this.#later.set(undefined);
    this.#saidAt = now;
    this.#say();
  }

  /** Says nothing more. */
  stop(): void {
    this.#later.set(undefined);
  }
}
