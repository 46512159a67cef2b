import { type CborInput, Secret } from '@selvage/core';
import { credentialTypes, type DeviceStateName, encodings } from '../../../src/index.js';
import { named, owner } from '../support/world.js';

/** The states in the order of the columns below. */
export const columns: readonly DeviceStateName[] = ['RESET', 'RFOTM', 'RFPRO', 'RFNOP', 'SRESET'];

/** One property: what is written to it, which changes nothing where it is as the owned device of these tests has it. */
export interface PropertyRow {
  readonly resource: 'doxm' | 'pstat' | 'cred' | 'acl2' | 'roles' | 'csr' | 'sp' | 'sdi' | 'ael';
  readonly property: string;
  readonly value: (state: DeviceStateName) => CborInput;
  /** `w` where it may be written outside the onboarding connection, by {@link columns}. */
  readonly outside: string;
  /** The same over the onboarding connection. */
  readonly inside: string;
}

const number: Record<DeviceStateName, number> = { RESET: 0, RFOTM: 1, RFPRO: 2, RFNOP: 3, SRESET: 4 };
const profile = '1.3.6.1.4.1.51414.0.0.1.0';

/** Every property of every security virtual resource, by section 4 of the protocol note. */
export const properties: readonly PropertyRow[] = [
  row('doxm', 'oxms', { oxms: [0] }, '.....', '.....'),
  row('doxm', 'oxmsel', { oxmsel: 0 }, '.w...', '.....'),
  row('doxm', 'sct', { sct: 9 }, '.....', '.....'),
  row('doxm', 'owned', { owned: true }, '.....', '.w...'),
  row('doxm', 'devowneruuid', { devowneruuid: owner }, '.....', '.w...'),
  row('doxm', 'deviceuuid', { deviceuuid: named }, '.....', '.w...'),
  row('doxm', 'rowneruuid', { rowneruuid: owner }, '.....', '.w..w'),
  { ...row('pstat', 'dos.s', {}, '.wwww', '.wwww'), value: (state) => ({ dos: { s: number[state] } }) },
  { ...row('pstat', 'dos.p', {}, '.....', '.....'), value: (state) => ({ dos: { s: number[state], p: false } }) },
  row('pstat', 'cm', { cm: 0 }, '.....', '.....'),
  row('pstat', 'tm', { tm: 0 }, '.wwww', '.wwww'),
  row('pstat', 'om', { om: 4 }, '.wwww', '.wwww'),
  row('pstat', 'sm', { sm: 4 }, '.....', '.....'),
  row('pstat', 'isop', { isop: true }, '.....', '.....'),
  row('pstat', 'rowneruuid', { rowneruuid: owner }, '.w..w', '.w..w'),
  row('cred', 'creds', { creds: [] }, '.ww.w', '.ww.w'),
  row('cred', 'rowneruuid', { rowneruuid: owner }, '.w..w', '.w..w'),
  row('acl2', 'aclist2', { aclist2: [] }, '.ww.w', '.ww.w'),
  row('acl2', 'rowneruuid', { rowneruuid: owner }, '.w..w', '.w..w'),
  row('roles', 'roles', { roles: [] }, '..www', '..www'),
  row('csr', 'csr', { csr: '' }, '.....', '.....'),
  row('csr', 'encoding', { encoding: encodings.pem }, '.....', '.....'),
  row('sp', 'currentprofile', { currentprofile: profile }, '.ww.w', '.ww.w'),
  row('sp', 'supportedprofiles', { supportedprofiles: [profile] }, '.ww.w', '.ww.w'),
  row('sdi', 'uuid', { uuid: owner }, '.w...', '.w...'),
  row('sdi', 'name', { name: 'home' }, '.ww.w', '.ww.w'),
  row('sdi', 'priv', { priv: false }, '.ww.w', '.ww.w'),
  row('ael', 'categoryfilter', { categoryfilter: 255 }, '.ww.w', '.ww.w'),
  row('ael', 'priorityfilter', { priorityfilter: 4 }, '.ww.w', '.ww.w'),
  row('ael', 'maxspace', { maxspace: 1 }, '.....', '.....'),
  row('ael', 'usedspace', { usedspace: 1 }, '.....', '.....'),
  row('ael', 'unit', { unit: 'Byte' }, '.....', '.....'),
  row('ael', 'events', { events: [] }, '.....', '.....'),
];

/** What answers a write that the rules do not allow: `csr` has no such method, `ael` is closed in normal operation. */
export function refusalOf({ resource }: PropertyRow, state: DeviceStateName): '4.00' | '4.03' | '4.05' {
  if (resource === 'csr') return '4.05';
  return resource === 'ael' && (state === 'RFNOP' || state === 'RESET') ? '4.03' : '4.00';
}

/** Whether the rules allow a write. */
export function mayWrite(row: PropertyRow, state: DeviceStateName, inside: boolean): boolean {
  return (inside ? row.inside : row.outside)[columns.indexOf(state)] === 'w';
}

/** The lists of which entries are deleted, in the states of {@link columns}; the connection does not matter. */
export const deletions = { cred: '.ww.w', acl2: '.ww.w' } as const;

/** The owner's credential, as a device keeps it. */
export const ownerCredential = {
  credid: 7,
  credtype: credentialTypes.symmetricPairwise,
  subjectuuid: owner,
  key: Secret.of(new Uint8Array(16).fill(7)),
} as const;

function row(
  resource: PropertyRow['resource'],
  property: string,
  value: CborInput,
  outside: string,
  inside: string,
): PropertyRow {
  return { resource, property, value: () => value, outside, inside };
}
