import type { CborInput, CborValue } from '@selvage/core';
import { anything } from '../property/anything.js';
import { listOf } from '../property/list.js';
import { oneOf } from '../property/one-of.js';
import { misfit, type PropertyType, type Valued } from '../property/property-type.js';
import { optional, record } from '../property/record.js';
import { integer } from '../property/scalars.js';
import { text } from '../property/text.js';
import { uuid } from '../property/uuid.js';
import type { Uuid } from '../uuid/uuid.js';

/** What may be done with a resource: the bits of `permission`. */
export const permissions = { create: 1, retrieve: 2, update: 4, delete: 8, notify: 16 } as const;

/** Whether a request came authenticated and encrypted, or neither. */
export type ConnectionType = 'auth-crypt' | 'anon-clear';

/** Whom an access control entry speaks of. A role without authority is that role whoever granted it. */
export type Subject =
  | { readonly uuid: Uuid }
  | { readonly role: string; readonly authority?: string | undefined }
  | { readonly conntype: ConnectionType };

/** `*`: all resources that are not the core's; `+`: those that can be discovered; `-`: of these the unsecured ones. */
export type Wildcard = '*' | '+' | '-';

/** What an access control entry speaks of. */
export type AccessResource = { readonly href: string } | { readonly wc: Wildcard };

const subjectFields = record({
  uuid: optional(uuid),
  role: optional(text({ minimum: 1, maximum: 256 })),
  authority: optional(text({ maximum: 256 })),
  conntype: optional(oneOf(['auth-crypt', 'anon-clear'])),
});

/** Exactly one kind of subject. */
export const subject: PropertyType<Subject> = {
  schema: subjectFields.schema,
  read(value: CborValue): Subject {
    const { uuid: device, role, authority, conntype } = subjectFields.read(value);
    const kinds = [device, role ?? authority, conntype].filter((kind) => kind !== undefined);
    if (kinds.length !== 1) throw misfit(`${kinds.length} kinds of subject where there must be one`);
    if (device !== undefined) return { uuid: device };
    if (conntype !== undefined) return { conntype };
    if (role === undefined) throw misfit('an authority without a role');
    return authority === undefined || authority === '' ? { role } : { role, authority };
  },
  write: (value): CborInput => subjectFields.write(value),
};

/** `if` is tolerated, as plgd sends `["*"]`: access does not depend on interfaces. */
const resourceFields = record({
  href: optional(text({ minimum: 1, maximum: 256 })),
  wc: optional(oneOf(['*', '+', '-'])),
  if: optional(anything),
});

const accessResource: PropertyType<AccessResource> = {
  schema: resourceFields.schema,
  read(value: CborValue): AccessResource {
    const { href, wc } = resourceFields.read(value);
    if ((href === undefined) === (wc === undefined)) throw misfit('a resource is named by either href or wc');
    return href === undefined ? { wc: wc as Wildcard } : { href: href.startsWith('/') ? href : `/${href}` };
  },
  write: (value): CborInput => resourceFields.write(value),
};

/** The reference's tool sends nothing, nil or an empty list where there is no resource. */
const resourceList = listOf(accessResource, { maximum: 256 });
const resources: PropertyType<readonly AccessResource[]> = {
  ...resourceList,
  read: (value) => (value === null ? [] : resourceList.read(value)),
};

const aceid = integer({ minimum: 1, maximum: 0x7fff_ffff });
const permission = integer({ minimum: 0, maximum: 31 });
const tag = text({ maximum: 256 });

/** An access control entry as a device tells of it. */
export const accessEntry = record({ subject, resources, permission, aceid }, { unknown: 'ignore' });

/** An access control entry as it is given to a device; without `aceid` the device chooses one. */
export const accessEntryInput = record({
  aceid: optional(aceid),
  subject,
  resources,
  permission,
  tag: optional(tag),
  /** What an old conformance test sent; it means nothing. */
  href: optional(anything),
});

/** An access control entry of a device: whom it speaks of, of what, and what is allowed. */
export type AccessEntry = Valued<typeof accessEntry>;
/** An access control entry to be. */
export type AccessEntryInput = Valued<typeof accessEntryInput>;
