import { decodeCbor, encodeCbor, FormatError, SelvageError, type Store } from '@selvage/core';
import { bytes, integer, listOf, record, text, uuid, type Valued } from '@selvage/ocf';

const settings = record({
  /** Whom devices get as their owner. */
  owner: uuid,
  /** The security domain that they become part of. */
  domain: uuid,
  name: text({ minimum: 1, maximum: 64 }),
  /** When the site was made, milliseconds since 1970. */
  since: integer(),
  /** The authority's key by its id, and its certificate. */
  key: text(),
  chain: listOf(bytes(), { minimum: 1 }),
  /** Roots of the manufacturers whose devices are taken, in DER. */
  manufacturers: listOf(bytes()),
});

/** What a site is. */
export type SiteSettings = Valued<typeof settings>;

const name = 'settings';

/** @throws SelvageError `store-failed` for what is none. */
export async function readSettings(store: Store): Promise<SiteSettings | undefined> {
  const value = await store.get(name);
  try {
    return value && settings.read(decodeCbor(value));
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new SelvageError('store-failed', 'the settings of the site are damaged', {
      cause,
      remedy: 'restore the folder of the site from a backup',
    });
  }
}

export function writeSettings(store: Store, value: SiteSettings): Promise<void> {
  return store.put(name, encodeCbor(settings.write(value)));
}
