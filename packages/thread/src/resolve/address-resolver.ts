import { bytesEqual, type Entropy, type Instant, toHex } from '@selvage/core';
import { AddressCache } from './address-cache.js';

/** What an {@link AddressResolver} wants done. */
export type ResolverOutput =
  /** Ask the routers of the mesh who has the address: `a/aq` to all of them, not confirmable. */
  | { readonly kind: 'query'; readonly target: Uint8Array }
  /** A packet that waited goes there. */
  | { readonly kind: 'send'; readonly packet: Uint8Array; readonly rloc16: number }
  /** Nobody answered for its destination. */
  | { readonly kind: 'unresolved'; readonly packet: Uint8Array }
  /** Two have the address: `a/ae` to all routers, so that whoever is not this one gives it up. */
  | { readonly kind: 'conflict'; readonly target: Uint8Array; readonly interfaceId: Uint8Array };

/** What somebody says of an address: `a/an`. */
export interface AddressNotification {
  readonly target: Uint8Array;
  /** 8 bytes. */
  readonly interfaceId: Uint8Array;
  readonly rloc16: number;
  /** Seconds since it was heard; 0 where its owner answers. */
  readonly lastTransaction: number;
}

/** How much is remembered, and for how long. */
export interface ResolverLimits {
  /** Addresses whose place is known; 256 by default. */
  readonly known: number;
  /** Addresses that nobody answered for; 32 by default. */
  readonly missing: number;
  /** Queries under way; 8 by default. */
  readonly queries: number;
  /** Packets that wait for one query; 4 by default. */
  readonly packets: number;
}

/** What became of a packet whose destination is to be found. */
export type Resolution = number | 'waits' | 'refused';

export const defaultResolverLimits: ResolverLimits = { known: 256, missing: 32, queries: 8, packets: 4 };

/** Milliseconds: how long a query waits, and for how long nobody is asked again after one in vain. */
const [patience, firstDelay, lastDelay] = [3000, 15_000, 120_000] as const;
/** A query is sent once more after a time at random between these, milliseconds. */
const [againFrom, againTo] = [750, 1250] as const;
/** Between one conflict that is told and the next, milliseconds: whoever forges answers must not make us flood. */
const conflictInterval = 1000;

interface Query {
  readonly target: Uint8Array;
  readonly packets: Uint8Array[];
  readonly until: Instant;
  /** When it is sent once more: nobody repeats a multicast that two who do not hear each other sent at once. */
  againAt: Instant;
  /** What follows if it is in vain. */
  readonly delay: number;
}

interface Missing {
  readonly until: Instant;
  readonly delay: number;
}

/**
 * Finds the RLOC16 of the node that has an address of the mesh (Thread 1.3 §5.4.2).
 * ```
 *   unknown ──packet──▶ asking, twice ──a/an──▶ known ──its router is gone, unreachable──▶ unknown
 *                         │ 3 s                                 ▲ a/an, late
 *                         └────▶ missing: 15 s, doubling to 120 s, in which nobody is asked
 * ```
 */
export class AddressResolver {
  readonly #entropy: Entropy;
  readonly #limits: ResolverLimits;
  readonly #known: AddressCache;
  readonly #queries = new Map<string, Query>();
  readonly #missing = new Map<string, Missing>();
  readonly #outputs: ResolverOutput[] = [];
  #nextConflict: Instant = -Infinity;

  constructor(entropy: Entropy, limits: Partial<ResolverLimits> = {}) {
    this.#entropy = entropy;
    this.#limits = { ...defaultResolverLimits, ...limits };
    this.#known = new AddressCache(this.#limits.known);
  }

  /** Addresses that are known, asked for, and answered by nobody. */
  get load(): { readonly known: number; readonly queries: number; readonly missing: number } {
    return { known: this.#known.size, queries: this.#queries.size, missing: this.#missing.size };
  }

  get deadline(): Instant | undefined {
    let least = Infinity;
    for (const { until, againAt } of this.#queries.values()) least = Math.min(least, until, againAt);
    return least === Infinity ? undefined : least;
  }

  /** The RLOC16 of whoever has an address; where it is not known, the packet waits for the answer, or is refused. */
  resolve(target: Uint8Array, packet: Uint8Array, now: Instant): Resolution {
    const known = this.#known.use(target);
    if (known !== undefined) return known.rloc16;
    const name = toHex(target);
    const query = this.#queries.get(name);
    if (query !== undefined) {
      if (query.packets.length >= this.#limits.packets) return 'refused';
      query.packets.push(packet);
      return 'waits';
    }
    const missing = this.#missing.get(name);
    const isBlocked = missing !== undefined && now < missing.until;
    if (isBlocked || this.#queries.size >= this.#limits.queries) return 'refused';
    const delay = missing === undefined ? firstDelay : Math.min(2 * missing.delay, lastDelay);
    const asked = Uint8Array.from(target);
    this.#queries.set(name, {
      target: asked,
      packets: [packet],
      until: now + patience,
      againAt: now + this.#pause(),
      delay,
    });
    this.#outputs.push({ kind: 'query', target: asked });
    return 'waits';
  }

  /** Somebody says where an address is. What was not asked for is not believed. */
  notified({ target, interfaceId, rloc16, lastTransaction }: AddressNotification, now: Instant): void {
    const name = toHex(target);
    const before = this.#known.find(target);
    if (before === undefined && !this.#queries.has(name) && !this.#missing.has(name)) return;
    if (before?.interfaceId !== undefined && !bytesEqual(before.interfaceId, interfaceId)) {
      return this.#conflict(target, interfaceId, now);
    }
    // A parent that the child left answers too: whoever heard it last has it.
    if (before?.interfaceId !== undefined && lastTransaction > before.lastTransaction) return;
    this.#known.set({
      address: Uint8Array.from(target),
      rloc16,
      interfaceId: Uint8Array.from(interfaceId),
      lastTransaction,
    });
    this.#missing.delete(name);
    this.#answer(name, rloc16);
  }

  /** A packet to us came from that address, by that node. */
  snooped(address: Uint8Array, rloc16: number): void {
    const before = this.#known.find(address);
    if (before?.rloc16 === rloc16) return;
    const { interfaceId, lastTransaction } = before ?? { interfaceId: undefined, lastTransaction: 0 };
    this.#known.set({ address: Uint8Array.from(address), rloc16, interfaceId, lastTransaction });
    const name = toHex(address);
    this.#missing.delete(name);
    this.#answer(name, rloc16);
  }

  /** An address is not where it was: unreachable, or somebody's conflict. */
  forget(address: Uint8Array): void {
    this.#known.delete(address);
  }

  /** A node is gone, or has no route: what it had is somewhere else. */
  forgetNode(rloc16: number): void {
    this.#known.forget((known) => known.rloc16 === rloc16);
  }

  /** A router is gone, and with it the place of its children. */
  forgetRouter(routerId: number): void {
    this.#known.forget(({ rloc16 }) => rloc16 >> 10 === routerId);
  }

  /** Forgets everything, as in another partition. */
  clear(): void {
    this.#known.clear();
    this.#queries.clear();
    this.#missing.clear();
    this.#outputs.length = 0;
  }

  poll(now: Instant): ResolverOutput | undefined {
    if (this.#queries.size > 0) this.#expire(now);
    return this.#outputs.shift();
  }

  #expire(now: Instant): void {
    for (const [name, query] of this.#queries) {
      const { target, packets, until, delay } = query;
      if (now >= query.againAt) {
        query.againAt = Infinity;
        if (now < until) this.#outputs.push({ kind: 'query', target });
      }
      if (now < until) continue;
      this.#queries.delete(name);
      this.#miss(name, { until: now + delay, delay });
      for (const packet of packets) this.#outputs.push({ kind: 'unresolved', packet });
    }
  }

  #pause(): number {
    const random = new Uint8Array(1);
    this.#entropy.fill(random);
    return againFrom + ((againTo - againFrom) * (random[0] as number)) / 256;
  }

  #miss(name: string, missing: Missing): void {
    this.#missing.delete(name);
    const [oldest] = this.#missing.keys();
    if (this.#missing.size >= this.#limits.missing && oldest !== undefined) this.#missing.delete(oldest);
    this.#missing.set(name, missing);
  }

  #answer(name: string, rloc16: number): void {
    const query = this.#queries.get(name);
    if (query === undefined) return;
    this.#queries.delete(name);
    for (const packet of query.packets) this.#outputs.push({ kind: 'send', packet, rloc16 });
  }

  #conflict(target: Uint8Array, interfaceId: Uint8Array, now: Instant): void {
    if (now < this.#nextConflict) return;
    this.#nextConflict = now + conflictInterval;
    this.#outputs.push({
      kind: 'conflict',
      target: Uint8Array.from(target),
      interfaceId: Uint8Array.from(interfaceId),
    });
  }
}
