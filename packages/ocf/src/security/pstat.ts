import type { CborInput, CborValue } from '@selvage/core';
import { anything } from '../property/anything.js';
import type { Valued } from '../property/property-type.js';
import { optional, record } from '../property/record.js';
import { boolean, integer } from '../property/scalars.js';
import { uuid } from '../property/uuid.js';

const mode = integer({ minimum: 0, maximum: 255 });
const operationalMode = integer({ minimum: 0, maximum: 7 });

const pstat = record(
  {
    /** The state of the device; `p` while it is not reached yet. */
    dos: record({ p: boolean, s: integer({ minimum: 0, maximum: 4 }) }, { unknown: 'ignore' }),
    /** Provisioning modes: now, and aimed at. */
    cm: mode,
    tm: mode,
    /** Operational modes: now, and supported. */
    om: operationalMode,
    sm: operationalMode,
    isop: boolean,
    rowneruuid: uuid,
  },
  { unknown: 'ignore' },
);

const pstatUpdate = record({
  dos: optional(record({ p: optional(boolean), s: integer() })),
  cm: optional(mode),
  tm: optional(mode),
  om: optional(operationalMode),
  sm: optional(operationalMode),
  isop: optional(boolean),
  rowneruuid: optional(uuid),
  rt: optional(anything),
  if: optional(anything),
});

/** `/oic/sec/pstat`: the state of the device. */
export type Pstat = Valued<typeof pstat>;

/** What an update of pstat may try to set. `rt` and `if` are passed over. */
export type PstatUpdate = Valued<typeof pstatUpdate>;

/** Reads what a device says of its state. @throws FormatError `invalid-value` */
export function readPstat(value: CborValue): Pstat {
  return pstat.read(value);
}

export function writePstat(value: Pstat): CborInput {
  return pstat.write(value);
}

/** Reads an update; a property that pstat does not have is refused. @throws FormatError `invalid-value` */
export function readPstatUpdate(value: CborValue): PstatUpdate {
  return pstatUpdate.read(value);
}

export function writePstatUpdate(value: PstatUpdate): CborInput {
  return pstatUpdate.write(value);
}
