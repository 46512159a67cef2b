import type { Secret, Store } from '@selvage/core';
import { type HeldKey, HeldKeys, type HeldKeysOptions } from './held-keys.js';
import type { KeyHandle } from './key-handle.js';
import type { KeyPolicy } from './key-home.js';
import { decodeKey, encodeKey } from './stored-key.js';

/** What the name of a key's value starts with; the rest is the id of its handle. */
const namePrefix = 'key.';

/** A home, and where its keys stay. */
export interface StoredKeyHomeOptions extends HeldKeysOptions {
  /** Sees the keys as they are: whoever can read it has them. Other values may be in it. */
  readonly store: Store;
}

/**
 * Keys that survive a restart: each is a value of a store, `key.` and the id of its handle, and is in the memory of
 * this process for as long as the home is open. A key is durable before its handle is known, and gone for good before
 * `destroy` resolves. Where the store fails the operation rejects with `store-failed`, and what it left is seen at the
 * next opening.
 */
export class StoredKeyHome extends HeldKeys {
  readonly #store: Store;

  private constructor(options: StoredKeyHomeOptions) {
    super(options);
    this.#store = options.store;
  }

  /** The keys in the store. @throws SelvageError `store-failed`, also for a value that is no key */
  static async open(options: StoredKeyHomeOptions): Promise<StoredKeyHome> {
    const home = new StoredKeyHome(options);
    await home.#load();
    return home;
  }

  async generate(policy: KeyPolicy): Promise<KeyHandle> {
    return this.#save(this.newKey(policy));
  }

  async importKey(policy: KeyPolicy, key: Secret): Promise<KeyHandle> {
    return this.#save(this.newKey(policy, key));
  }

  async destroy(handle: KeyHandle): Promise<void> {
    const key = this.release(handle);
    try {
      await this.#store.delete(namePrefix + key.id);
    } catch (error) {
      // Nobody knows whether it is gone: it stays, so that it can be destroyed again.
      this.keep(key);
      throw error;
    }
    key.material.fill(0);
  }

  async #load(): Promise<void> {
    const names = (await this.#store.names()).filter((name) => name.startsWith(namePrefix));
    const keys = await Promise.all(names.map((name) => this.#read(name)));
    for (const key of keys) if (key) this.keep(key);
  }

  async #read(name: string): Promise<HeldKey | undefined> {
    const value = await this.#store.get(name);
    if (value === undefined) return undefined;
    const key = decodeKey(name.slice(namePrefix.length), value);
    value.fill(0);
    return key;
  }

  async #save(key: HeldKey): Promise<KeyHandle> {
    const value = encodeKey(key);
    try {
      await this.#store.put(namePrefix + key.id, value);
    } catch (error) {
      key.material.fill(0);
      throw error;
    } finally {
      value.fill(0);
    }
    return this.keep(key);
  }
}
