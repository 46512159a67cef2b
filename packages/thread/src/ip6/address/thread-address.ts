import { interfaceIdLength, interfaceIdOfExtended, interfaceIdOfShort, hasShortInterfaceId } from './interface-id.js';
import type { Ip6Prefix } from './prefix.js';
import { addressLength, parseIp6 } from './text.js';

/** The least anycast locator: from here on no node's RLOC16 reaches (Thread 1.3 §5.2.2.2). */
const leastAnycast = 0xfc00;

/** Anycast locators of roles: the lower 16 bits of an ALOC. */
export const anycastLocators = {
  leader: 0xfc00,
  /** DHCPv6 agent of a network data context, 1 to 15. */
  dhcpAgent: (contextId: number): number => leastAnycast + contextId,
  /** Anybody that serves a network data service, 0 to 15. */
  service: (serviceId: number): number => 0xfc10 + serviceId,
  commissioner: (sessionId: number): number => 0xfc30 + (sessionId & 7),
  primaryBackboneRouter: 0xfc38,
  neighbourDiscoveryAgent: (contextId: number): number => 0xfc40 + contextId - 1,
} as const;

/** Whether an anycast locator is a commissioner's. */
export function isCommissionerLocator(locator: number): boolean {
  return locator >= anycastLocators.commissioner(0) && locator <= anycastLocators.commissioner(7);
}

/** An address of a prefix of 64 bits and an interface identifier. */
export function addressOf(prefix: Uint8Array, interfaceId: Uint8Array): Uint8Array {
  const address = new Uint8Array(addressLength);
  address.set(prefix.subarray(0, 8));
  address.set(interfaceId, addressLength - interfaceIdLength);
  return address;
}

/** `fe80::` with the interface identifier of an extended address, 8 bytes in printed order. */
export function linkLocalAddress(extended: Uint8Array): Uint8Array {
  return addressOf(linkLocalPrefix, interfaceIdOfExtended(extended));
}

/** The routing locator of an RLOC16, or the anycast locator of an {@link anycastLocators}. */
export function locatorAddress({ address }: Ip6Prefix, locator: number): Uint8Array {
  return addressOf(address, interfaceIdOfShort(locator));
}

/** What an address of the mesh-local prefix is: a routing or anycast locator, or somebody's endpoint identifier. */
export function locatorOf(
  address: Uint8Array,
): { readonly kind: 'rloc' | 'aloc'; readonly locator: number } | undefined {
  if (!hasShortInterfaceId(address)) return undefined;
  const locator = ((address[14] as number) << 8) | (address[15] as number);
  if (locator >= leastAnycast) return { kind: 'aloc', locator };
  // Bit 9 of an RLOC16 is reserved: an address with it is nobody's locator.
  return (locator & 0x200) === 0 ? { kind: 'rloc', locator } : undefined;
}

/**
 * The prefix-based group of all Thread nodes, sleepy ones too: `ff32:40:<prefix>::1` on the link, `ff33:40:…` in the
 * realm (RFC 3306; Thread 1.3 §5.2.1).
 */
export function allThreadNodes(scope: 'link' | 'realm', { address, length }: Ip6Prefix): Uint8Array {
  const group = new Uint8Array(addressLength);
  group.set([0xff, scope === 'link' ? 0x32 : 0x33, 0, length]);
  group.set(address.subarray(0, 8), 4);
  group[15] = 1;
  return group;
}

const linkLocalPrefix = parseIp6('fe80::');
