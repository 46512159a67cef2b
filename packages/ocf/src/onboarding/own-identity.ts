import { type Clock, decodeCbor, encodeCbor, FormatError, SelvageError, type Store } from '@selvage/core';
import type { KeyHome } from '@selvage/crypto';
import {
  type CertificateAuthority,
  type CertificateProfile,
  type GrantedRole,
  readCertificate,
  validFor,
} from '@selvage/pki';
import type { CertifiedKey } from '../client/identity.js';
import { listOf } from '../property/list.js';
import type { Valued } from '../property/property-type.js';
import { record } from '../property/record.js';
import { bytes, text } from '../property/text.js';
import type { Uuid } from '../uuid/uuid.js';

const name = 'own-identity';
const days = 365;

const chain = listOf(bytes(), { minimum: 1 });
const storedIdentity = record({ key: text(), chain, roles: listOf(chain) });

type StoredIdentity = Valued<typeof storedIdentity>;

/** What the tool's own certificates are made with. */
export interface OwnIdentitySetting {
  readonly uuid: Uuid;
  readonly store: Store;
  readonly keys: KeyHome;
  readonly authority: CertificateAuthority;
  readonly clock: Clock;
}

/** The tool's own certificates. */
export interface OwnCertificates {
  readonly certificate: CertifiedKey;
  readonly roles: readonly (readonly Uint8Array[])[];
}

/** What the store has of the tool's certificates; `undefined` where it has none, or their key is gone. */
export async function loadOwnCertificates(store: Store, keys: KeyHome): Promise<OwnCertificates | undefined> {
  const value = await store.get(name);
  const stored = value && readStored(value);
  const key = stored && (await keys.list()).find(({ id }) => id === stored.key);
  return stored && key && { certificate: { chain: stored.chain, key }, roles: stored.roles };
}

/**
 * Has the authority certify the tool itself, and what roles it has; with the key of its earlier certificates where there
 * are some.
 * @throws SelvageError (rejects) as `CertificateAuthority.issue`, and as the key's home and the store.
 */
export async function issueOwnCertificates(
  { uuid, store, keys, authority, clock }: OwnIdentitySetting,
  {
    roles = [],
    before,
  }: { readonly roles?: readonly GrantedRole[] | undefined; readonly before?: OwnCertificates | undefined },
): Promise<OwnCertificates> {
  const key = before?.certificate.key ?? (await keys.generate({ algorithm: 'ecdsa-p256', usages: ['sign'] }));
  const publicKey = await keys.publicKey(key);
  const { notAfter } = authority.certificate.validity;
  const wanted = validFor(clock.wallTime(), days);
  const validity = { ...wanted, notAfter: Math.min(wanted.notAfter, notAfter) };
  const issue = async (profile: CertificateProfile): Promise<readonly Uint8Array[]> =>
    (await authority.issue(profile, { publicKey, validity })).chain;
  const own = await issue({ kind: 'identity', device: uuid });
  const roleChains = await Promise.all(roles.map((role) => issue({ kind: 'role', device: uuid, roles: [role] })));
  await store.put(name, encodeCbor(storedIdentity.write({ key: key.id, chain: own, roles: roleChains })));
  return { certificate: { chain: own, key }, roles: roleChains };
}

/** Whether certificates are there for long enough still. */
export function isLasting({ certificate, roles }: OwnCertificates, clock: Clock): boolean {
  return [certificate.chain, ...roles].every(([leaf]) => {
    const { notBefore, notAfter } = readCertificate(leaf ?? new Uint8Array(0)).validity;
    return clock.wallTime() < (notBefore + notAfter) / 2;
  });
}

function readStored(value: Uint8Array): StoredIdentity {
  try {
    return storedIdentity.read(decodeCbor(value));
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new SelvageError('store-failed', "the record of the tool's own identity is damaged", { cause });
  }
}
