import { type Instant, toHex } from '@selvage/core';

const mostRemembered = 256;

/** To whom something happened a moment ago. */
export class RecentJoiners {
  readonly #lifetime: number;
  readonly #joiners = new Map<string, Instant>();

  /** @param lifetime of what is remembered, milliseconds */
  constructor(lifetime: number) {
    this.#lifetime = lifetime;
  }

  /** False where it is remembered already. */
  add(joinerId: Uint8Array, now: Instant): boolean {
    const key = toHex(joinerId);
    const isNew = !this.#isFresh(key, now);
    this.#joiners.delete(key);
    this.#joiners.set(key, now + this.#lifetime);
    if (this.#joiners.size > mostRemembered) {
      const [oldest = ''] = this.#joiners.keys();
      this.#joiners.delete(oldest);
    }
    return isNew;
  }

  /** Whether it is remembered. */
  has(joinerId: Uint8Array, now: Instant): boolean {
    return this.#isFresh(toHex(joinerId), now);
  }

  /** Whether it is remembered; it is then forgotten. */
  take(joinerId: Uint8Array, now: Instant): boolean {
    const key = toHex(joinerId);
    const isFresh = this.#isFresh(key, now);
    this.#joiners.delete(key);
    return isFresh;
  }

  #isFresh(key: string, now: Instant): boolean {
    const until = this.#joiners.get(key);
    return until !== undefined && now < until;
  }
}
