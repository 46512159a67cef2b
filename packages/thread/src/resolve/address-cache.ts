import { toHex } from '@selvage/core';

/** Where an address is, as far as is known. */
export interface KnownAddress {
  readonly address: Uint8Array;
  readonly rloc16: number;
  /** Of the mesh-local address of whoever has it; undefined where it was only seen as a source, and never asked for. */
  readonly interfaceId: Uint8Array | undefined;
  /** Seconds since it was heard by whoever answered, then. */
  readonly lastTransaction: number;
}

/** Addresses whose place is known, the one that was used last at the end; what was only seen makes way first. */
export class AddressCache {
  readonly #known = new Map<string, KnownAddress>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#known.size;
  }

  [Symbol.iterator](): Iterator<KnownAddress> {
    return this.#known.values();
  }

  /** Where an address is; it counts as used. */
  use(address: Uint8Array): KnownAddress | undefined {
    const name = toHex(address);
    const known = this.#known.get(name);
    if (known === undefined) return undefined;
    this.#known.delete(name);
    this.#known.set(name, known);
    return known;
  }

  /** Where an address is; it does not count as used. */
  find(address: Uint8Array): KnownAddress | undefined {
    return this.#known.get(toHex(address));
  }

  set(known: KnownAddress): void {
    const name = toHex(known.address);
    if (!this.#known.delete(name) && this.#known.size >= this.#most) this.#makeRoom();
    this.#known.set(name, known);
  }

  delete(address: Uint8Array): void {
    this.#known.delete(toHex(address));
  }

  /** Forgets all that a condition holds for. */
  forget(isOver: (known: KnownAddress) => boolean): void {
    for (const [name, known] of this.#known) if (isOver(known)) this.#known.delete(name);
  }

  clear(): void {
    this.#known.clear();
  }

  #makeRoom(): void {
    let victim: string | undefined;
    for (const [name, { interfaceId }] of this.#known) {
      if (interfaceId === undefined) {
        victim = name;
        break;
      }
      victim ??= name;
    }
    if (victim !== undefined) this.#known.delete(victim);
  }
}
