import { type CborLimits, type CborValue, FormatError } from '@selvage/core';
import { anything } from '../property/anything.js';
import { listOf } from '../property/list.js';
import type { Valued } from '../property/property-type.js';
import { optional, record } from '../property/record.js';
import { integer } from '../property/scalars.js';
import { text } from '../property/text.js';
import { isUuid, parseUuid, type Uuid } from '../uuid/uuid.js';

/** A link of `/oic/res`: a resource, what it is, and where it can be reached. */
export interface ResourceLink {
  /** The device that has it; `undefined` where the link does not say. */
  readonly device: Uuid | undefined;
  /** Its path. */
  readonly href: string;
  readonly types: readonly string[];
  readonly interfaces: readonly string[];
  readonly isDiscoverable: boolean;
  readonly isObservable: boolean;
  /** URIs such as `coaps://[fe80::1]:36182`, the preferred first. */
  readonly endpoints: readonly string[];
}

/** The bits of `p.bm`. */
const [discoverableBit, observableBit] = [1, 2] as const;

const endpoint = record({ ep: text({ maximum: 256 }), pri: optional(integer()) }, { unknown: 'ignore' });

const link = record(
  {
    anchor: optional(text({ maximum: 256 })),
    href: text({ maximum: 256 }),
    rt: optional(listOf(text({ maximum: 256 }))),
    if: optional(listOf(text({ maximum: 256 }))),
    p: optional(record({ bm: optional(integer()) }, { unknown: 'ignore' })),
    eps: optional(listOf(endpoint)),
  },
  { unknown: 'ignore' },
);

const baseline = record({ links: listOf(anything) }, { unknown: 'ignore' });

/** The reference writes a key twice in some links; nothing but what is shown depends on them. */
export const linkLimits: CborLimits = { repeatedKeys: 'last' };

/**
 * The links of `/oic/res`, as its list, or in its baseline form. A link that is malformed is passed over: the others of a
 * device are good.
 * @throws FormatError `invalid-value` for what is neither form.
 */
export function readLinks(value: CborValue): ResourceLink[] {
  return itemsOf(value).flatMap((item) => readLink(item) ?? []);
}

function itemsOf(value: CborValue): readonly CborValue[] {
  const isList = Array.isArray(value);
  const [first] = isList ? (value as readonly CborValue[]) : [value];
  if (first instanceof Map && first.has('links')) return baseline.read(first as CborValue).links;
  if (isList) return value as readonly CborValue[];
  throw new FormatError('invalid-value', 'neither a list of links nor a map with one');
}

function readLink(item: CborValue): ResourceLink | undefined {
  try {
    return linkOf(link.read(item));
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function linkOf({ anchor, href, rt = [], if: interfaces = [], p, eps = [] }: Valued<typeof link>): ResourceLink {
  const bits = p?.bm ?? discoverableBit;
  return {
    device: deviceOfAnchor(anchor),
    href: pathOf(href),
    types: rt,
    interfaces,
    isDiscoverable: (bits & discoverableBit) !== 0,
    isObservable: (bits & observableBit) !== 0,
    endpoints: eps.toSorted((a, b) => (a.pri ?? 1) - (b.pri ?? 1)).map(({ ep }) => ep),
  };
}

/** A link's path; some servers write `ocf://<device>/path`. */
function pathOf(href: string): string {
  const path = /^ocf:\/\/[^/]*(\/.*)$/.exec(href)?.[1] ?? href;
  return path.startsWith('/') ? path : `/${path}`;
}

function deviceOfAnchor(anchor = ''): Uuid | undefined {
  const [, uuid = ''] = /^ocf:\/\/([^/]+)/.exec(anchor) ?? [];
  return isUuid(uuid) ? parseUuid(uuid) : undefined;
}
