import { type Instant, toHex } from '@selvage/core';
import { sameIp6 } from '../../ip6/address/equal.js';
import { type ChildEntry, isSleepy, type Restored, type Valid } from './child-entry.js';

const lastChildId = 511;
/** How long a sleepy child that looks for a parent may be silent before it is taken to have found one, milliseconds. */
const searchTime = 30_000;

/** The children of a router. */
export class ChildTable {
  readonly #entries = new Map<string, ChildEntry>();
  readonly #byRloc16 = new Map<number, ChildEntry>();
  readonly #mostChildren: number;
  #lastId = 0;

  /** @param mostChildren at most 511 */
  constructor(mostChildren: number) {
    this.#mostChildren = Math.min(mostChildren, lastChildId);
  }

  [Symbol.iterator](): Iterator<ChildEntry> {
    return this.#entries.values();
  }

  get valid(): readonly Valid[] {
    return [...this.#entries.values()].filter((entry) => entry.kind === 'valid');
  }

  get restored(): readonly Restored[] {
    return [...this.#entries.values()].filter((entry) => entry.kind === 'restored');
  }

  /** How many there may be, and how many more. */
  get most(): number {
    return this.#mostChildren;
  }

  get free(): number {
    return Math.max(0, this.#mostChildren - this.#byRloc16.size);
  }

  get size(): number {
    return this.#entries.size;
  }

  get isFull(): boolean {
    return this.#byRloc16.size >= this.#mostChildren;
  }

  get(extended: Uint8Array): ChildEntry | undefined {
    return this.#entries.get(toHex(extended));
  }

  /** The child of this RLOC16, if it is valid. */
  byRloc16(rloc16: number): Valid | undefined {
    const entry = this.#byRloc16.get(rloc16);
    return entry?.kind === 'valid' ? entry : undefined;
  }

  /** The child that registered this address. */
  byAddress(address: Uint8Array): Valid | undefined {
    return this.valid.find(({ addresses }) => addresses.some((registered) => sameIp6(registered, address)));
  }

  set(entry: ChildEntry): void {
    const name = toHex(entry.extended);
    this.#forget(name);
    this.#entries.set(name, entry);
    this.#byRloc16.set(entry.rloc16, entry);
  }

  remove(extended: Uint8Array): void {
    const name = toHex(extended);
    this.#forget(name);
    this.#entries.delete(name);
  }

  /**
   * Somebody looks for a parent: a child of ours may stay. Of one that is awake the next frames show that it is gone, but
   * what is sent to one that sleeps would wait for its polls.
   */
  looks(extended: Uint8Array, now: Instant): void {
    const child = this.get(extended);
    if (child?.kind === 'valid' && isSleepy(child)) this.set({ ...child, goneAt: now + searchTime });
  }

  /** A child id that nobody has, counted upwards from the last. */
  newRloc16(routerId: number): number | undefined {
    for (let i = 0; i < lastChildId; i++) {
      this.#lastId = this.#lastId === lastChildId ? 1 : this.#lastId + 1;
      const rloc16 = (routerId << 10) | this.#lastId;
      if (!this.#byRloc16.has(rloc16)) return rloc16;
    }
    return undefined;
  }

  /** Those whose time is over. */
  expired(now: Instant): readonly ChildEntry[] {
    return [...this.#entries.values()].filter((entry) => now >= expiry(entry));
  }

  get deadline(): Instant {
    let least = Infinity;
    for (const entry of this.#entries.values()) {
      least = Math.min(least, expiry(entry), entry.kind === 'restored' ? entry.askAt : supervisionDue(entry));
    }
    return least;
  }

  #forget(name: string): void {
    const former = this.#entries.get(name);
    if (former !== undefined) this.#byRloc16.delete(former.rloc16);
  }
}

/** When a child must be told that its parent is there. */
export function supervisionDue(entry: Valid): Instant {
  if (entry.supervision === 0 || entry.mode.receiverOnWhenIdle) return Infinity;
  return entry.sentAt + 1000 * entry.supervision;
}

function expiry(entry: ChildEntry): Instant {
  if (entry.kind === 'restored') return entry.until;
  return Math.min(entry.heardAt + 1000 * entry.timeout, entry.goneAt ?? Infinity);
}
