import type { LinkPair } from '../lowpan/link-pair.js';
import type { FrameProtection } from '../mac/link-user.js';
import type { Neighbour } from '../mac/neighbour.js';

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
