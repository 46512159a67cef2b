import type { CborInput, CborValue } from '@selvage/core';
import type { Valued } from '../property/property-type.js';
import { partial, record } from '../property/record.js';
import { boolean } from '../property/scalars.js';
import { text } from '../property/text.js';
import { uuid } from '../property/uuid.js';

const sdi = record({ uuid, name: text({ maximum: 256 }), priv: boolean }, { unknown: 'ignore' });
const sdiUpdate = partial(sdi, { unknown: 'ignore' });

/** `/oic/sec/sdi`: the security domain that the device belongs to; `priv` keeps it out of `/oic/res`. */
export type Sdi = Valued<typeof sdi>;
/** What an update of sdi may set. */
export type SdiUpdate = Valued<typeof sdiUpdate>;

/** @throws FormatError `invalid-value` */
export function readSdi(value: CborValue): Sdi {
  return sdi.read(value);
}

export function writeSdi(value: Sdi): CborInput {
  return sdi.write(value);
}

/** Reads an update. @throws FormatError `invalid-value` */
export function readSdiUpdate(value: CborValue): SdiUpdate {
  return sdiUpdate.read(value);
}

export function writeSdiUpdate(value: SdiUpdate): CborInput {
  return sdiUpdate.write(value);
}
