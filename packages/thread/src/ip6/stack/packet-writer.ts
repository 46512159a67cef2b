import { carveBytes, encode } from '@selvage/core';
import { upperLayerChecksum } from '../header/checksum.js';
import { type Icmp6Message, icmp6ChecksumOffset, icmp6Message } from '../header/icmp6.js';
import { ip6HeaderLength, ip6Offsets } from '../header/ip6-header.js';
import { nextHeaders } from '../header/next-header.js';
import { udpHeaderLength } from '../header/udp.js';

/** The addresses of a packet and what else its header says. */
export interface PacketHead {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly hopLimit: number;
  /** DSCP and ECN. */
  readonly trafficClass: number;
}

/** The packet of a UDP datagram, with its checksum. */
export function udpPacketOf(head: PacketHead, from: number, to: number, payload: Uint8Array): Uint8Array {
  const packet = carveBytes(ip6HeaderLength + udpHeaderLength + payload.length);
  writeHead(packet, head, nextHeaders.udp);
  const at = ip6HeaderLength;
  write16(packet, at, from);
  write16(packet, at + 2, to);
  write16(packet, at + 4, udpHeaderLength + payload.length);
  packet.set(payload, at + udpHeaderLength);
  const checksum = upperLayerChecksum(packet, at, packet.length, nextHeaders.udp);
  // Zero would mean that there is none (RFC 768).
  write16(packet, at + 6, checksum === 0 ? 0xffff : checksum);
  return packet;
}

/** The packet of an ICMPv6 message; its checksum is made here. */
export function icmp6PacketOf(head: PacketHead, message: Icmp6Message): Uint8Array {
  const body = encode(icmp6Message, message, 'icmp6');
  const packet = carveBytes(ip6HeaderLength + body.length);
  writeHead(packet, head, nextHeaders.icmp6);
  packet.set(body, ip6HeaderLength);
  write16(packet, ip6HeaderLength + icmp6ChecksumOffset, 0);
  const checksum = upperLayerChecksum(packet, ip6HeaderLength, packet.length, nextHeaders.icmp6);
  write16(packet, ip6HeaderLength + icmp6ChecksumOffset, checksum);
  return packet;
}

/** A packet that carries nothing: that it comes, and from whom, is all that it says. */
export function emptyPacketOf(head: PacketHead): Uint8Array {
  const packet = carveBytes(ip6HeaderLength);
  writeHead(packet, head, nextHeaders.none);
  return packet;
}

function writeHead(packet: Uint8Array, head: PacketHead, nextHeader: number): void {
  const { trafficClass } = head;
  packet[0] = 0x60 | (trafficClass >> 4);
  packet[1] = (trafficClass & 0x0f) << 4;
  write16(packet, ip6Offsets.payloadLength, packet.length - ip6HeaderLength);
  packet[ip6Offsets.nextHeader] = nextHeader;
  packet[ip6Offsets.hopLimit] = head.hopLimit;
  packet.set(head.source, ip6Offsets.source);
  packet.set(head.destination, ip6Offsets.destination);
}

function write16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value & 0xff;
}
