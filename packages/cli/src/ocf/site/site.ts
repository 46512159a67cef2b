import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { prefixedStore, SelvageError, type Store } from '@selvage/core';
import { type KeyHome, nativeCore } from '@selvage/crypto';
import type { VaultKeys } from '@selvage/hardware';
import { newUuid } from '@selvage/ocf';
import { type AuthoritySetting, CertificateAuthority, validFor } from '@selvage/pki';
import { step } from '../../ca/step.js';
import { openVault } from '../../keeping/kept-vault.js';
import { ReleasableVault } from '../../keeping/releasable-vault.js';
import type { Surface } from '../../terminal/surface.js';
import type { KnownNetwork } from '../../thread/network/known-network.js';
import { type NodePlace, takePlace } from '../../thread/network/node-place.js';
import { DeviceNotes } from './device-notes.js';
import { readNetwork, writeNetwork } from './site-network.js';
import { readSettings, type SiteSettings, writeSettings } from './settings.js';

const authorityDays = 7305;
/** What the vault calls the authority's key. */
const keyLabel = 'authority';
const signing = { algorithm: 'ecdsa-p256', usages: ['sign'] } as const;

/**
 * All that an owner has, in one folder: who it is, its certificate authority, the keys of both, and what its onboarding
 * tool knows of each device. It lies in a vault, sealed, and is for one process at a time.
 */
export class Site {
  readonly folder: string;
  readonly keys: KeyHome;
  readonly authority: CertificateAuthority;
  readonly notes: DeviceNotes;
  /** Whether it was made just now. */
  readonly isNew: boolean;
  #settings: SiteSettings;
  readonly #vault: ReleasableVault;

  private constructor(folder: string, vault: ReleasableVault, parts: SiteParts) {
    this.folder = folder;
    this.#vault = vault;
    this.#settings = parts.settings;
    this.keys = vault.keys;
    this.authority = parts.authority;
    this.notes = parts.notes;
    this.isNew = parts.isNew;
  }

  /** Opens the site of a folder. @throws SelvageError `file-not-found` where there is none, `store-in-use`, `store-failed`. */
  static open(surface: Surface, folder: string): Promise<Site> {
    return step(`open the site in ${folder}`, async () => {
      if (!existsSync(folder)) throw noSite();
      return Site.#open(surface, folder, () => Promise.reject(noSite()));
    });
  }

  /**
   * Opens the site of a folder, or makes one there.
   * @param name what devices tell of it
   * @throws SelvageError `store-in-use`, `store-failed`.
   */
  static openOrMake(surface: Surface, folder: string, name?: string): Promise<Site> {
    return step(`open the site in ${folder}`, () =>
      Site.#open(surface, folder, (store, keys) => establish(surface, store, keys, name)),
    );
  }

  static async #open(
    surface: Surface,
    folder: string,
    make: (store: Store, keys: VaultKeys) => Promise<SiteSettings>,
  ): Promise<Site> {
    const vault = await ReleasableVault.open(() => openVault(surface, { folder, what: 'the site' }));
    try {
      const common = { core: nativeCore, entropy: surface.entropy };
      const { keys, store } = vault;
      const known = await readSettings(store);
      const settings = known ?? (await make(store, keys));
      const authority = await authorityOf(settings, { ...common, keys, store: prefixedStore(store, 'authority.') });
      const notes = await DeviceNotes.open(prefixedStore(store, 'notes.'));
      return new Site(folder, vault, { settings, authority, notes, isNew: known === undefined });
    } catch (error) {
      await vault.close();
      throw error;
    }
  }

  get settings(): SiteSettings {
    return this.#settings;
  }

  /** The part of the store that the onboarding tool has to itself. */
  get toolStore(): Store {
    return prefixedStore(this.#vault.store, 'tool.');
  }

  /** The Thread network that its devices are on, if they are on one. @throws SelvageError `store-failed`. */
  network(): Promise<KnownNetwork | undefined> {
    return readNetwork(this.#vault.store);
  }

  /** Says which Thread network its devices are on. @throws SelvageError `store-failed`. */
  setNetwork(network: KnownNetwork | undefined): Promise<void> {
    return writeNetwork(this.#vault.store, network);
  }

  /** Who a command of this site is on its network, until it lets others be that. @throws SelvageError `store-in-use`, `store-failed`. */
  takePlace(): Promise<NodePlace> {
    return takePlace(join(this.folder, 'nodes'), prefixedStore(this.#vault.store, 'nodes.'));
  }

  /** Changes what the site is. @throws SelvageError `store-failed`. */
  async change(change: Partial<Pick<SiteSettings, 'name' | 'manufacturers'>>): Promise<void> {
    const settings = { ...this.#settings, ...change };
    await writeSettings(this.#vault.store, settings);
    this.#settings = settings;
  }

  /** Lets others open it. What was read of it can still be used, and what is changed from then on is not kept. */
  close(): Promise<void> {
    return this.#vault.close();
  }
}

interface SiteParts {
  readonly settings: SiteSettings;
  readonly authority: CertificateAuthority;
  readonly notes: DeviceNotes;
  readonly isNew: boolean;
}

async function establish(
  { clock, entropy }: Surface,
  store: Store,
  keys: VaultKeys,
  wanted: string | undefined,
): Promise<SiteSettings> {
  const owner = newUuid(entropy);
  const name = wanted ?? `Selvage site ${owner.slice(0, 8)}`;
  // A command that was killed may have made it.
  const key = (await keys.labelled(keyLabel)) ?? (await keys.generate(signing, { label: keyLabel }));
  const now = clock.wallTime();
  const setting = { core: nativeCore, entropy, keys, key, store: prefixedStore(store, 'authority.') };
  const { chain } = await CertificateAuthority.establish(setting, {
    subject: [
      ['O', name],
      ['CN', 'Owner Root'],
    ],
    validity: validFor(now, authorityDays),
  });
  const domain = newUuid(entropy);
  const settings = { owner, domain, name, since: Math.floor(now), key: key.id, chain, manufacturers: [] };
  await writeSettings(store, settings);
  return settings;
}

async function authorityOf(
  { key: id, chain }: SiteSettings,
  setting: Omit<AuthoritySetting, 'key'>,
): Promise<CertificateAuthority> {
  const key = (await setting.keys.list()).find((one) => one.id === id);
  if (key !== undefined) return new CertificateAuthority({ ...setting, key }, chain);
  throw new SelvageError('store-failed', 'the key of its authority is not there', {
    remedy: 'restore the folder of the site from a backup',
  });
}

function noSite(): SelvageError {
  return new SelvageError('file-not-found', 'there is none', {
    remedy: 'selvage own makes one when it owns the first device; or name another folder with --site',
  });
}
