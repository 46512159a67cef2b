import type { Instant } from '@selvage/core';

const hour = 3_600_000;
/** The guard time's share of the rotation time (Thread 1.3 §8.10.1.15; OpenThread has 624 h of 672 h). */
const guardShare = 0.93;
/** Hours that the security policy of a fresh network has. */
export const defaultRotationHours = 672;
/** The shortest rotation time that is obeyed, hours. */
export const leastRotationHours = 1;

/** When the key sequence moves on by itself, and from when on a neighbour's lead is followed. */
export class Rotation {
  #hours: number;
  #since: Instant;
  #guardedUntil: Instant = -Infinity;

  constructor(hours: number, now: Instant) {
    this.#hours = Math.max(hours, leastRotationHours);
    this.#since = now;
  }

  /** When the sequence's time is up. */
  get deadline(): Instant {
    return this.#since + this.#hours * hour;
  }

  /** How long after a switch no neighbour's lead is followed, milliseconds. */
  get guardTime(): number {
    return Math.floor(this.#hours * guardShare) * hour;
  }

  /** Whether a lead must not be followed yet. */
  isGuarded(now: Instant): boolean {
    return now < this.#guardedUntil;
  }

  /** Another rotation time, from the security policy: it counts from the last switch. */
  change(hours: number): void {
    this.#hours = Math.max(hours, leastRotationHours);
  }

  /** The sequence moved on; `guarded` where the guard time starts with it. */
  restart(now: Instant, guarded: boolean): void {
    this.#since = now;
    if (guarded) this.#guardedUntil = now + this.guardTime;
  }
}
