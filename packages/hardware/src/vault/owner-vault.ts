import { checkStoreName, decode, encode, SelvageError, type Store, struct, u48 } from '@selvage/core';
import { Mutations } from './mutations.js';
import { checkLabel } from './names.js';
import { keyPrefix, type OwnerKeys } from './owner-keys.js';
import { OwnerStore, objectPrefix } from './owner-store.js';
import type { SealedChange } from './sealed-format.js';
import { UsableKeys } from './usable-keys.js';
import type { Vault, VaultKeys } from './vault.js';
import { noAttester, type VaultParts } from './vault-parts.js';

/** Counters of a client: as nothing takes one away, more would let it fill the memory and the flash. */
const mostCounters = 256;

/** The value of a counter in the store. */
export const countRecord = struct({ count: u48 });

/** One client's part of a vault, in the vault's own process. */
export class OwnerVault implements Vault {
  readonly owner: string;
  readonly keys: VaultKeys;
  readonly store: Store;
  readonly #own: OwnerKeys;
  readonly #vault: VaultParts;
  readonly #mutations = new Mutations();
  /** What was asked of each counter last: one advance after the other. */
  #counting: Promise<unknown> = Promise.resolve();

  constructor(owner: string, keys: OwnerKeys, vault: VaultParts) {
    this.owner = owner;
    this.#own = keys;
    this.#vault = vault;
    this.keys = new UsableKeys(owner, keys, vault, this.#mutations);
    this.store = new OwnerStore(owner, vault.store, this.#mutations);
  }

  async seal(label: string, data: Uint8Array): Promise<Uint8Array> {
    return this.#vault.blobs.seal(this.#contextOf(label), data);
  }

  async open(label: string, sealed: Uint8Array): Promise<Uint8Array> {
    return this.#vault.blobs.open(this.#contextOf(label), sealed);
  }

  async count(name: string): Promise<number> {
    const value = await this.#vault.store.read(this.#counterOf(name));
    return value ? decode(countRecord, value, name).count : 0;
  }

  advance(name: string, to: number): Promise<void> {
    const advanced = this.#counting.then(
      () => this.#advance(name, to),
      () => this.#advance(name, to),
    );
    this.#counting = advanced;
    return advanced;
  }

  async attest(nonce: Uint8Array): Promise<Uint8Array> {
    const { attester } = this.#vault;
    if (attester === undefined) throw noAttester();
    return attester(nonce, this.owner);
  }

  erase(): Promise<void> {
    return this.#mutations.alone(async () => {
      const prefixes = [keyPrefix(this.owner), objectPrefix(this.owner)];
      const names = (await this.#vault.store.names()).filter((name) =>
        prefixes.some((start) => name.startsWith(start)),
      );
      const changes: readonly SealedChange[] = names.map((name) => ({ name, value: undefined }));
      if (changes.length > 0) await this.#vault.store.commit(changes);
      await this.#own.wipe();
    });
  }

  async #advance(name: string, to: number): Promise<void> {
    const count = await this.count(name);
    if (to < count) {
      throw new SelvageError('value-out-of-range', `counter ${name} stands at ${count} and cannot be set to ${to}`, {
        details: { count, to },
      });
    }
    if (to === count) return;
    if (count === 0) this.#requireRoom();
    const value = encode(countRecord, { count: to });
    await this.#vault.store.commit([{ name: this.#counterOf(name), value }]);
  }

  /** Counters are advanced one after the other: all that there are are durable. */
  #requireRoom(): void {
    if (this.#vault.store.usage(this.#counterPrefix).values < mostCounters) return;
    throw new SelvageError('payload-too-large', `a client of the vault has ${mostCounters} counters at most`, {
      details: { limit: mostCounters },
    });
  }

  #counterOf(name: string): string {
    checkStoreName(name);
    return this.#counterPrefix + name;
  }

  get #counterPrefix(): string {
    return `count.${this.owner}.`;
  }

  /** No client's context is another's: names of clients have no slash. */
  #contextOf(label: string): string {
    checkLabel(label);
    return `${this.owner}/${label}`;
  }
}
