import { isLinkLocal } from '../ip6/address/classes.js';
import { extendedOfAddress } from '../ip6/address/interface-id.js';
import { hasShortInterfaceId } from '../ip6/address/interface-id.js';
import { broadcast, extendedAddress, type MacAddress, shortAddress } from '../mac/address.js';
import type { LinkPath } from './packet-sender.js';

const network = { kind: 'network' } as const;

/** To a neighbour by its short address, as all traffic of the mesh goes. */
export function pathToShort(short: number): LinkPath {
  return { destination: shortAddress(short), source: 'short', protection: network };
}

/** To everybody in range who knows us. */
export const pathToAll: LinkPath = { destination: broadcast, source: 'short', protection: network };

/** To the neighbour of a link-local address, between addresses of its form so that the identifiers need not be sent. */
export function pathToLinkLocal(destination: Uint8Array): LinkPath {
  const mac = macOf(destination);
  return { destination: mac, source: 'extended', protection: network };
}

/** The link address that an interface identifier comes from. */
export function macOf(address: Uint8Array): MacAddress {
  if (!hasShortInterfaceId(address)) return extendedAddress(extendedOfAddress(address));
  return shortAddress(((address[14] as number) << 8) | (address[15] as number));
}

/** Whether a packet never leaves the link. */
export function staysOnLink(destination: Uint8Array): boolean {
  return isLinkLocal(destination) || (destination[0] === 0xff && ((destination[1] as number) & 0x0f) <= 2);
}
