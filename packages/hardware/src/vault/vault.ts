import type { Secret, Store } from '@selvage/core';
import type { KeyHandle, KeyHome, KeyPolicy } from '@selvage/crypto';

/** A key of the vault, as its owner and those it was granted to see it. */
export interface VaultKeyHandle extends KeyHandle {
  /** Whose it is: another's where it was granted for use. */
  readonly owner: string;
  /** What people call it; no other key of the owner has it. */
  readonly label: string | undefined;
}

/** What a new key is beside its policy. */
export interface VaultKeyOptions {
  /** 1 to 64 of `A-Z a-z 0-9 . _ -`, starting with a letter or digit. */
  readonly label?: string | undefined;
}

/**
 * The keys that one client of the vault has: its own, and those of others that were granted to it, which it can use and
 * not destroy. Any other key looks like none at all. A key is durable before its handle is known, and gone for good
 * before `destroy` resolves.
 */
export interface VaultKeys extends KeyHome {
  /** @throws SelvageError as {@link KeyHome.generate}; `invalid-argument` for a label that another key has, `store-failed` */
  generate(policy: KeyPolicy, options?: VaultKeyOptions): Promise<VaultKeyHandle>;
  importKey(policy: KeyPolicy, key: Secret, options?: VaultKeyOptions): Promise<VaultKeyHandle>;
  /** Own keys, oldest first, and then those that were granted. */
  list(): Promise<readonly VaultKeyHandle[]>;
  /** The own key of this label; one that was granted is found by its owner, who may have given it any. */
  labelled(label: string): Promise<VaultKeyHandle | undefined>;
  /**
   * Lets another client use an own key for good.
   * @throws SelvageError `key-not-found` for another's, `payload-too-large` for the 17th client
   */
  grant(handle: KeyHandle, client: string): Promise<void>;
}

/** What one client of the vault is given: no call returns a private or a parent key. */
export interface Vault {
  /** The client's name: 1 to 32 of `a-z 0-9 -`. */
  readonly owner: string;
  readonly keys: VaultKeys;
  /** The client's own part of the sealed store. */
  readonly store: Store;
  /**
   * Data, up to 64 KiB, that only this client on this device can open again. It can lie anywhere.
   * @param label what it is for, written as that of a key
   */
  seal(label: string, data: Uint8Array): Promise<Uint8Array>;
  /** @throws SelvageError `decrypt-error` for what was not sealed here, or was changed */
  open(label: string, sealed: Uint8Array): Promise<Uint8Array>;
  /** A counter of the client's by name, 0 at first. It survives {@link Vault.erase}. */
  count(name: string): Promise<number>;
  /**
   * Raises it, durably.
   * @throws SelvageError `value-out-of-range` for a value below the present one, `payload-too-large` for the 257th counter
   */
  advance(name: string, to: number): Promise<void>;
  /** A token that says what was booted. @throws SelvageError `attestation-refused` where this vault makes none */
  attest(nonce: Uint8Array): Promise<Uint8Array>;
  /** Destroys all keys and stored values of this client, all at once. */
  erase(): Promise<void>;
}
