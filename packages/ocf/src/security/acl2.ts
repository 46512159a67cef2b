import type { CborInput, CborValue } from '@selvage/core';
import { listOf } from '../property/list.js';
import type { Valued } from '../property/property-type.js';
import { optional, record } from '../property/record.js';
import { uuid } from '../property/uuid.js';
import { accessEntry, accessEntryInput } from './access-entry.js';

/** Entries in one update, at most. */
const mostEntries = 256;

const acl2 = record({ aclist2: listOf(accessEntry), rowneruuid: uuid }, { unknown: 'ignore' });

const acl2Update = record(
  { aclist2: optional(listOf(accessEntryInput, { maximum: mostEntries })), rowneruuid: optional(uuid) },
  { unknown: 'ignore' },
);

/** `/oic/sec/acl2`: who may do what with the resources of a device. */
export type Acl2 = Valued<typeof acl2>;
/** What an update of acl2 may set: entries that are added or replaced, and the resource owner. */
export type Acl2Update = Valued<typeof acl2Update>;

/** Reads a device's access control list. @throws FormatError `invalid-value` */
export function readAcl2(value: CborValue): Acl2 {
  return acl2.read(value);
}

export function writeAcl2(value: Acl2): CborInput {
  return acl2.write(value);
}

/** Reads an update. @throws FormatError `invalid-value` */
export function readAcl2Update(value: CborValue): Acl2Update {
  return acl2Update.read(value);
}

export function writeAcl2Update(value: Acl2Update): CborInput {
  return acl2Update.write(value);
}
