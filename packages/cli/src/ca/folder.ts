import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Secret, SelvageError, type Store } from '@selvage/core';
import { FileStore } from '@selvage/core/node';
import { type KeyHandle, LocalKeyHome, nativeCore, writePrivateKey } from '@selvage/crypto';
import { type AuthoritySetting, CertificateAuthority, decodePem, encodePemChain } from '@selvage/pki';
import type { Surface } from '../terminal/surface.js';
import { drawKey, p256KeyIn, requirePrivateFile } from './key-file.js';
import { lockFolder } from './lock.js';
import { step } from './step.js';

/** Values of the folder's store, beside those that the authority itself keeps there. */
const [certificateName, keyName, listName] = ['certificate.pem', 'key.pem', 'list.pem'] as const;
const signing = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;

/** A folder that holds one authority, for this process alone until it is closed. */
export class AuthorityFolder {
  readonly path: string;
  readonly #store: Store;
  readonly #surface: Surface;
  readonly #keys: LocalKeyHome;
  readonly #unlock: () => void;

  private constructor(path: string, store: Store, surface: Surface, unlock: () => void) {
    this.path = path;
    this.#store = store;
    this.#surface = surface;
    this.#keys = new LocalKeyHome({ core: nativeCore, entropy: surface.entropy });
    this.#unlock = unlock;
  }

  /** Takes a folder that has an authority. @throws SelvageError `file-not-found`, `wrong-state`, `store-failed`. */
  static open(path: string, surface: Surface): Promise<AuthorityFolder> {
    return step(`open the authority in ${path}`, () => {
      if (existsSync(join(path, certificateName))) return AuthorityFolder.#take(path, surface);
      throw new SelvageError('file-not-found', 'there is none', {
        remedy: `make one with selvage ca init --ca ${path}, or name another folder with --ca`,
      });
    });
  }

  /** Takes a folder for a new authority. @throws SelvageError `wrong-state` where there is one, `store-failed`. */
  static prepare(path: string, surface: Surface): Promise<AuthorityFolder> {
    return step(`prepare ${path}`, () => {
      if (!existsSync(join(path, certificateName))) return AuthorityFolder.#take(path, surface);
      throw new SelvageError('wrong-state', 'it has an authority already', {
        remedy: 'name another folder with --ca; an authority that was made is never overwritten',
      });
    });
  }

  static async #take(path: string, surface: Surface): Promise<AuthorityFolder> {
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
   * The authority, with its key behind a handle of this process.
   * @throws SelvageError `key-usage-refused` for a key that others can read, `invalid-key` for a wrong passphrase.
   */
  async authority(passphrase: Secret): Promise<CertificateAuthority> {
    const chain = await step(`read ${certificateName}`, () => this.chain());
    const key = await step('open the key of the authority', () => this.#openKey(passphrase));
    return step('put key and certificate together', () => new CertificateAuthority(this.#setting(key), chain));
  }

  /** Makes a key, and keeps it encrypted. A new authority has it before its certificate, so that neither is alone. */
  async makeKey(passphrase: Secret): Promise<AuthoritySetting> {
    const key = await step('make the key of the authority', async () => {
      const secret = drawKey(this.#surface.entropy);
      const protection = { passphrase, entropy: this.#surface.entropy };
      const file = writePrivateKey(nativeCore, { kind: 'p256', key: secret }, protection);
      await this.#store.put(keyName, file.reveal());
      return this.#import(secret);
    });
    return this.#setting(key);
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

  close(): void {
    this.#unlock();
  }

  async #openKey(passphrase: Secret): Promise<KeyHandle> {
    const path = join(this.path, keyName);
    requirePrivateFile(path);
    const contents = await this.#store.get(keyName);
    return this.#import(p256KeyIn(contents ?? new Uint8Array(0), path, passphrase));
  }

  async #import(secret: Secret): Promise<KeyHandle> {
    const handle = await this.#keys.importKey(signing, secret);
    secret.dispose();
    return handle;
  }

  #setting(key: KeyHandle): AuthoritySetting {
    return { core: nativeCore, entropy: this.#surface.entropy, keys: this.#keys, key, store: this.#store };
  }
}
