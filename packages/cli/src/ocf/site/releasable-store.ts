import type { Store } from '@selvage/core';

interface ClosableStore extends Store {
  close(): Promise<void>;
}

/**
 * A store that can be given back while it is in use. From then on changes are dropped: they were made to what others may
 * have changed since, and would undo that.
 */
export class ReleasableStore implements Store {
  #open: ClosableStore | undefined;

  constructor(store: ClosableStore) {
    this.#open = store;
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    return this.#open?.get(name);
  }

  async put(name: string, value: Uint8Array): Promise<void> {
    await this.#open?.put(name, value);
  }

  async delete(name: string): Promise<void> {
    await this.#open?.delete(name);
  }

  async names(): Promise<string[]> {
    return (await this.#open?.names()) ?? [];
  }

  /** Lets others open it. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.close();
  }
}
