import { toHex } from '@selvage/core';
import { type AirEvent, type Dataset } from '@selvage/thread';
import type { World } from '../world/world.js';
import { readCounter } from './read-counter.js';

/** A counter that protected two different things under one key: whoever heard both can read both. */
export interface Reuse {
  readonly at: number;
  readonly sender: string;
  /** Of the link, or of MLE. */
  readonly layer: 'mac' | 'mle';
  readonly key: string;
  readonly counter: number;
}

/** Counters that share a page. */
const pageLength = 256;

/**
 * Watches the air for nonces that come twice (Thread 1.3 §7.1.2): of each sender, for each key that it uses, what was
 * protected under each counter. A repetition has the same bytes. MLE is watched where the link does not protect it too.
 */
export class NonceWatch {
  readonly reuses: Reuse[] = [];
  readonly #world: World;
  /** By sender and key, pages of a hash for each counter; 0 where it was not seen. */
  readonly #seen = new Map<string, Map<number, Int32Array>>();
  readonly #networkNames = new WeakMap<Dataset, string>();
  readonly #stop: () => void;
  #counted = 0;
  #pages = 0;

  constructor(world: World) {
    this.#world = world;
    this.#stop = world.ether.tap((event) => this.#hear(event));
  }

  /** How many different counters were seen. */
  get counted(): number {
    return this.#counted;
  }

  /** What it remembers, in bytes. */
  get bytes(): number {
    return this.#pages * pageLength * Int32Array.BYTES_PER_ELEMENT;
  }

  stop(): void {
    this.#stop();
  }

  #hear({ from, psdu, at }: AirEvent): void {
    // What an attacker sends is not of our nodes.
    if (from === undefined) return;
    const used = readCounter(psdu);
    if (used === undefined) return;
    const { layer, counter } = used;
    const key = `${layer} ${used.key} of ${this.#networkName(from)}`;
    const slot = counter % pageLength;
    const page = this.#page(`${from} ${key}`, (counter - slot) / pageLength);
    const hash = hashOf(used.protectedBytes);
    const before = page[slot];
    if (before === 0) {
      page[slot] = hash;
      this.#counted++;
    } else if (before !== hash) this.reuses.push({ at, sender: from, layer, key, counter });
  }

  #page(name: string, number: number): Int32Array {
    let pages = this.#seen.get(name);
    if (pages === undefined) this.#seen.set(name, (pages = new Map<number, Int32Array>()));
    let page = pages.get(number);
    if (page !== undefined) return page;
    this.#pages++;
    pages.set(number, (page = new Int32Array(pageLength)));
    return page;
  }

  /** Which network key a node uses: another one has counters of its own. */
  #networkName(sender: string): string {
    const dataset = this.#world.find(sender)?.thread?.dataset ?? this.#world.dataset;
    let name = this.#networkNames.get(dataset);
    if (name === undefined) {
      const shown = 4;
      name = toHex(dataset.get('networkKey')?.reveal() ?? new Uint8Array()).slice(0, shown);
      this.#networkNames.set(dataset, name);
    }
    return name;
  }
}

/** FNV-1a of 32 bits, never 0. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash === 0 ? 1 : hash;
}
