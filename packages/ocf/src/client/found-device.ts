import type { PeerAddress } from '@selvage/core';
import type { Doxm } from '../security/doxm.js';
import type { Uuid } from '../uuid/uuid.js';
import type { ResourceLink } from './link.js';

/** A device and where it can be reached. */
export interface ReachableDevice<Address extends PeerAddress> {
  readonly device: Uuid;
  /** Where it takes secured sessions, the preferred address first. */
  readonly secured: readonly Address[];
}

/** A device that a discovery found. On hosts with IPv4 and IPv6 it answers on both, and is one. */
export interface FoundDevice<Address extends PeerAddress> extends ReachableDevice<Address> {
  /** Where it answered, unsecured; the first answer first. */
  readonly plain: readonly Address[];
  /** Whether it has an owner; `undefined` where what was asked does not tell. */
  readonly owned: boolean | undefined;
  /** What it says of its ownership, where that was asked. */
  readonly doxm: Doxm | undefined;
  /** The resources that were asked for. */
  readonly links: readonly ResourceLink[];
  /** `n` of `/oic/d`, where it was read. */
  readonly name: string | undefined;
  /** `piid` of `/oic/d`: stays what it is when the device is reset. */
  readonly platform: Uuid | undefined;
}

/** What `other` adds to what is known of the same device. */
export function merged<Address extends PeerAddress>(
  known: FoundDevice<Address>,
  other: FoundDevice<Address>,
): FoundDevice<Address> {
  return {
    ...known,
    owned: known.owned ?? other.owned,
    doxm: known.doxm ?? other.doxm,
    name: known.name ?? other.name,
    platform: known.platform ?? other.platform,
    plain: allOf(known.plain, other.plain),
    secured: allOf(known.secured, other.secured),
    links: [...known.links, ...other.links.filter(({ href }) => known.links.every((link) => link.href !== href))],
  };
}

function allOf<Address extends PeerAddress>(some: readonly Address[], more: readonly Address[]): readonly Address[] {
  const keys = new Set(some.map(({ key }) => key));
  return [...some, ...more.filter(({ key }) => !keys.has(key))];
}
