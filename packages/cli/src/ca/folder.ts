import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Secret, SelvageError, type Store } from '@selvage/core';
import { FileStore } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import { type AuthoritySetting, CertificateAuthority, decodePem, encodePemChain } from '@selvage/pki';
import type { OpenVault } from '../keeping/kept-vault.js';
import type { Surface } from '../terminal/surface.js';
import { authorityKey, makeKey, openKey } from './authority-key.js';
import { lockFolder } from './lock.js';
import { step } from './step.js';

/** Values of the folder's store, beside those that the authority itself keeps there. */
const [certificateName, listName] = ['certificate.pem', 'list.pem'] as const;

/** A folder that holds one authority and the vault of its key, for this process alone until it is closed. */
export class AuthorityFolder {
  readonly path: string;
  readonly #store: Store;
  readonly #surface: Surface;
  readonly #unlock: () => void;
  #vault: OpenVault | undefined;

  private constructor(path: string, store: Store, surface: Surface, unlock: () => void) {
    this.path = path;
    this.#store = store;
    this.#surface = surface;
    this.#unlock = unlock;
  }

  /** Takes a folder that has an authority. @throws SelvageError `file-not-found`, `wrong-state`, `store-failed`. */
  static open(path: string, surface: Surface): Promise<AuthorityFolder> {
    return step(`open the authority in ${path}`, () => {
      if (existsSync(join(path, certificateName))) return AuthorityFolder.#prepare(path, surface);
      throw new SelvageError('file-not-found', 'there is none', {
        remedy: `make one with selvage ca init --ca ${path}, or name another folder with --ca`,
      });
    });
  }

  /** Takes a folder for a new authority. @throws SelvageError `wrong-state` where there is one, `store-failed`. */
  static prepare(path: string, surface: Surface): Promise<AuthorityFolder> {
    return step(`prepare ${path}`, () => {
      if (!existsSync(join(path, certificateName))) return AuthorityFolder.#prepare(path, surface);
      throw new SelvageError('wrong-state', 'it has an authority already', {
        remedy: 'name another folder with --ca; an authority that was made is never overwritten',
      });
    });
  }

  static async #prepare(path: string, surface: Surface): Promise<AuthorityFolder> {
    // The first opening makes the folder, which the lock needs.
    if (!existsSync(path)) await FileStore.open(path);
    const unlock = lockFolder(path);
    try {
      return new AuthorityFolder(path, await FileStore.open(path), surface, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Its certificates: its own first. @throws SelvageError. */
  async chain(): Promise<Uint8Array[]> {
    const pem = await this.#store.get(certificateName);
    return decodePem('CERTIFICATE', new TextDecoder().decode(pem));
  }

  /**
   * The authority, with its key behind a handle of its vault.
   * @throws SelvageError `key-usage-refused` for a key that others can read, `invalid-key` for a wrong passphrase.
   */
  async authority(passphrase: Secret): Promise<CertificateAuthority> {
    const chain = await step(`read ${certificateName}`, () => this.chain());
    const setting = await step('open the key of the authority', () => this.#take(openKey, passphrase));
    return step('put key and certificate together', () => new CertificateAuthority(setting, chain));
  }

  /** Makes a vault with a key. A new authority has it before its certificate, so that neither is alone. */
  makeKey(passphrase: Secret): Promise<AuthoritySetting> {
    return step('make the key of the authority', () => this.#take(makeKey, passphrase));
  }

  /** Keeps the certificates of a new authority: from here on there is one. */
  saveChain(chain: readonly Uint8Array[]): Promise<void> {
    return step(`write ${certificateName}`, () =>
      this.#store.put(certificateName, new TextEncoder().encode(encodePemChain(chain))),
    );
  }

  /** Keeps the newest revocation list, and says in which file. */
  async saveList(pem: string): Promise<string> {
    await step(`write ${listName}`, () => this.#store.put(listName, new TextEncoder().encode(pem)));
    return join(this.path, listName);
  }

  /** What the authority keeps, to be looked at without its key. */
  get store(): Store {
    return this.#store;
  }

  async close(): Promise<void> {
    await this.#vault?.close();
    this.#unlock();
  }

  async #take(open: typeof openKey, passphrase: Secret): Promise<AuthoritySetting> {
    const surface = this.#surface;
    this.#vault = await open({ surface, folder: this.path, passphrase });
    const { keys } = this.#vault;
    const key = await authorityKey(this.#vault);
    return { core: nativeCore, entropy: surface.entropy, keys, key, store: this.#store };
  }
}
