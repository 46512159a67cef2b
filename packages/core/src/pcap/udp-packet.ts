import { concat } from '../bytes/concat.js';
import { constant } from '../codec/constant.js';
import { u16, u32, u8 } from '../codec/numbers.js';
import { bytes } from '../codec/raw.js';
import { encode } from '../codec/run.js';
import { struct } from '../codec/struct.js';
import { asIpv6, ipAddressBytes } from './ip-address.js';

/** One end of a datagram's way: an IP address as text, and a UDP port. */
export interface IpEndpoint {
  readonly address: string;
  readonly port: number;
}

/** A datagram as it passes on the wire. */
export interface UdpDatagram {
  readonly source: IpEndpoint;
  readonly destination: IpEndpoint;
  readonly payload: Uint8Array;
}

const udpProtocol = 17;
const udpHeaderLength = 8;
const ipv4HeaderLength = 20;

/** RFC 768. */
const udpHeader = struct({ source: u16, destination: u16, length: u16, checksum: u16 });

/** RFC 791 §3.1, without options, not to be fragmented. */
const ipv4Header = struct({
  versionAndLength: constant(u8, 0x45),
  typeOfService: constant(u8, 0),
  totalLength: u16,
  identification: constant(u16, 0),
  flagsAndOffset: constant(u16, 0x4000),
  timeToLive: constant(u8, 64),
  protocol: constant(u8, udpProtocol),
  checksum: u16,
  source: bytes(4),
  destination: bytes(4),
});

/** RFC 8200 §3. */
const ipv6Header = struct({
  versionClassFlow: constant(u32, 0x6000_0000),
  payloadLength: u16,
  nextHeader: constant(u8, udpProtocol),
  hopLimit: constant(u8, 64),
  source: bytes(16),
  destination: bytes(16),
});

/** What the UDP checksum covers besides the datagram: RFC 768, and RFC 8200 §8.1 with room to spare for IPv4. */
const pseudoHeader = struct({ length: u32, protocol: u32 });

/**
 * The IP packet that carries a datagram, with its checksums: IPv4 when both ends are, else IPv6.
 * @throws SelvageError `address-invalid`; `value-out-of-range` for a payload or port that UDP cannot carry.
 */
export function udpPacket(datagram: UdpDatagram): Uint8Array {
  const source = ipAddressBytes(datagram.source.address);
  const destination = ipAddressBytes(datagram.destination.address);
  const isIpv4 = source.length === 4 && destination.length === 4;
  return isIpv4 ? ipv4Packet(source, destination, datagram) : ipv6Packet(asIpv6(source), asIpv6(destination), datagram);
}

function ipv4Packet(source: Uint8Array, destination: Uint8Array, datagram: UdpDatagram): Uint8Array {
  const udp = udpBytes(source, destination, datagram);
  const header = {
    versionAndLength: 0x45,
    typeOfService: 0,
    totalLength: ipv4HeaderLength + udp.length,
    identification: 0,
    flagsAndOffset: 0x4000,
    timeToLive: 64,
    protocol: udpProtocol,
    source,
    destination,
  } as const;
  const checksum = internetChecksum(encode(ipv4Header, { ...header, checksum: 0 }));
  return concat(encode(ipv4Header, { ...header, checksum }), udp);
}

function ipv6Packet(source: Uint8Array, destination: Uint8Array, datagram: UdpDatagram): Uint8Array {
  const udp = udpBytes(source, destination, datagram);
  const header = encode(ipv6Header, {
    versionClassFlow: 0x6000_0000,
    payloadLength: udp.length,
    nextHeader: udpProtocol,
    hopLimit: 64,
    source,
    destination,
  });
  return concat(header, udp);
}

function udpBytes(source: Uint8Array, destination: Uint8Array, datagram: UdpDatagram): Uint8Array {
  const length = udpHeaderLength + datagram.payload.length;
  const header = { source: datagram.source.port, destination: datagram.destination.port, length };
  const summed = concat(
    source,
    destination,
    encode(pseudoHeader, { length, protocol: udpProtocol }),
    encode(udpHeader, { ...header, checksum: 0 }),
    datagram.payload,
  );
  // 0 on the wire would say that there is no checksum; its other representation says the same sum.
  const checksum = internetChecksum(summed) || 0xffff;
  return concat(encode(udpHeader, { ...header, checksum }), datagram.payload);
}

/** RFC 1071: the complement of the one's complement sum of 16-bit words. */
function internetChecksum(data: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 2) sum += ((data[i] ?? 0) << 8) | (data[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return 0xffff - sum;
}
