import { ip6HeaderLength, ip6Offsets } from '../ip6/header/ip6-header.js';
import { nextHeaders } from '../ip6/header/next-header.js';
import type { LinkPair } from '../lowpan/link-pair.js';
import type { LinkService } from '../mac/link-service.js';
import type { FrameProtection } from '../mac/link-user.js';
import type { Neighbour } from '../mac/neighbour.js';
import { mlePort } from '../mle/mle-datagram.js';
import { staysOnLink } from './link-paths.js';

/** What the link says of the frame in which a packet, or the last part of it, came. */
export interface PacketInfo {
  readonly link: LinkPair;
  readonly protection: FrameProtection;
  /** Who sent it, proved. */
  readonly neighbour: Neighbour | undefined;
  readonly sourcePan: number;
  readonly channel: number;
  /** dBm. */
  readonly rssi: number;
}

/** A datagram to the port of MLE on the link: all that may come without protection. */
export function isMle(packet: Uint8Array): boolean {
  const at = ip6HeaderLength;
  return (
    packet[ip6Offsets.nextHeader] === nextHeaders.udp &&
    packet.length >= at + 4 &&
    ((packet[at + 2] as number) << 8) + (packet[at + 3] as number) === mlePort &&
    staysOnLink(packet.subarray(ip6Offsets.destination, ip6HeaderLength))
  );
}

/** Of a packet to ourselves, which never was on the link. */
export function ownInfo({ extended, panId, channel, sensitivity }: LinkService): PacketInfo {
  const own = { kind: 'extended', extended } as const;
  return {
    link: { source: own, destination: own },
    protection: { kind: 'none' },
    neighbour: undefined,
    sourcePan: panId,
    channel,
    rssi: sensitivity,
  };
}
