/** The properties that updates of the security resources may set, and what kind of value each has: by the protocol note. */

/** What a value can be. */
export type Kind = 'boolean' | 'integer' | 'uuid' | 'text' | 'data' | 'list' | 'map';

/** One property, with the way to it, and what stands around it. */
export interface PropertyRow {
  readonly path: string;
  readonly name: string;
  readonly kind: Kind;
  /** An update in which the property has a value. */
  readonly around: (value: unknown) => Record<string, unknown>;
}

const key = { data: new Uint8Array(16).fill(1), encoding: 'oic.sec.encoding.raw' };
const subject = '01234567-89ab-4def-8123-456789abcdef';
const pair = { credtype: 1, subjectuuid: subject, privatedata: key };
const entry = { subject: { uuid: subject }, resources: [{ href: '/switch' }], permission: 2 };
const oscore = { credtype: 64, subjectuuid: subject, privatedata: { ...key, data: new Uint8Array(32) } };
const ids = { senderid: '00112233445566', recipientid: '66554433221100' };

export const properties: readonly PropertyRow[] = [
  top('/oic/sec/doxm', 'oxmsel', 'integer'),
  top('/oic/sec/doxm', 'owned', 'boolean'),
  top('/oic/sec/doxm', 'devowneruuid', 'uuid'),
  top('/oic/sec/doxm', 'deviceuuid', 'uuid'),
  top('/oic/sec/doxm', 'rowneruuid', 'uuid'),
  top('/oic/sec/pstat', 'dos', 'map'),
  row('/oic/sec/pstat', 'dos.s', 'integer', (s) => ({ dos: { s } })),
  top('/oic/sec/pstat', 'tm', 'integer'),
  top('/oic/sec/pstat', 'om', 'integer'),
  top('/oic/sec/pstat', 'rowneruuid', 'uuid'),
  top('/oic/sec/cred', 'creds', 'list'),
  top('/oic/sec/cred', 'rowneruuid', 'uuid'),
  row('/oic/sec/cred', 'creds[]', 'map', (one) => ({ creds: [pair, one] })),
  credential('credid', 'integer'),
  credential('credtype', 'integer'),
  credential('subjectuuid', 'uuid'),
  credential('privatedata', 'map'),
  row('/oic/sec/cred', 'data', 'data', (data) => ({ creds: [{ ...pair, privatedata: { ...key, data } }] })),
  row('/oic/sec/cred', 'encoding', 'text', (encoding) => ({ creds: [{ ...pair, privatedata: { ...key, encoding } }] })),
  credential('publicdata', 'map'),
  credential('credusage', 'text'),
  credential('roleid', 'map'),
  row('/oic/sec/cred', 'role', 'text', (role) => ({ creds: [{ ...pair, roleid: { role } }] })),
  row('/oic/sec/cred', 'authority', 'text', (authority) => ({
    creds: [{ ...pair, roleid: { role: 'a', authority } }],
  })),
  credential('tag', 'text'),
  row('/oic/sec/cred', 'oscore', 'map', (value) => ({ creds: [{ ...oscore, oscore: value }] })),
  row('/oic/sec/cred', 'senderid', 'text', (senderid) => ({ creds: [{ ...oscore, oscore: { ...ids, senderid } }] })),
  row('/oic/sec/cred', 'recipientid', 'text', (id) => ({
    creds: [{ ...oscore, oscore: { ...ids, recipientid: id } }],
  })),
  top('/oic/sec/acl2', 'aclist2', 'list'),
  top('/oic/sec/acl2', 'rowneruuid', 'uuid'),
  row('/oic/sec/acl2', 'aclist2[]', 'map', (one) => ({ aclist2: [entry, one] })),
  accessEntry('aceid', 'integer'),
  accessEntry('subject', 'map'),
  row('/oic/sec/acl2', 'uuid', 'uuid', (uuid) => ({ aclist2: [{ ...entry, subject: { uuid } }] })),
  row('/oic/sec/acl2', 'role', 'text', (role) => ({ aclist2: [{ ...entry, subject: { role } }] })),
  row('/oic/sec/acl2', 'conntype', 'text', (conntype) => ({ aclist2: [{ ...entry, subject: { conntype } }] })),
  accessEntry('permission', 'integer'),
  accessEntry('tag', 'text'),
  row('/oic/sec/acl2', 'resources[]', 'map', (one) => ({ aclist2: [{ ...entry, resources: [{ href: '/a' }, one] }] })),
  row('/oic/sec/acl2', 'href', 'text', (href) => ({ aclist2: [{ ...entry, resources: [{ href }] }] })),
  row('/oic/sec/acl2', 'wc', 'text', (wc) => ({ aclist2: [{ ...entry, resources: [{ wc }] }] })),
  top('/oic/sec/sp', 'currentprofile', 'text'),
  top('/oic/sec/sp', 'supportedprofiles', 'list'),
  row('/oic/sec/sp', 'supportedprofiles[]', 'text', (one) => ({ supportedprofiles: [one] })),
  top('/oic/sec/sdi', 'uuid', 'uuid'),
  top('/oic/sec/sdi', 'name', 'text'),
  top('/oic/sec/sdi', 'priv', 'boolean'),
  top('/oic/sec/ael', 'categoryfilter', 'integer'),
  top('/oic/sec/ael', 'priorityfilter', 'integer'),
];

const samples: readonly { readonly kinds: readonly Kind[]; readonly value: unknown }[] = [
  { kinds: [], value: null },
  { kinds: ['boolean'], value: true },
  { kinds: ['integer'], value: 1 },
  { kinds: [], value: -1 },
  { kinds: [], value: 1.5 },
  { kinds: [], value: Number.NaN },
  { kinds: [], value: Number.POSITIVE_INFINITY },
  { kinds: [], value: 2n ** 63n },
  { kinds: [], value: 2 ** 40 },
  { kinds: ['text', 'data'], value: 'text' },
  { kinds: [], value: 'x'.repeat(9000) },
  { kinds: ['text', 'data', 'uuid'], value: subject },
  { kinds: ['data'], value: new Uint8Array(16) },
  { kinds: ['list'], value: [] },
  { kinds: ['map'], value: new Map() },
  { kinds: [], value: [[[]]] },
  { kinds: ['map'], value: new Map([[1, 1]]) },
];

/** Values that a property of a kind never has. */
export function wrongValues(kind: Kind): readonly unknown[] {
  return samples.filter(({ kinds }) => !kinds.includes(kind)).map(({ value }) => value);
}

function top(path: string, name: string, kind: Kind): PropertyRow {
  return row(path, name, kind, (value) => ({ [name]: value }));
}

function credential(name: string, kind: Kind): PropertyRow {
  return row('/oic/sec/cred', `creds.${name}`, kind, (value) => ({ creds: [pair, { ...pair, [name]: value }] }));
}

function accessEntry(name: string, kind: Kind): PropertyRow {
  return row('/oic/sec/acl2', `aclist2.${name}`, kind, (value) => ({ aclist2: [entry, { ...entry, [name]: value }] }));
}

function row(path: string, name: string, kind: Kind, around: PropertyRow['around']): PropertyRow {
  return { path, name, kind, around };
}
