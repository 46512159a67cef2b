import { type Secret, SelvageError } from '@selvage/core';
import { HeldKeys, type HeldKeysOptions, type KeyHandle, type KeyPolicy } from '@selvage/crypto';
import { decodeKey, encodeKey, requireKeyId, type VaultKey } from './key-format.js';
import { checkClient, checkLabel } from './names.js';
import type { SealedStore } from './sealed-store.js';
import type { VaultKeyHandle, VaultKeyOptions } from './vault.js';

export interface OwnerKeysOptions extends HeldKeysOptions {
  readonly owner: string;
  readonly store: SealedStore;
}

/** Keys that one client can have: more would let it fill the memory and the flash. */
const mostKeys = 512;
/** Clients that one key can be granted to, for the same reason. */
const mostGrants = 16;

/** What names a key's record in the store starts with; the rest is the id. */
export function keyPrefix(owner: string): string {
  return `key.${owner}.`;
}

/** The keys that one client of the vault owns: in memory, and sealed in the store. */
export class OwnerKeys extends HeldKeys {
  readonly #owner: string;
  readonly #store: SealedStore;
  readonly #about = new Map<string, Pick<VaultKey, 'label' | 'granted'>>();
  /** The ids by label; a label is taken before its key is durable. */
  readonly #labels = new Map<string, string | undefined>();
  /** Keys that are not durable yet. */
  #inTheMaking = 0;

  constructor(options: OwnerKeysOptions) {
    super(options);
    this.#owner = options.owner;
    this.#store = options.store;
  }

  /** Takes a key from its record. @throws SelvageError `store-failed` where it is none */
  load(id: string, record: Uint8Array): void {
    this.#know(decodeKey(id, record));
    record.fill(0);
  }

  generate(policy: KeyPolicy, options?: VaultKeyOptions): Promise<VaultKeyHandle> {
    return this.#make(options, policy);
  }

  importKey(policy: KeyPolicy, key: Secret, options?: VaultKeyOptions): Promise<VaultKeyHandle> {
    return this.#make(options, policy, key);
  }

  async destroy(handle: KeyHandle): Promise<void> {
    const key = this.release(handle);
    try {
      await this.#store.commit([{ name: this.#nameOf(key.id), value: undefined }]);
    } catch (error) {
      // Nobody knows whether it is gone: it stays, so that it can be destroyed again.
      this.keep(key);
      throw error;
    }
    this.#forget(key.id);
    key.material.fill(0);
  }

  /** Wipes all keys from memory; their records are the caller's to delete. */
  async wipe(): Promise<void> {
    for (const handle of await super.list()) {
      this.release(handle).material.fill(0);
      this.#forget(handle.id);
    }
  }

  has(id: string): boolean {
    return this.#about.has(id);
  }

  override async list(): Promise<readonly VaultKeyHandle[]> {
    return (await super.list()).map((handle) => this.#described(handle));
  }

  /** The key of a label; undefined where there is none, or not yet. */
  idOf(label: string): string | undefined {
    return this.#labels.get(label);
  }

  isGranted(id: string, client: string): boolean {
    return this.#about.get(id)?.granted.includes(client) ?? false;
  }

  /** The keys that a client may use. */
  async grantedTo(client: string): Promise<readonly VaultKeyHandle[]> {
    return (await this.list()).filter(({ id }) => this.isGranted(id, client));
  }

  async grant(handle: KeyHandle, client: string): Promise<void> {
    checkClient(client);
    const id = requireKeyId(handle);
    const record = await this.#store.read(this.#nameOf(id));
    if (record === undefined) throw new SelvageError('key-not-found', 'there is no such key here', { details: { id } });
    const key = decodeKey(id, record);
    record.fill(0);
    const granted = [...new Set([...key.granted, client])];
    if (granted.length > mostGrants) {
      key.material.fill(0);
      throw new SelvageError('payload-too-large', `a key is granted to ${mostGrants} clients at most`);
    }
    const value = encodeKey({ ...key, granted });
    key.material.fill(0);
    await this.#commit(id, value);
    this.#about.set(id, { label: key.label, granted });
  }

  async #make(options: VaultKeyOptions | undefined, policy: KeyPolicy, given?: Secret): Promise<VaultKeyHandle> {
    const label = options?.label;
    if (label !== undefined) this.#requireFree(label);
    if (this.#about.size + this.#inTheMaking >= mostKeys) {
      throw new SelvageError('payload-too-large', `there are ${mostKeys} keys already`, {
        remedy: 'Destroy keys that are not used any more.',
      });
    }
    const key: VaultKey = { ...this.newKey(policy, given), label, granted: [] };
    if (label !== undefined) this.#labels.set(label, undefined);
    this.#inTheMaking++;
    try {
      await this.#commit(key.id, encodeKey(key));
    } catch (error) {
      if (label !== undefined) this.#labels.delete(label);
      key.material.fill(0);
      throw error;
    } finally {
      this.#inTheMaking--;
    }
    return this.#described(this.#know(key));
  }

  #requireFree(label: string): void {
    checkLabel(label);
    if (!this.#labels.has(label)) return;
    throw new SelvageError('invalid-argument', `there is a key ${label} already`, {
      details: { label },
      remedy: 'Use another label, or destroy that key.',
    });
  }

  async #commit(id: string, value: Uint8Array): Promise<void> {
    const committed = this.#store.commit([{ name: this.#nameOf(id), value }]);
    value.fill(0);
    await committed;
  }

  #know(key: VaultKey): KeyHandle {
    const { id, label, granted } = key;
    this.#about.set(id, { label, granted });
    if (label !== undefined) this.#labels.set(label, id);
    const { order, policy, material } = key;
    return this.keep({ id, order, policy, material });
  }

  #forget(id: string): void {
    const label = this.#about.get(id)?.label;
    if (label !== undefined) this.#labels.delete(label);
    this.#about.delete(id);
  }

  #described(handle: KeyHandle): VaultKeyHandle {
    return Object.freeze({ ...handle, owner: this.#owner, label: this.#about.get(handle.id)?.label });
  }

  #nameOf(id: string): string {
    return keyPrefix(this.#owner) + id;
  }
}
