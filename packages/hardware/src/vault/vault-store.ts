import { checkStoreName, type Store } from '@selvage/core';
import type { VaultCalls } from './vault-calls.js';
import { partLength } from './vault-service.js';

/** A client's part of the sealed store of a vault that is somewhere else. */
export class VaultStore implements Store {
  readonly #calls: VaultCalls;
  /** Values that are carried in parts, by name: what else is asked of the name waits for them. */
  readonly #carried = new Map<string, Promise<unknown>>();

  constructor(calls: VaultCalls) {
    this.#calls = calls;
  }

  get(name: string): Promise<Uint8Array | undefined> {
    return this.#inTurn(name, async () => {
      const found = await this.#calls.call('get', { name });
      // Copies: a value must not keep all that came with it.
      if (found.type === 'value') return found.value.value.slice();
      if (found.type === 'transfer') return this.#calls.download(found.value.transfer, found.value.length);
      return undefined;
    });
  }

  put(name: string, value: Uint8Array): Promise<void> {
    if (value.length <= partLength) {
      const request = { name, value: new Uint8Array(value) };
      return this.#inTurn(name, async () => void (await this.#calls.call('put', request)));
    }
    const copy = new Uint8Array(value);
    return this.#carry(name, async () => {
      const transfer = await this.#calls.upload(copy);
      await this.#calls.call('putTransfer', { name, transfer });
    });
  }

  delete(name: string): Promise<void> {
    return this.#inTurn(name, async () => void (await this.#calls.call('delete', { name })));
  }

  async names(): Promise<string[]> {
    const names: string[] = [];
    for (;;) {
      const { names: some } = await this.#calls.call('names', { after: names.at(-1) ?? '' });
      if (some.length === 0) return names;
      names.push(...some);
    }
  }

  /** At once where nothing of the name is being carried: the channel keeps the order of requests. */
  async #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    checkStoreName(name);
    if (this.#carried.has(name)) return this.#carry(name, work);
    return work();
  }

  async #carry<T>(name: string, work: () => Promise<T>): Promise<T> {
    checkStoreName(name);
    const before = this.#carried.get(name) ?? Promise.resolve();
    // Whoever asked for it hears of an earlier failure.
    const carried = before.catch(() => undefined).then(work);
    this.#carried.set(name, carried);
    try {
      return await carried;
    } finally {
      if (this.#carried.get(name) === carried) this.#carried.delete(name);
    }
  }
}
