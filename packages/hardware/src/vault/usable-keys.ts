import { type Secret, SelvageError } from '@selvage/core';
import type { AgreeRequest, DeriveRequest, KeyHandle, KeyPolicy, MacRequest, SignRequest } from '@selvage/crypto';
import type { Mutations } from './mutations.js';
import { checkClient } from './names.js';
import type { OwnerKeys } from './owner-keys.js';
import type { VaultKeyHandle, VaultKeyOptions, VaultKeys } from './vault.js';
import type { VaultParts } from './vault-parts.js';

/** A client's own keys, and those that it may use. */
export class UsableKeys implements VaultKeys {
  readonly #owner: string;
  readonly #own: OwnerKeys;
  readonly #vault: VaultParts;
  readonly #mutations: Mutations;

  constructor(owner: string, own: OwnerKeys, vault: VaultParts, mutations: Mutations) {
    this.#owner = owner;
    this.#own = own;
    this.#vault = vault;
    this.#mutations = mutations;
  }

  generate(policy: KeyPolicy, options?: VaultKeyOptions): Promise<VaultKeyHandle> {
    return this.#mutations.run(() => this.#own.generate(policy, options));
  }

  importKey(policy: KeyPolicy, key: Secret, options?: VaultKeyOptions): Promise<VaultKeyHandle> {
    return this.#mutations.run(() => this.#own.importKey(policy, key, options));
  }

  async destroy(handle: KeyHandle): Promise<void> {
    if (this.#homeOf(handle) !== this.#own) {
      throw new SelvageError('key-usage-refused', 'the key was granted for use: its owner alone can destroy it');
    }
    return this.#mutations.run(() => this.#own.destroy(handle));
  }

  grant(handle: KeyHandle, client: string): Promise<void> {
    checkClient(client);
    // It writes the key's record anew: nothing else may do so meanwhile.
    return this.#mutations.alone(() => this.#own.grant(handle, client));
  }

  publicKey(handle: KeyHandle): Promise<Uint8Array> {
    return this.#homeOf(handle).publicKey(handle);
  }

  sign(request: SignRequest): Promise<Uint8Array> {
    return this.#homeOf(request.handle).sign(request);
  }

  agree(request: AgreeRequest): Promise<Uint8Array> {
    return this.#homeOf(request.handle).agree(request);
  }

  mac(request: MacRequest): Promise<Uint8Array> {
    return this.#homeOf(request.handle).mac(request);
  }

  derive(request: DeriveRequest): Promise<Uint8Array> {
    return this.#homeOf(request.handle).derive(request);
  }

  async list(): Promise<readonly VaultKeyHandle[]> {
    return [...(await this.#own.list()), ...(await this.#granted())];
  }

  async labelled(label: string): Promise<VaultKeyHandle | undefined> {
    return (await this.#own.list()).find((handle) => handle.label === label);
  }

  async #granted(): Promise<readonly VaultKeyHandle[]> {
    const lists = await Promise.all(this.#vault.ownersGranting(this.#owner).map((keys) => keys.grantedTo(this.#owner)));
    return lists.flat();
  }

  /** The home that has a key which this client may use; for any other its own, which knows no such key. */
  #homeOf({ id }: KeyHandle): OwnerKeys {
    if (this.#own.has(id)) return this.#own;
    return this.#vault.ownersGranting(this.#owner).find((keys) => keys.isGranted(id, this.#owner)) ?? this.#own;
  }
}
