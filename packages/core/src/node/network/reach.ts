import type { UdpAddress } from '../udp-address.js';

/** How far an address reaches: all of IPv4 is one; of IPv6, a link, or beyond it. */
export type Reach = 'ipv4' | 'link' | 'wide';

/** What an address reaches best by, and what else may do. Whoever is on the link is reached over it. */
const ways: Readonly<Record<Reach, readonly Reach[]>> = {
  ipv4: ['ipv4'],
  link: ['link', 'wide'],
  wide: ['wide', 'link'],
};

/** How far away an address can be: of a group, how far it spans (RFC 4291 §2.7). */
export function reachOf({ family, address }: UdpAddress): Reach {
  if (family === 4) return 'ipv4';
  return /^(fe[89ab]|ff[0-9a-f]2)/.test(address) ? 'link' : 'wide';
}

/** Of one's own addresses, or what has them, the one that a peer is best reached from; `undefined` where none does. */
export function bestFor<T extends { readonly reach: Reach }>(own: readonly T[], peer: UdpAddress): T | undefined {
  for (const way of ways[reachOf(peer)]) {
    const best = own.find(({ reach }) => reach === way);
    if (best !== undefined) return best;
  }
  return undefined;
}
