import { ip6HeaderLength, ip6Offsets } from '../header/ip6-header.js';
import { nextHeaders } from '../header/next-header.js';
import { extensionUnit } from '../header/option.js';

/** Where the upper layer of a packet begins, and what it is; or that the packet is not for us to understand. */
export type UpperLayer =
  | { readonly kind: 'found'; readonly protocol: number; readonly at: number }
  | { readonly kind: 'unsupported' | 'malformed' };

/** Extension headers of one packet at most. */
const mostExtensions = 4;
const [padOne, padMany, mpl] = [0x00, 0x01, 0x6d] as const;
/** What an option asks of a node that does not know it: 00 to skip it (RFC 8200 §4.2). */
const actionMask = 0xc0;

/**
 * Walks the extension headers of a packet (RFC 8200 §4). Hop-by-hop options, which stand first alone, and destination
 * options are passed where nothing in them must be understood; routing and fragment headers are not, as on all meshes.
 */
export function findUpperLayer(packet: Uint8Array): UpperLayer {
  let protocol = packet[ip6Offsets.nextHeader] as number;
  let at = ip6HeaderLength;
  for (let extensions = 0; ; extensions++) {
    const isOptions =
      protocol === nextHeaders.destinationOptions || (protocol === nextHeaders.hopByHop && extensions === 0);
    if (!isOptions) break;
    if (extensions === mostExtensions) return { kind: 'unsupported' };
    if (at + extensionUnit > packet.length) return { kind: 'malformed' };
    const end = at + extensionUnit * ((packet[at + 1] as number) + 1);
    if (end > packet.length) return { kind: 'malformed' };
    const verdict = checkOptions(packet, at + 2, end);
    if (verdict !== 'fine') return { kind: verdict };
    protocol = packet[at] as number;
    at = end;
  }
  return isExtension(protocol) ? { kind: 'unsupported' } : { kind: 'found', protocol, at };
}

function checkOptions(packet: Uint8Array, from: number, end: number): 'fine' | 'unsupported' | 'malformed' {
  for (let at = from; at < end; ) {
    const type = packet[at] as number;
    if (type === padOne) {
      at++;
      continue;
    }
    if (at + 2 > end) return 'malformed';
    at += 2 + (packet[at + 1] as number);
    if (at > end) return 'malformed';
    if (type !== padMany && type !== mpl && (type & actionMask) !== 0) return 'unsupported';
  }
  return 'fine';
}

function isExtension(protocol: number): boolean {
  switch (protocol) {
    case nextHeaders.hopByHop:
    case nextHeaders.routing:
    case nextHeaders.fragment:
    case nextHeaders.mobility:
      return true;
    default:
      return false;
  }
}
