import type { Instant } from '@selvage/core';

/** A message that was seen. */
interface Seen {
  readonly seed: number;
  readonly sequence: number;
  readonly until: Instant;
}

/** Messages that are remembered, and for how long, milliseconds (as OpenThread has it). */
const [mostSeen, lifetime] = [35, 5000] as const;

/**
 * Which numbered multicasts were seen (RFC 7731 §6.3): each is taken but once. Where there is no more room, the seed that
 * fills most of it loses its oldest, so that a flood of one node is forgotten before the others' messages.
 */
export class MplSeeds {
  #seen: Seen[] = [];

  get size(): number {
    return this.#seen.length;
  }

  /** Whether a message is new; from now on it is not. */
  isNew(seed: number, sequence: number, now: Instant): boolean {
    // They were seen in the order in which they end.
    let over = 0;
    while (over < this.#seen.length && (this.#seen[over] as Seen).until <= now) over++;
    if (over > 0) this.#seen.splice(0, over);
    for (const seen of this.#seen) if (seen.seed === seed && seen.sequence === sequence) return false;
    if (this.#seen.length >= mostSeen && !this.#makeRoom(seed, sequence)) return false;
    this.#seen.push({ seed, sequence, until: now + lifetime });
    return true;
  }

  clear(): void {
    this.#seen = [];
  }

  /** False where the newcomer itself is what would be forgotten. */
  #makeRoom(seed: number, sequence: number): boolean {
    const busiest = this.#busiest();
    let oldest = this.#seen.findIndex((seen) => seen.seed === busiest);
    for (const [i, seen] of this.#seen.entries()) {
      const isOlder = seen.seed === busiest && isBefore(seen.sequence, (this.#seen[oldest] as Seen).sequence);
      if (isOlder) oldest = i;
    }
    if (busiest === seed && isBefore(sequence, (this.#seen[oldest] as Seen).sequence)) return false;
    this.#seen.splice(oldest, 1);
    return true;
  }

  #busiest(): number {
    const counts = new Map<number, number>();
    let busiest = (this.#seen[0] as Seen).seed;
    for (const { seed } of this.#seen) {
      const count = (counts.get(seed) ?? 0) + 1;
      counts.set(seed, count);
      if (count > (counts.get(busiest) ?? 0)) busiest = seed;
    }
    return busiest;
  }
}

/** Serial arithmetic of 8 bits (RFC 1982). */
function isBefore(a: number, b: number): boolean {
  return a !== b && ((b - a) & 0xff) < 0x80;
}
