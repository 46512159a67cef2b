import { type Instant, toHex } from '@selvage/core';
import type { MacAddress } from './address.js';
import { NeighbourEntry } from './neighbour-entry.js';
import type { Neighbour, NeighbourOptions } from './neighbour.js';

/** The neighbours of a node, found by either address. */
export class NeighbourTable implements Iterable<Neighbour> {
  readonly #byExtended = new Map<string, NeighbourEntry>();
  readonly #byShort = new Map<number, NeighbourEntry>();

  get size(): number {
    return this.#byExtended.size;
  }

  [Symbol.iterator](): Iterator<Neighbour> {
    return this.#byExtended.values();
  }

  /** Enters a neighbour, or changes what is known of it: given options replace what was, others stay. */
  enter(extended: Uint8Array, options: NeighbourOptions = {}): Neighbour {
    const name = toHex(extended);
    let entry = this.#byExtended.get(name);
    if (entry === undefined) {
      entry = new NeighbourEntry(extended);
      this.#byExtended.set(name, entry);
    }
    if (options.receiveOn !== undefined) entry.receiveOn = options.receiveOn;
    if (options.isChild !== undefined) entry.isChild = options.isChild;
    if (options.keySequence !== undefined || options.nextFrameCounter !== undefined) {
      entry.setCounter(options.keySequence ?? entry.keySequence, options.nextFrameCounter ?? 0);
    }
    if ('short' in options) this.#setShort(entry, options.short);
    return entry;
  }

  remove(extended: Uint8Array): void {
    const name = toHex(extended);
    const entry = this.#byExtended.get(name);
    if (entry === undefined) return;
    this.#setShort(entry, undefined);
    this.#byExtended.delete(name);
    entry.forget();
  }

  clear(): void {
    for (const entry of [...this.#byExtended.values()]) this.remove(entry.extended);
  }

  /** Another network key is in use: what was made from the last one is of no use. Counters start anew. */
  forgetKeys(): void {
    for (const entry of this.#byExtended.values()) {
      entry.forget();
      entry.setCounter(0, 0);
    }
  }

  byExtended(extended: Uint8Array): Neighbour | undefined {
    return this.#byExtended.get(toHex(extended));
  }

  byShort(short: number): Neighbour | undefined {
    return this.#byShort.get(short);
  }

  find(address: MacAddress): Neighbour | undefined {
    return this.entry(address);
  }

  /** Gives a neighbour another short address, which it takes from whoever had it. */
  setShort(extended: Uint8Array, short: number | undefined): void {
    const entry = this.#byExtended.get(toHex(extended));
    if (entry !== undefined) this.#setShort(entry, short);
  }

  /** What MLE heard of a neighbour counts as hearing it. */
  heard(extended: Uint8Array, rssi: number, now: Instant): void {
    this.#byExtended.get(toHex(extended))?.hear(rssi, now);
  }

  /** @internal */
  entry(address: MacAddress): NeighbourEntry | undefined {
    return address.kind === 'short' ? this.#byShort.get(address.short) : this.#byExtended.get(toHex(address.extended));
  }

  #setShort(entry: NeighbourEntry, short: number | undefined): void {
    if (entry.short !== undefined) this.#byShort.delete(entry.short);
    entry.short = undefined;
    if (short === undefined) return;
    const former = this.#byShort.get(short);
    if (former !== undefined) former.short = undefined;
    entry.short = short;
    this.#byShort.set(short, entry);
  }
}
