import { toHex } from '@selvage/core';
import { sameExtended } from '../mac/address.js';

/** A short address of a PAN and who had it. */
export interface KnownShort {
  readonly panId: number;
  readonly short: number;
  readonly extended: Uint8Array;
}

/** Nodes that are kept: a flood of invented ones pushes out the oldest. */
const mostNodes = 256;

/** Who is on the air: the extended addresses that were seen, and which short address each has. */
export class AddressBook {
  readonly #nodes = new Map<string, Uint8Array>();
  readonly #byShort = new Map<number, KnownShort>();
  /** Of each short address who had it first, as far as anybody knew: what a later reader of the frames cannot learn. */
  readonly #first = new Map<number, KnownShort>();

  /** All extended addresses, the last seen first. */
  get extended(): readonly Uint8Array[] {
    return [...this.#nodes.values()].reverse();
  }

  get firstShorts(): readonly KnownShort[] {
    return [...this.#first.values()];
  }

  extendedOf(panId: number, short: number): Uint8Array | undefined {
    return this.#byShort.get(keyOf(panId, short))?.extended;
  }

  see(extended: Uint8Array): void {
    const name = toHex(extended);
    this.#nodes.delete(name);
    this.#nodes.set(name, Uint8Array.from(extended));
    trim(this.#nodes);
  }

  learn(panId: number, short: number, extended: Uint8Array): void {
    if (short >= 0xfffe) return;
    const key = keyOf(panId, short);
    const known = this.#byShort.get(key);
    if (known !== undefined && sameExtended(known.extended, extended)) return;
    const entry = { panId, short, extended: Uint8Array.from(extended) };
    this.#byShort.delete(key);
    this.#byShort.set(key, entry);
    trim(this.#byShort);
    if (!this.#first.has(key) && this.#first.size < mostNodes) this.#first.set(key, entry);
  }
}

function keyOf(panId: number, short: number): number {
  return panId * 0x1_0000 + short;
}

function trim<K, V>(map: Map<K, V>): void {
  if (map.size <= mostNodes) return;
  const [oldest] = map.keys();
  map.delete(oldest as K);
}
