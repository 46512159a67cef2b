import type { CborInput, CborValue } from '@selvage/core';
import type { Valued } from '../property/property-type.js';
import { listOf } from '../property/list.js';
import { partial, record } from '../property/record.js';
import { boolean, integer } from '../property/scalars.js';
import { uuid } from '../property/uuid.js';

const fields = {
  /** The owner transfer methods that the device offers. */
  oxms: listOf(integer({ minimum: 0, maximum: 65_535 })),
  /** The one that was chosen. */
  oxmsel: integer({ minimum: 0, maximum: 65_535 }),
  /** The kinds of credentials that the device takes, as a sum of their numbers. */
  sct: integer({ minimum: 0, maximum: 511 }),
  owned: boolean,
  devowneruuid: uuid,
  deviceuuid: uuid,
  rowneruuid: uuid,
} as const;

const doxm = record(fields, { unknown: 'ignore' });
const doxmUpdate = partial(record(fields));

/** `/oic/sec/doxm`: who owns the device, and how it changes owners. */
export type Doxm = Valued<typeof doxm>;

/** What an update of doxm may try to set. */
export type DoxmUpdate = Valued<typeof doxmUpdate>;

/** Reads what a device says of itself. @throws FormatError `invalid-value` */
export function readDoxm(value: CborValue): Doxm {
  return doxm.read(value);
}

export function writeDoxm(value: Doxm): CborInput {
  return doxm.write(value);
}

/** Reads an update; a property that doxm does not have is refused. @throws FormatError `invalid-value` */
export function readDoxmUpdate(value: CborValue): DoxmUpdate {
  return doxmUpdate.read(value);
}

export function writeDoxmUpdate(value: DoxmUpdate): CborInput {
  return doxmUpdate.write(value);
}
