import type { Entropy, Secret } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { Blobs } from './blob.js';
import { checkClient } from './names.js';
import { OwnerKeys } from './owner-keys.js';
import { OwnerVault } from './owner-vault.js';
import type { SealedStore } from './sealed-store.js';
import type { Vault } from './vault.js';
import type { Attester, VaultParts } from './vault-parts.js';

/** The key that no two devices have alike, as the vault needs it. */
export interface DeviceKey {
  /** A key of `length` bytes for the purpose that the label names. */
  deriveKey(label: string, length: number): Secret;
}

/** What a vault is made of. */
export interface VaultEngineOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  /** Opened with {@link sealedStoreKey}; the vault has it for itself. */
  readonly store: SealedStore;
  readonly deviceKey: DeviceKey;
}

/** The key of a device's sealed store. */
export function sealedStoreKey(deviceKey: DeviceKey): Secret {
  return deviceKey.deriveKey('sealed store', 32);
}

/**
 * The vault: keys, values, counters and blobs of several clients, each of which sees its own. What it keeps is in a
 * sealed store and, while it is open, in the memory of this process.
 */
export class VaultEngine implements VaultParts {
  readonly store: SealedStore;
  readonly blobs: Blobs;
  /** Set by whoever knows what was booted; without one no tokens are made. */
  attester: Attester | undefined;
  readonly #options: VaultEngineOptions;
  readonly #keys = new Map<string, OwnerKeys>();
  readonly #clients = new Map<string, OwnerVault>();

  private constructor(options: VaultEngineOptions) {
    this.#options = options;
    this.store = options.store;
    this.blobs = new Blobs(options.core, options.entropy, options.deviceKey.deriveKey('sealed blobs', 32));
  }

  /** The vault that a store holds. @throws SelvageError `store-failed` for a value that is no key */
  static async open(options: VaultEngineOptions): Promise<VaultEngine> {
    const engine = new VaultEngine(options);
    await engine.#load();
    return engine;
  }

  /** The vault as one client sees it. @throws SelvageError `invalid-argument` for the name */
  client(name: string): Vault {
    checkClient(name);
    let client = this.#clients.get(name);
    if (client === undefined) {
      client = new OwnerVault(name, this.#keysOf(name), this);
      this.#clients.set(name, client);
    }
    return client;
  }

  ownersGranting(client: string): readonly OwnerKeys[] {
    return [...this.#keys].filter(([owner]) => owner !== client).map(([, keys]) => keys);
  }

  /** Ends the vault: keys and values are wiped from memory. */
  async close(): Promise<void> {
    await this.store.close();
    for (const keys of this.#keys.values()) await keys.wipe();
  }

  async #load(): Promise<void> {
    for (const name of await this.store.names()) {
      const [, owner, id] = /^key\.([a-z0-9-]+)\.([0-9a-f]{32})$/.exec(name) ?? [];
      if (owner === undefined || id === undefined) continue;
      const record = await this.store.read(name);
      if (record) this.#keysOf(owner).load(id, record);
    }
  }

  #keysOf(owner: string): OwnerKeys {
    let keys = this.#keys.get(owner);
    if (keys === undefined) {
      keys = new OwnerKeys({ ...this.#options, owner });
      this.#keys.set(owner, keys);
    }
    return keys;
  }
}
