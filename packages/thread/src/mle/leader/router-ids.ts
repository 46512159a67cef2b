import type { Instant } from '@selvage/core';
import { sameExtended } from '../../mac/address.js';
import { lastRouterId, mostRouters } from '../../mesh/mesh-routes.js';

/** How long a released id is not given again, milliseconds (Thread 1.3 §5.9.9). */
const reuseDelay = 100_000;

/** Who has which router id: a leader's to give and to take (Thread 1.3 §5.9.9). */
export class RouterIds {
  /** By id; undefined of whom is known only that it has it. */
  readonly #owners = new Map<number, Uint8Array | undefined>();
  readonly #releasedAt = new Map<number, Instant>();

  /** Rising. */
  get ids(): number[] {
    return [...this.#owners.keys()].sort((a, b) => a - b);
  }

  get size(): number {
    return this.#owners.size;
  }

  has(routerId: number): boolean {
    return this.#owners.has(routerId);
  }

  /** The id that a device has. */
  idOf(extended: Uint8Array): number | undefined {
    for (const [id, owner] of this.#owners) if (owner !== undefined && sameExtended(owner, extended)) return id;
    return undefined;
  }

  /** An id is taken, as it is known from before a restart, or from a link. */
  know(routerId: number, owner: Uint8Array | undefined): void {
    if (!this.#owners.has(routerId) || owner !== undefined) this.#owners.set(routerId, owner);
  }

  /**
   * Gives an id: the one that is wanted, if it is free, or any.
   * @param fraction random, 0 to 1
   */
  allocate(owner: Uint8Array, wanted: number | undefined, fraction: number, now: Instant): number | undefined {
    if (this.size >= mostRouters) return undefined;
    for (const [id, at] of this.#releasedAt) if (now - at >= reuseDelay) this.#releasedAt.delete(id);
    const id = wanted !== undefined && this.#isFree(wanted) ? wanted : this.#any(fraction);
    if (id !== undefined) this.#owners.set(id, owner);
    return id;
  }

  /** Takes an id back. @param owner who says that it gives it up; undefined where it is taken from whoever had it */
  release(routerId: number, owner: Uint8Array | undefined, now: Instant): boolean {
    const known = this.#owners.get(routerId);
    if (!this.#owners.has(routerId)) return false;
    if (owner !== undefined && (known === undefined || !sameExtended(known, owner))) return false;
    this.#owners.delete(routerId);
    this.#releasedAt.set(routerId, now);
    return true;
  }

  #isFree(id: number): boolean {
    return id >= 0 && id <= lastRouterId && !this.#owners.has(id) && !this.#releasedAt.has(id);
  }

  #any(fraction: number): number | undefined {
    const free: number[] = [];
    for (let id = 0; id <= lastRouterId; id++) if (this.#isFree(id)) free.push(id);
    return free[Math.floor(fraction * free.length)];
  }
}
