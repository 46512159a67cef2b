import { decodeCbor, encodeCbor, Secret, SelvageError } from '@selvage/core';
import { listOf } from '../../property/list.js';
import { oneOf } from '../../property/one-of.js';
import type { PropertyType } from '../../property/property-type.js';
import { optional, record } from '../../property/record.js';
import { mapped } from '../../property/refined.js';
import { boolean, integer } from '../../property/scalars.js';
import { bytes, text } from '../../property/text.js';
import { uuid, uuidOrStar } from '../../property/uuid.js';
import { accessEntry } from '../../security/access-entry.js';
import { type CredentialUsage, credentialUsages } from '../../security/credential.js';
import { deviceStateNames } from '../../security/device-state.js';
import { type SecurityProfile, securityProfiles } from '../../security/sp.js';
import type { DurableState } from './durable-state.js';
import type { StoredCredential } from './stored-credential.js';
import type { StoredEntry } from './stored-entry.js';

/** The format of what is stored; a device refuses to start on another. */
const format = 1;

const secret: PropertyType<Secret> = mapped(bytes(), {
  read: (value) => Secret.of(value),
  write: (value) => value.reveal(),
});
/** Copied: what is read shares its memory with all that was stored. */
const der: PropertyType<Uint8Array> = mapped(bytes(), { read: (value) => value.slice(), write: (value) => value });

const credential: PropertyType<StoredCredential> = record({
  credid: integer(),
  credtype: integer(),
  subjectuuid: uuidOrStar,
  usage: optional(oneOf(Object.values(credentialUsages) as [CredentialUsage, ...CredentialUsage[]])),
  key: optional(secret),
  chain: optional(listOf(der)),
  roleid: optional(record({ role: text(), authority: optional(text()) })),
  oscore: optional(record({ senderid: optional(text()), recipientid: optional(text()), desc: optional(text()) })),
  tag: optional(text()),
});

const entry: PropertyType<StoredEntry> = record({ ...accessEntry.fields, tag: optional(text()) });
const profile = oneOf(Object.values(securityProfiles) as [SecurityProfile, ...SecurityProfile[]]);

const stored = record({
  format: oneOf([format]),
  dos: oneOf(deviceStateNames as [DurableState['dos'], ...DurableState['dos'][]]),
  deviceuuid: uuid,
  devowneruuid: uuid,
  owned: boolean,
  oxmsel: integer(),
  om: integer(),
  tm: integer(),
  rowners: record({ doxm: uuid, pstat: uuid, cred: uuid, acl2: uuid }),
  credentials: listOf(credential),
  entries: listOf(entry),
  domain: record({ uuid, name: text(), priv: boolean }),
  profiles: record({ current: profile, supported: listOf(profile) }),
  filters: record({ category: integer(), priority: integer() }),
  permanent: uuid,
  platform: uuid,
  keyId: text(),
});

/** A device's state as one value of its store. */
export function encodeState(state: DurableState): Uint8Array {
  return encodeCbor(stored.write({ format, ...state }));
}

/**
 * What {@link encodeState} wrote.
 * @throws SelvageError `store-failed` for anything else: whose device it is must not be guessed.
 */
export function decodeState(value: Uint8Array): DurableState {
  try {
    const { format: _, ...state } = stored.read(decodeCbor(value));
    return state;
  } catch (cause) {
    throw new SelvageError('store-failed', "the stored state of the device is not a device's state", {
      cause,
      remedy: 'restore its store, or start it anew with an empty one: it is then without an owner',
    });
  }
}
