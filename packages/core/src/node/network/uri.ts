import { isIP } from 'node:net';
import { type UdpAddress, udpAddress } from '../udp-address.js';
import type { Reach } from './reach.js';

/** What a URI says of where its resource is. */
export interface UriAuthority {
  readonly host: string;
  readonly port: number;
}

/** What an interface reaches: its name is the zone of what is on its links. */
export interface Reaching {
  readonly name: string;
  readonly addresses: readonly { readonly reach: Reach }[];
}

/**
 * Reads the addresses that devices give of themselves. Names are not looked up: an OCF device gives its address. A
 * link-local one has no zone there, and gets that of the interface. Gives `undefined` for what the interface does not reach.
 */
export function addressResolver({ name, addresses }: Reaching): (uri: UriAuthority) => UdpAddress | undefined {
  const families = new Set(addresses.map(({ reach }) => (reach === 'ipv4' ? 4 : 6)));
  return ({ host, port }) => {
    // A zone in a URI is percent-encoded (RFC 6874), and the device's own: it means nothing here.
    const address = host.replace(/%.*$/, '');
    const family = isIP(address);
    if (!families.has(family as 4 | 6)) return undefined;
    return udpAddress(/^fe[89ab]/i.test(address) ? `${address}%${name}` : address, port);
  };
}

/** An address as it stands in a URI: without the zone, which means nothing to others. */
export function uriOf(scheme: 'coap' | 'coaps', { address, port, family }: UdpAddress): string {
  return `${scheme}://${family === 6 ? `[${address.replace(/%.*$/, '')}]` : address}:${port}`;
}
