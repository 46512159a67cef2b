import { checkStoreName, SelvageError, type Store } from '@selvage/core';
import type { Mutations } from './mutations.js';
import type { SealedStore } from './sealed-store.js';

/** What the name of a client's value starts with in the store; the rest is the client's own name for it. */
export function objectPrefix(owner: string): string {
  return `object.${owner}.`;
}

/** Values of a client, bytes of one, and of all: more would let it fill the memory and the flash. */
const most = { values: 4096, bytes: 4_194_304, allBytes: 16_777_216 } as const;

/** One client's part of the sealed store, as a store of its own. */
export class OwnerStore implements Store {
  readonly #prefix: string;
  readonly #store: SealedStore;
  readonly #mutations: Mutations;

  constructor(owner: string, store: SealedStore, mutations: Mutations) {
    this.#prefix = objectPrefix(owner);
    this.#store = store;
    this.#mutations = mutations;
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    return this.#store.read(this.#whole(name));
  }

  async put(name: string, value: Uint8Array): Promise<void> {
    const whole = this.#whole(name);
    if (value.length > most.bytes) throw tooMuch('bytes', most.bytes);
    const copy = new Uint8Array(value);
    return this.#mutations.run(async () => {
      this.#requireRoom(whole, copy.length);
      const committed = this.#store.commit([{ name: whole, value: copy }]);
      copy.fill(0);
      return committed;
    });
  }

  async delete(name: string): Promise<void> {
    const whole = this.#whole(name);
    return this.#mutations.run(async () => {
      if (this.#store.has(whole)) await this.#store.commit([{ name: whole, value: undefined }]);
    });
  }

  async names(): Promise<string[]> {
    const names = await this.#store.names();
    return names.filter((name) => name.startsWith(this.#prefix)).map((name) => name.slice(this.#prefix.length));
  }

  #requireRoom(whole: string, length: number): void {
    const used = this.#store.usage(this.#prefix);
    if (used.values >= most.values && !this.#store.has(whole)) throw tooMuch('values', most.values);
    if (used.bytes + length > most.allBytes) throw tooMuch('bytes in all', most.allBytes);
  }

  #whole(name: string): string {
    checkStoreName(name);
    return this.#prefix + name;
  }
}

function tooMuch(what: string, limit: number): SelvageError {
  return new SelvageError('payload-too-large', `a client of the vault can store ${limit} ${what}`, {
    details: { limit },
    remedy: 'Delete what is not used any more.',
  });
}
