import { ip6HeaderLength, ip6Offsets } from '../../ip6/header/ip6-header.js';
import { nextHeaders } from '../../ip6/header/next-header.js';
import { udpHeaderLength } from '../../ip6/header/udp.js';
import { upperLayerChecksum } from '../../ip6/header/checksum.js';
import { isLinkLocal } from '../../ip6/address/classes.js';
import { extendedOfAddress } from '../../ip6/address/interface-id.js';
import { linkLocalAddress } from '../../ip6/address/thread-address.js';
import { udpPacketOf } from '../../ip6/stack/packet-writer.js';
import { extendedAddress } from '../../mac/address.js';
import type { SendProtection } from '../../mac/link-request.js';
import type { LinkPath } from '../packet-sender.js';
import type { LinkPair } from '../../lowpan/link-pair.js';

/** A datagram on the link that the network's key does not protect. */
export interface LinkDatagram {
  /** 16 bytes, link-local. */
  readonly source: Uint8Array;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

/** It never leaves the link; so OpenThread has it, and so the frames are the same. */
const hopLimit = 64;

/** Reads a packet from a neighbour to us that never left the link; undefined for anything else. */
export function linkDatagram(packet: Uint8Array, { source: mac }: LinkPair, own: Uint8Array): LinkDatagram | undefined {
  const at = ip6HeaderLength;
  if (packet[ip6Offsets.nextHeader] !== nextHeaders.udp || packet.length < at + udpHeaderLength) return undefined;
  const source = packet.subarray(ip6Offsets.source, ip6Offsets.destination);
  const destination = packet.subarray(ip6Offsets.destination, at);
  if (!isLinkLocal(source) || String(destination) !== String(linkLocalAddress(own))) return undefined;
  // Who sent the frame is who the packet says it is from.
  if (mac.kind !== 'extended' || String(extendedOfAddress(source)) !== String(mac.extended)) return undefined;
  if (upperLayerChecksum(packet, at, packet.length, nextHeaders.udp) !== 0) return undefined;
  const read16 = (offset: number): number => ((packet[offset] as number) << 8) | (packet[offset + 1] as number);
  if (read16(at + 4) !== packet.length - at) return undefined;
  return {
    source: source.slice(),
    sourcePort: read16(at),
    destinationPort: read16(at + 2),
    payload: packet.slice(at + udpHeaderLength),
  };
}

/** The packet of a datagram to a neighbour. */
export function linkPacket(
  own: Uint8Array,
  to: Uint8Array,
  ports: { readonly from: number; readonly to: number },
  payload: Uint8Array,
): Uint8Array {
  const head = { source: linkLocalAddress(own), destination: linkLocalAddress(to), hopLimit, trafficClass: 0 };
  return udpPacketOf(head, ports.from, ports.to, payload);
}

/** How it goes over the link. */
export function linkPathTo(extended: Uint8Array, protection: SendProtection = { kind: 'none' }): LinkPath {
  return { destination: extendedAddress(extended), source: 'extended', protection, direct: true };
}
