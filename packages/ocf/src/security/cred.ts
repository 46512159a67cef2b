import type { CborInput, CborValue } from '@selvage/core';
import { listOf } from '../property/list.js';
import type { Valued } from '../property/property-type.js';
import { optional, record } from '../property/record.js';
import { uuid } from '../property/uuid.js';
import { credential, credentialInput } from './credential.js';

/** Credentials in one update, at most. */
const mostCredentials = 256;

const cred = record({ creds: listOf(credential), rowneruuid: uuid }, { unknown: 'ignore' });

const credUpdate = record(
  { creds: optional(listOf(credentialInput, { maximum: mostCredentials })), rowneruuid: optional(uuid) },
  { unknown: 'ignore' },
);

/** `/oic/sec/cred`: the credentials of a device. */
export type Cred = Valued<typeof cred>;
/** What an update of cred may set: credentials that are added or replaced, and the resource owner. */
export type CredUpdate = Valued<typeof credUpdate>;

/** Reads what a device says of its credentials. @throws FormatError `invalid-value` */
export function readCred(value: CborValue): Cred {
  return cred.read(value);
}

export function writeCred(value: Cred): CborInput {
  return cred.write(value);
}

/** Reads an update. @throws FormatError `invalid-value` */
export function readCredUpdate(value: CborValue): CredUpdate {
  return credUpdate.read(value);
}

export function writeCredUpdate(value: CredUpdate): CborInput {
  return credUpdate.write(value);
}
