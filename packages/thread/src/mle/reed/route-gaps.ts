import type { Instant } from '@selvage/core';
import { lastRouterId } from '../../mesh/mesh-routes.js';
import type { Route64 } from '../tlv/route64.js';

/** Milliseconds: two advertisements of the rarest; who was not heard for longer is heard no more, and what lasts that long is no change that goes by. */
const lasting = 70_000;
/** Of a path between two that one device hears: two hops over bad links cost 8. */
const far = 10;

/** When something is to be done about a gap. */
interface Gap {
  readonly a: number;
  readonly b: number;
  readonly dueAt: Instant;
}

/**
 * Routers that an end device hears, and of which one says that it does not reach the other, or only from afar. A path may
 * cost 15 at most (Thread 1.3 §5.9): a partition whose routers stand badly has pairs that no route joins, though end
 * devices stand in between. One of those is to be a router then; each waits a while of its own, as others hear the same.
 */
export class RouteGaps {
  readonly #heardAt = new Map<number, Instant>();
  readonly #gaps = new Map<number, Gap>();

  /** When {@link isDue} may be true. */
  get deadline(): Instant {
    let least = Infinity;
    for (const { dueAt } of this.#gaps.values()) least = Math.min(least, dueAt);
    return least;
  }

  /**
   * A router advertised.
   * @param jitter milliseconds, random, of this device
   */
  heard(routerId: number, { routes }: Route64, jitter: () => number, now: Instant): void {
    this.#heardAt.set(routerId, now);
    for (const { routerId: other, cost } of routes) {
      if (other === routerId) continue;
      const name = routerId * (lastRouterId + 1) + other;
      if ((cost > 0 && cost < far) || !this.#hears(other, now)) this.#gaps.delete(name);
      else if (!this.#gaps.has(name)) this.#gaps.set(name, { a: routerId, b: other, dueAt: now + lasting + jitter() });
    }
  }

  /** Whether there is a gap that has lasted, and has waited long enough; it waits anew then. */
  isDue(now: Instant): boolean {
    let isDue = false;
    for (const [name, { a, b, dueAt }] of this.#gaps) {
      if (now < dueAt) continue;
      this.#gaps.delete(name);
      isDue ||= this.#hears(a, now) && this.#hears(b, now);
    }
    return isDue;
  }

  /** It is elsewhere, or is a router itself. */
  clear(): void {
    this.#heardAt.clear();
    this.#gaps.clear();
  }

  #hears(routerId: number, now: Instant): boolean {
    const at = this.#heardAt.get(routerId);
    return at !== undefined && now - at < lasting;
  }
}
