import { ip6HeaderLength, ip6Offsets } from '../../ip6/header/ip6-header.js';
import { nextHeaders } from '../../ip6/header/next-header.js';
import { extensionUnit } from '../../ip6/header/option.js';
import { isCanonicalPadding, paddingOf } from '../../ip6/header/padding.js';
import { udpHeaderLength } from '../../ip6/header/udp.js';
import type { ContextTable, LowpanContext } from '../contexts.js';
import type { LinkPair } from '../link-pair.js';
import { extensionNhc, nestedId, shortPorts, udpNhc, udpPorts } from '../nhc/bits.js';
import { compressMulticast, compressUnicast } from './compress-address.js';
import { iphc } from './bits.js';
import { isLinkLocal, isMulticast, isUnspecified } from '../../ip6/address/classes.js';

/** Headers that are compressed at most: IPv6, hop-by-hop, nested IPv6, hop-by-hop, UDP, and some to spare. */
export const mostHeaders = 8;
/** Bytes that one compressed header takes at most: options of 253 bytes with what stands before them. */
const longestHeader = 258;

/**
 * Compresses the headers of packets as OpenThread does: always to the shortest form. What it writes stays in `out` up
 * to `length` until the next call; `consumed` bytes of the packet are said by it.
 *
 * A header that would not come back the same (a length that is not the packet's own, padding that is not canonical) is
 * carried as it is.
 */
export class HeaderCompressor {
  readonly out = new Uint8Array(mostHeaders * longestHeader);
  length = 0;
  consumed = 0;
  readonly #contexts: ContextTable;

  constructor(contexts: ContextTable) {
    this.#contexts = contexts;
  }

  /**
   * @param packet a whole IPv6 packet whose length is right
   * @param headers how many headers may be compressed: fewer where the first fragment has no room
   */
  compress(packet: Uint8Array, link: LinkPair, headers = mostHeaders): void {
    this.length = 0;
    this.consumed = 0;
    this.#compressPacket(packet, link, Math.min(headers, mostHeaders));
  }

  #compressPacket(packet: Uint8Array, link: LinkPair, headers: number): void {
    const start = this.consumed;
    let left = headers - 1;
    let next = packet[start + ip6Offsets.nextHeader] as number;
    let canFollow = left > 0 && this.#isCompressible(packet, start + ip6HeaderLength, next);
    this.#compressIp6(packet, start, link, canFollow);
    this.consumed = start + ip6HeaderLength;
    while (canFollow) {
      left--;
      switch (next) {
        case nextHeaders.udp:
          return this.#compressUdp(packet);
        case nextHeaders.ip6:
          // The NH bit of a nested header is never set (RFC 6282 §4.2): the header behind it says so itself.
          this.out[this.length++] = extensionNhc.dispatch | (nestedId << extensionNhc.idShift);
          return this.#compressPacket(packet, link, left + 1);
        default: {
          const at = this.consumed;
          next = packet[at] as number;
          const behind = at + extensionUnit * ((packet[at + 1] as number) + 1);
          canFollow = left > 0 && this.#isCompressible(packet, behind, next);
          this.#compressHopByHop(packet, canFollow);
        }
      }
    }
  }

  /** Whether a header at `at` can be compressed such that it comes back the same. */
  #isCompressible(packet: Uint8Array, at: number, kind: number): boolean {
    const left = packet.length - at;
    switch (kind) {
      case nextHeaders.udp:
        return left >= udpHeaderLength && read16(packet, at + 4) === left;
      case nextHeaders.ip6:
        return (
          left >= ip6HeaderLength &&
          (packet[at] as number) >> 4 === 6 &&
          read16(packet, at + ip6Offsets.payloadLength) === left - ip6HeaderLength
        );
      case nextHeaders.hopByHop: {
        // The length byte that is sent counts what is behind it: 253 at most come in units of 8.
        const length = left < extensionUnit ? Infinity : extensionUnit * ((packet[at + 1] as number) + 1);
        return length <= left && length <= 0xff;
      }
      default:
        return false;
    }
  }

  #compressIp6(packet: Uint8Array, start: number, link: LinkPair, nextIsCompressed: boolean): void {
    const { out } = this;
    const source = packet.subarray(start + ip6Offsets.source, start + ip6Offsets.destination);
    const destination = packet.subarray(start + ip6Offsets.destination, start + ip6HeaderLength);
    const sourceContext = this.#contextOf(source);
    const destinationContext = this.#contextOf(destination);
    const bitsAt = this.length;
    let bits: number = iphc.dispatch;
    this.length += 2;
    const contextIds = ((sourceContext?.id ?? 0) << 4) | (destinationContext?.id ?? 0);
    if (contextIds !== 0) {
      bits |= iphc.contextIds;
      out[this.length++] = contextIds;
    }
    bits |= this.#compressLabel(packet, start);
    if (nextIsCompressed) bits |= iphc.nextHeader;
    else out[this.length++] = packet[start + ip6Offsets.nextHeader] as number;
    bits |= this.#compressHopLimit(packet[start + ip6Offsets.hopLimit] as number);
    bits |= this.#compressSource(source, link, sourceContext);
    bits |= this.#compressDestination(destination, link, destinationContext);
    out[bitsAt] = bits >> 8;
    out[bitsAt + 1] = bits & 0xff;
  }

  /** Traffic class and flow label (§3.2.1); ECN stands in front of DSCP here. */
  #compressLabel(packet: Uint8Array, start: number): number {
    const { out } = this;
    const word = (read16(packet, start) << 16) | read16(packet, start + 2);
    const trafficClass = (word >>> 20) & 0xff;
    const rotated = ((trafficClass << 6) | (trafficClass >> 2)) & 0xff;
    const flow = word & 0xf_ffff;
    if (flow === 0) {
      if (trafficClass === 0) return iphc.trafficNone;
      out[this.length++] = rotated;
      return iphc.trafficClass;
    }
    const hasDscp = (rotated & 0x3f) !== 0;
    if (hasDscp) out[this.length++] = rotated;
    out[this.length++] = (hasDscp ? 0 : rotated) | (flow >> 16);
    out[this.length++] = (flow >> 8) & 0xff;
    out[this.length++] = flow & 0xff;
    return hasDscp ? iphc.trafficAll : iphc.trafficFlow;
  }

  #compressHopLimit(hopLimit: number): number {
    switch (hopLimit) {
      case 1:
        return iphc.hopLimit1;
      case 64:
        return iphc.hopLimit64;
      case 255:
        return iphc.hopLimit255;
      default:
        this.out[this.length++] = hopLimit;
        return iphc.hopLimitInline;
    }
  }

  #contextOf(address: Uint8Array): LowpanContext | undefined {
    return isMulticast(address) || isLinkLocal(address) ? undefined : this.#contexts.forAddress(address);
  }

  #compressSource(address: Uint8Array, link: LinkPair, context: LowpanContext | undefined): number {
    if (context === undefined && isUnspecified(address)) return iphc.sourceContext;
    const form = compressUnicast(this, address, link.source, context);
    const contextBit = context === undefined ? 0 : iphc.sourceContext;
    return contextBit | (form << iphc.sourceModeShift);
  }

  #compressDestination(address: Uint8Array, link: LinkPair, context: LowpanContext | undefined): number {
    if (isMulticast(address)) return iphc.multicast | compressMulticast(this, address, this.#contexts);
    const form = compressUnicast(this, address, link.destination, context);
    const contextBit = context === undefined ? 0 : iphc.destinationContext;
    return contextBit | (form << iphc.destinationModeShift);
  }

  #compressUdp(packet: Uint8Array): void {
    const { out } = this;
    const at = this.consumed;
    const source = read16(packet, at);
    const destination = read16(packet, at + 2);
    const { base4, mask4, base8, mask8 } = shortPorts;
    if ((source & mask4) === base4 && (destination & mask4) === base4) {
      out[this.length++] = udpNhc.dispatch | udpPorts.both4;
      out[this.length++] = ((source & 0x0f) << 4) | (destination & 0x0f);
    } else if ((source & mask8) === base8) {
      out[this.length++] = udpNhc.dispatch | udpPorts.source8;
      out[this.length++] = source & 0xff;
      this.#write16(destination);
    } else if ((destination & mask8) === base8) {
      out[this.length++] = udpNhc.dispatch | udpPorts.destination8;
      this.#write16(source);
      out[this.length++] = destination & 0xff;
    } else {
      out[this.length++] = udpNhc.dispatch | udpPorts.full;
      this.#write16(source);
      this.#write16(destination);
    }
    this.#write16(read16(packet, at + 6));
    this.consumed = at + udpHeaderLength;
  }

  /** Trailing padding need not be sent where it is canonical (RFC 6282 §4.2). */
  #compressHopByHop(packet: Uint8Array, nextIsCompressed: boolean): void {
    const { out } = this;
    const at = this.consumed;
    const end = at + extensionUnit * ((packet[at + 1] as number) + 1);
    const last = lastOption(packet, at + 2, end);
    const isSpare =
      last !== undefined && isCanonicalPadding(packet, last, end) && paddingOf(last - at - 2) === end - last;
    const stop = isSpare ? last : end;
    out[this.length++] = extensionNhc.dispatch | (nextIsCompressed ? extensionNhc.nextHeader : 0);
    if (!nextIsCompressed) out[this.length++] = packet[at] as number;
    out[this.length++] = stop - at - 2;
    for (let i = at + 2; i < stop; i++) out[this.length++] = packet[i] as number;
    this.consumed = end;
  }

  #write16(value: number): void {
    this.out[this.length++] = value >> 8;
    this.out[this.length++] = value & 0xff;
  }
}

/** Where the last option of an options header begins; `undefined` where the options do not fill it exactly. */
function lastOption(packet: Uint8Array, from: number, end: number): number | undefined {
  let last = from;
  for (let at = from; at < end; ) {
    last = at;
    at += packet[at] === 0 ? 1 : 2 + (packet[at + 1] ?? 0);
    if (at > end) return undefined;
  }
  return last;
}

function read16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
