import {
  linkLocalAllNodes,
  linkLocalAllRouters,
  realmLocalAllForwarders,
  realmLocalAllNodes,
  realmLocalAllRouters,
} from '../ip6/address/classes.js';
import type { Ip6Prefix } from '../ip6/address/prefix.js';
import { addressOf, allThreadNodes, linkLocalAddress, locatorAddress } from '../ip6/address/thread-address.js';
import type { OwnAddress, OwnAddresses } from '../ip6/stack/own-addresses.js';
import { sameIp6 } from '../ip6/address/equal.js';

/** What a node's addresses come from. */
export interface AddressFacts {
  readonly extended: Uint8Array;
  readonly identity: { readonly interfaceId: Uint8Array };
  readonly meshLocalPrefix: Ip6Prefix;
  readonly locator: number | undefined;
  /** Locators of what it serves. */
  readonly anycasts: readonly number[];
  /** In prefixes of network data. */
  readonly onMesh?: readonly OwnAddress[];
}

/** The unicast addresses of a node (Thread 1.3 §5.2.2). */
export function ownAddressesOf(facts: AddressFacts): OwnAddress[] {
  const { extended, identity, meshLocalPrefix, locator, anycasts, onMesh = [] } = facts;
  const addresses: OwnAddress[] = [
    { kind: 'link-local', address: linkLocalAddress(extended) },
    { kind: 'mesh-local', address: addressOf(meshLocalPrefix.address, identity.interfaceId) },
  ];
  if (locator !== undefined) addresses.push({ kind: 'rloc', address: locatorAddress(meshLocalPrefix, locator) });
  for (const anycast of anycasts) addresses.push({ kind: 'aloc', address: locatorAddress(meshLocalPrefix, anycast) });
  return [...addresses, ...onMesh];
}

/** The groups that every node hears (Thread 1.3 §5.2.3). */
export function groupsOf(meshLocalPrefix: Ip6Prefix): Uint8Array[] {
  return [...wellKnown, allThreadNodes('link', meshLocalPrefix), allThreadNodes('realm', meshLocalPrefix)];
}

/** The groups that a router hears beside. */
export const routerGroups = [linkLocalAllRouters, realmLocalAllRouters] as const;

const wellKnown = [linkLocalAllNodes, realmLocalAllNodes, realmLocalAllForwarders];

/** What a child registers with its parent: the mesh-local address first, and where all count, others and groups. */
export function registeredOf({ unicast, groups }: OwnAddresses, whole: boolean): Uint8Array[] {
  const of = (kind: OwnAddress['kind']): Uint8Array[] =>
    unicast.filter((own) => own.kind === kind).map(({ address }) => address);
  if (!whole) return of('mesh-local');
  const own = groups.filter((group) => group[0] === 0xff && !isUsual(group));
  return [...of('mesh-local'), ...of('on-mesh'), ...own];
}

/** A group that a parent hands down without being asked, or never does. */
function isUsual(group: Uint8Array): boolean {
  return group[1] === 0x32 || group[1] === 0x33 || wellKnown.some((known) => sameIp6(known, group));
}
