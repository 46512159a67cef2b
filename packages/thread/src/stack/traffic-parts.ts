import type { Entropy, Instant } from '@selvage/core';
import type { Ip6Prefix } from '../ip6/address/prefix.js';
import type { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import type { Adaptation } from '../lowpan/adaptation.js';
import type { LinkService } from '../mac/link-service.js';
import type { LinkIndication, SendOutcome } from '../mac/link-user.js';
import type { Valid } from '../mle/parent/child-entry.js';
import type { NetworkData } from '../netdata/network-data.js';
import type { ResolverOutput } from '../resolve/address-resolver.js';
import type { PacketInfo } from './packet-info.js';
import type { PacketSender } from './packet-sender.js';
import type { Place } from './place.js';

/** What became of packets on their way; drops by their reason. */
export interface TrafficCounters {
  /** For somebody else, and sent on. */
  forwarded: number;
  /** Unprotected, or from somebody who has not proved to be who it was, and no MLE. */
  unprotected: number;
  /** Its hops were used up, or there was no way. */
  unroutable: number;
  /** A multicast that was seen before. */
  repeated: number;
  /** Nobody said where its destination is, or too many were being asked for. */
  unresolved: number;
}

/** What lies beyond the mesh, for a node that is its border router. */
export interface Beyond {
  /** Whether a unicast address is there. */
  has(address: Uint8Array): boolean;
  /** Whether it is one of the mesh's own prefixes that lives there all the same, so that this node answers for it. */
  answersFor(address: Uint8Array): boolean;
  /** A packet that is to go there. */
  take(packet: Uint8Array, now: Instant): void;
  /** A packet from there cannot reach its destination; the code is one of `unreachableCodes`. */
  refuse(packet: Uint8Array, code: number, now: Instant): void;
}

/** What `Traffic` is made of. */
export interface TrafficParts {
  readonly link: LinkService;
  readonly entropy: Entropy;
  readonly adaptation: Adaptation;
  readonly sender: PacketSender;
  readonly ip: Ip6Stack<PacketInfo>;
  readonly place: () => Place;
  readonly meshLocal: () => Ip6Prefix;
  readonly networkData: () => NetworkData;
  /** Whether more than MLE is taken from this neighbour. */
  readonly admits: (frame: LinkIndication) => boolean;
  /** Takes a packet that the network's key does not protect: one of a joiner, or for one. False for any other. */
  readonly isJoining: (packet: Uint8Array, info: PacketInfo, now: Instant) => boolean;
  /** A unicast frame to a neighbour went out, or did not. */
  readonly onSent: (short: number, outcome: SendOutcome, now: Instant) => void;
  /** A child of ours speaks by another router. */
  readonly onChildElsewhere: (child: Valid, now: Instant) => void;
  /** All routers are to be asked who has an address, or told that two have it. */
  readonly ask: (order: Extract<ResolverOutput, { kind: 'query' | 'conflict' }>) => void;
}
