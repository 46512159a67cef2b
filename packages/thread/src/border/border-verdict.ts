import { isLoopback, isMulticast, isUnspecified } from '../ip6/address/classes.js';
import { type Icmp6Message, unreachableCodes } from '../ip6/header/icmp6.js';
import { ip6HeaderLength, ip6Mtu, ip6Offsets } from '../ip6/header/ip6-header.js';
import { nextHeaders } from '../ip6/header/next-header.js';
import { findUpperLayer } from '../ip6/stack/upper-layer.js';
import { mlePort } from '../mle/mle-datagram.js';
import { tmfPort } from '../tmf/tmf-port.js';
import { type BorderView, sideOf } from './border-view.js';
import { udpAt } from './udp-at.js';

/** Why a border router let a packet not pass. */
export type BorderRefusal =
  /** No IPv6 packet, or a length that is not its own. */
  | 'malformed'
  /** Link-local, multicast, loopback or nobody's: it does not leave its link. */
  | 'scope'
  /** A source that is on the other side, or mesh-local: whoever sends it is not whom it claims to be. */
  | 'spoofed'
  /** To or from the mesh's own addresses, which nobody outside knows. */
  | 'meshLocal'
  /** To a port by which the mesh manages itself. */
  | 'management'
  /** To where no way leads but the one that it came. */
  | 'noRoute'
  | 'hopLimit'
  | 'tooBig';

/** An error that answers a packet, without what it quotes (RFC 4443 §3). */
export type BorderError =
  | { readonly type: 'destinationUnreachable'; readonly code: number }
  | { readonly type: 'packetTooBig'; readonly mtu: number }
  | { readonly type: 'timeExceeded' };

/** What becomes of a packet at the border. */
export type BorderVerdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'refuse'; readonly why: BorderRefusal; readonly error?: BorderError };

/** What a packet of the host's may do, on its way into the mesh. */
export function verdictOnHost(packet: Uint8Array, view: BorderView): BorderVerdict {
  const scope = refusedAnywhere(packet);
  if (scope !== undefined) return { kind: 'refuse', why: scope };
  const from = sideOf(sourceOf(packet), view);
  if (from !== 'host') return { kind: 'refuse', why: 'spoofed' };
  const to = sideOf(destinationOf(packet), view);
  if (to === 'mesh-local') return unreachable('meshLocal', unreachableCodes.prohibited);
  if (to === 'host') return unreachable('noRoute', unreachableCodes.noRoute);
  if (isManagement(packet)) return unreachable('management', unreachableCodes.prohibited);
  if (isSpent(packet)) return { kind: 'refuse', why: 'hopLimit', error: { type: 'timeExceeded' } };
  if (packet.length <= ip6Mtu) return { kind: 'pass' };
  return { kind: 'refuse', why: 'tooBig', error: { type: 'packetTooBig', mtu: ip6Mtu } };
}

/** What a packet of the mesh's may do, on its way to the host. */
export function verdictOnMesh(packet: Uint8Array, view: BorderView): BorderVerdict {
  const scope = refusedAnywhere(packet);
  if (scope !== undefined) return { kind: 'refuse', why: scope };
  const to = sideOf(destinationOf(packet), view);
  if (to === 'mesh-local') return { kind: 'refuse', why: 'meshLocal' };
  if (to === 'mesh') return unreachable('noRoute', unreachableCodes.noRoute);
  const from = sideOf(sourceOf(packet), view);
  if (from === 'mesh-local') return unreachable('meshLocal', unreachableCodes.beyondScope);
  if (from === 'host') return { kind: 'refuse', why: 'spoofed' };
  if (isSpent(packet)) return { kind: 'refuse', why: 'hopLimit', error: { type: 'timeExceeded' } };
  return { kind: 'pass' };
}

/** The message of an error about a packet, with as much of it as is quoted. */
export function errorMessage(error: BorderError, quoted: Uint8Array): Icmp6Message {
  switch (error.type) {
    case 'destinationUnreachable':
      return { type: error.type, value: { code: error.code, checksum: 0, unused: 0, quoted } };
    case 'timeExceeded':
      return { type: error.type, value: { code: 0, checksum: 0, unused: 0, quoted } };
    case 'packetTooBig':
      return { type: error.type, value: { code: 0, checksum: 0, mtu: error.mtu, quoted } };
  }
}

export function sourceOf(packet: Uint8Array): Uint8Array {
  return packet.subarray(ip6Offsets.source, ip6Offsets.destination);
}

export function destinationOf(packet: Uint8Array): Uint8Array {
  return packet.subarray(ip6Offsets.destination, ip6HeaderLength);
}

/** Whether a packet is an ICMPv6 error, or cannot be told from one: about those nothing is said (RFC 4443 §2.4 (e)). */
export function mayBeError(packet: Uint8Array): boolean {
  const upper = findUpperLayer(packet);
  if (upper.kind !== 'found') return true;
  return upper.protocol === nextHeaders.icmp6 && (packet[upper.at] ?? 0) < 128;
}

function unreachable(why: BorderRefusal, code: number): BorderVerdict {
  return { kind: 'refuse', why, error: { type: 'destinationUnreachable', code } };
}

function refusedAnywhere(packet: Uint8Array): 'malformed' | 'scope' | undefined {
  const isWhole =
    packet.length >= ip6HeaderLength &&
    (packet[0] as number) >> 4 === 6 &&
    read16(packet, ip6Offsets.payloadLength) === packet.length - ip6HeaderLength;
  if (!isWhole) return 'malformed';
  return staysBehind(sourceOf(packet)) || staysBehind(destinationOf(packet)) ? 'scope' : undefined;
}

/** All of fe80::/10, as RFC 4291 §2.5.6 keeps it, not the part alone that is in use. */
function staysBehind(address: Uint8Array): boolean {
  const isLinkScope = address[0] === 0xfe && ((address[1] as number) & 0xc0) === 0x80;
  return isLinkScope || isMulticast(address) || isUnspecified(address) || isLoopback(address);
}

/**
 * MLE and the Thread Management Framework are for nodes alone (Thread 1.3 §5.10, §10.9). What cannot be told from them is taken
 * for them: nodes of others may understand headers that ours do not.
 */
function isManagement(packet: Uint8Array): boolean {
  const at = udpAt(packet);
  if (at === 'elsewhere') return false;
  if (at === 'unknown' || at + 4 > packet.length) return true;
  const port = read16(packet, at + 2);
  return port === mlePort || port === tmfPort;
}

function isSpent(packet: Uint8Array): boolean {
  return (packet[ip6Offsets.hopLimit] as number) <= 1;
}

function read16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
