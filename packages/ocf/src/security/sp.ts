import type { CborInput, CborValue } from '@selvage/core';
import { listOf } from '../property/list.js';
import { oneOf } from '../property/one-of.js';
import type { Valued } from '../property/property-type.js';
import { partial, record } from '../property/record.js';
import { text } from '../property/text.js';

/** The security profiles, by name. */
export const securityProfiles = {
  baseline: '1.3.6.1.4.1.51414.0.0.1.0',
  black: '1.3.6.1.4.1.51414.0.0.2.0',
  blue: '1.3.6.1.4.1.51414.0.0.3.0',
  purple: '1.3.6.1.4.1.51414.0.0.4.0',
} as const;

/** The object identifier of a security profile; see {@link securityProfiles}. */
export type SecurityProfile = (typeof securityProfiles)[keyof typeof securityProfiles];

const profile = oneOf(Object.values(securityProfiles) as [SecurityProfile, ...SecurityProfile[]]);
const sp = record({ currentprofile: text(), supportedprofiles: listOf(text()) }, { unknown: 'ignore' });
const spUpdate = partial(record({ currentprofile: profile, supportedprofiles: listOf(profile, { maximum: 4 }) }));

/** `/oic/sec/sp`: the security profile that the device keeps to, and those that it could. */
export type Sp = Valued<typeof sp>;
/** What an update of sp may set. */
export type SpUpdate = Valued<typeof spUpdate>;

/** @throws FormatError `invalid-value` */
export function readSp(value: CborValue): Sp {
  return sp.read(value);
}

export function writeSp(value: Sp): CborInput {
  return sp.write(value);
}

/** Reads an update; a property or profile that is not known is refused. @throws FormatError `invalid-value` */
export function readSpUpdate(value: CborValue): SpUpdate {
  return spUpdate.read(value);
}

export function writeSpUpdate(value: SpUpdate): CborInput {
  return spUpdate.write(value);
}
