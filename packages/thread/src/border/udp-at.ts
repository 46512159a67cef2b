import { ip6HeaderLength, ip6Offsets } from '../ip6/header/ip6-header.js';
import { nextHeaders } from '../ip6/header/next-header.js';
import { extensionUnit } from '../ip6/header/option.js';

/** Extension headers that are looked behind at most. */
const mostExtensions = 8;
const fragmentLength = 8;

/**
 * Where the UDP header of a packet begins, behind whatever headers there are; `elsewhere` for another protocol, and for a
 * later fragment, which has none; `unknown` where that cannot be told. Unlike the way to a node's own ports, this one ends at
 * no header that only others understand.
 */
export function udpAt(packet: Uint8Array): number | 'elsewhere' | 'unknown' {
  let protocol = packet[ip6Offsets.nextHeader] as number;
  let at = ip6HeaderLength;
  for (let extensions = 0; isExtension(protocol); extensions++) {
    if (extensions === mostExtensions || at + extensionUnit > packet.length) return 'unknown';
    const isFragment = protocol === nextHeaders.fragment;
    if (isFragment && isLater(packet, at)) return 'elsewhere';
    protocol = packet[at] as number;
    at += isFragment ? fragmentLength : extensionUnit * ((packet[at + 1] as number) + 1);
  }
  // What is in a tunnel comes out at a node that opens it, as if it were of the mesh.
  if (protocol === nextHeaders.ip6) return 'unknown';
  return protocol === nextHeaders.udp ? at : 'elsewhere';
}

/** Whether a fragment is not the first of its packet (RFC 8200 §4.5). */
function isLater(packet: Uint8Array, at: number): boolean {
  return (packet[at + 2] as number) !== 0 || ((packet[at + 3] as number) & 0xf8) !== 0;
}

function isExtension(protocol: number): boolean {
  switch (protocol) {
    case nextHeaders.hopByHop:
    case nextHeaders.routing:
    case nextHeaders.fragment:
    case nextHeaders.destinationOptions:
    case nextHeaders.mobility:
      return true;
    default:
      return false;
  }
}
