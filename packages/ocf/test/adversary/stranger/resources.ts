import type { Method } from '@selvage/coap';
import type { CborInput } from '@selvage/core';
import { stranger } from '../../device/support/world.js';

/** All methods that CoAP has. */
export const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE', 'FETCH', 'PATCH', 'iPATCH'];

/** A resource as a stranger tries it. */
export interface Target {
  readonly path: string;
  /** `r` where its default interface is for reading alone. */
  readonly interface: 'r' | 'rw';
  /** What would do harm, were it taken. */
  readonly harm: CborInput;
  /** What is refused from whoever sends it. */
  readonly malformed: CborInput;
}

const key = { data: new Uint8Array(16).fill(0xee), encoding: 'oic.sec.encoding.raw' };
const everything = { subject: { conntype: 'anon-clear' }, resources: [{ wc: '*' }], permission: 31 };

/** Every resource of the device under attack. */
export const targets: readonly Target[] = [
  target('/oic/sec/doxm', 'rw', { devowneruuid: stranger }, { owned: 'yes' }),
  target('/oic/sec/pstat', 'rw', { dos: { s: 0 } }, { om: 'all' }),
  target(
    '/oic/sec/cred',
    'rw',
    {
      creds: [{ credtype: 1, subjectuuid: stranger, privatedata: key }],
      rowneruuid: stranger,
    },
    { creds: 1 },
  ),
  target('/oic/sec/acl2', 'rw', { aclist2: [everything], rowneruuid: stranger }, { aclist2: 1 }),
  target('/oic/sec/roles', 'rw', { roles: [{ credtype: 8, credusage: 'oic.sec.cred.rolecert' }] }, { roles: 1 }),
  target('/oic/sec/csr', 'rw', { csr: '' }, {}),
  target('/oic/sec/sp', 'rw', { currentprofile: '1.3.6.1.4.1.51414.0.0.4.0' }, { currentprofile: 7 }),
  target('/oic/sec/sdi', 'rw', { name: 'mine', priv: true }, { priv: 'yes' }),
  target('/oic/sec/ael', 'rw', { categoryfilter: 0 }, { categoryfilter: 'none' }),
  target('/oic/res', 'r', {}, {}),
  target('/oic/d', 'r', { n: 'mine' }, {}),
  target('/oic/p', 'r', { mnmn: 'mine' }, {}),
  target('/oic/wk/con', 'rw', { n: 'mine' }, { n: 7 }),
  target('/oic/wk/introspection', 'r', {}, {}),
  target('/oc/introspection', 'r', {}, {}),
  target('/switch', 'rw', { value: true }, { value: 'on' }),
  target('/settings', 'rw', { dimmed: 99 }, { dimmed: 'all' }),
  target('/hidden', 'rw', { flag: true }, { flag: 'up' }),
  target('/open', 'rw', { flag: true }, { flag: 'up' }),
];

function target(path: string, readOrWrite: Target['interface'], harm: CborInput, malformed: CborInput): Target {
  return { path, interface: readOrWrite, harm, malformed };
}
