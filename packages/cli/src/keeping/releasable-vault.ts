import type { Store } from '@selvage/core';
import type { VaultKeys } from '@selvage/hardware';
import type { OpenVault } from './kept-vault.js';

/**
 * A vault that can be given back while what was read of it is in use. From then on changes of its store are dropped: they
 * were made to what others may have changed since, and would undo that. Its keys can be used as before: the vault is
 * opened again for as long as that takes.
 */
export class ReleasableVault {
  readonly keys: VaultKeys;
  readonly store: Store;
  readonly #open: () => Promise<OpenVault>;
  #held: OpenVault | undefined;
  /** The vault while it is open again, and how many use it. */
  #again: { readonly vault: Promise<OpenVault>; uses: number } | undefined;

  private constructor(held: OpenVault, open: () => Promise<OpenVault>) {
    this.#held = held;
    this.#open = open;
    this.store = this.#droppingStore();
    this.keys = this.#lendingKeys();
  }

  /** @param open how the vault is opened, now and again */
  static async open(open: () => Promise<OpenVault>): Promise<ReleasableVault> {
    return new ReleasableVault(await open(), open);
  }

  /** Lets others open it. */
  async close(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await held?.close();
  }

  #droppingStore(): Store {
    return {
      get: async (name) => this.#held?.store.get(name),
      put: async (name, value) => this.#held?.store.put(name, value),
      delete: async (name) => this.#held?.store.delete(name),
      names: async () => (await this.#held?.store.names()) ?? [],
    };
  }

  #lendingKeys(): VaultKeys {
    const use = <Result>(work: (keys: VaultKeys) => Promise<Result>): Promise<Result> => this.#use(work);
    return {
      generate: (policy, options) => use((keys) => keys.generate(policy, options)),
      importKey: (policy, key, options) => use((keys) => keys.importKey(policy, key, options)),
      publicKey: (handle) => use((keys) => keys.publicKey(handle)),
      sign: (request) => use((keys) => keys.sign(request)),
      agree: (request) => use((keys) => keys.agree(request)),
      mac: (request) => use((keys) => keys.mac(request)),
      derive: (request) => use((keys) => keys.derive(request)),
      destroy: (handle) => use((keys) => keys.destroy(handle)),
      list: () => use((keys) => keys.list()),
      labelled: (label) => use((keys) => keys.labelled(label)),
      grant: (handle, client) => use((keys) => keys.grant(handle, client)),
    };
  }

  async #use<Result>(work: (keys: VaultKeys) => Promise<Result>): Promise<Result> {
    if (this.#held !== undefined) return work(this.#held.keys);
    const again = (this.#again ??= { vault: this.#open(), uses: 0 });
    again.uses++;
    try {
      return await work((await again.vault).keys);
    } finally {
      if (--again.uses === 0) {
        this.#again = undefined;
        await again.vault.then(
          (vault) => vault.close(),
          () => undefined,
        );
      }
    }
  }
}
