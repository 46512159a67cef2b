import { ip6HeaderLength, ip6Offsets } from './ip6-header.js';

/**
 * The Internet checksum of an upper layer's part of a packet, with the pseudo-header of RFC 8200 §8.1. Over a part that
 * holds a right checksum it is 0; over one with zero in its place it is the checksum.
 * @param packet begins with the IPv6 header whose addresses count
 * @param from where the upper layer's header begins
 * @param protocol its number
 */
export function upperLayerChecksum(packet: Uint8Array, from: number, to: number, protocol: number): number {
  let sum = to - from + protocol;
  sum += sumOf(packet, ip6Offsets.source, ip6HeaderLength);
  sum += sumOf(packet, from, to);
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The sum of big-endian words; 1280 bytes of them do not leave 32 bits. */
function sumOf(bytes: Uint8Array, from: number, to: number): number {
  const end = from + ((to - from) & ~1);
  let high = 0;
  let low = 0;
  for (let i = from; i < end; i += 2) {
    high += bytes[i] as number;
    low += bytes[i + 1] as number;
  }
  if (end < to) high += bytes[end] as number;
  return high * 256 + low;
}
