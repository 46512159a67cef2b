import { type ByteReader, FormatError } from '@selvage/core';
import { ip6HeaderLength, ip6Offsets } from '../../ip6/header/ip6-header.js';
import { nextHeaders } from '../../ip6/header/next-header.js';
import { extensionHeadLength, extensionUnit } from '../../ip6/header/option.js';
import { paddingOf, writePadding } from '../../ip6/header/padding.js';
import { udpHeaderLength } from '../../ip6/header/udp.js';
import type { ContextTable } from '../contexts.js';
import type { LinkPair } from '../link-pair.js';
import { extensionHeaders, extensionNhc, hasPadding, nestedId, shortPorts, udpNhc, udpPorts } from '../nhc/bits.js';
import { iphc } from './bits.js';
import { expandDestination, expandMulticast, expandSource } from './expand-address.js';
import { mostHeaders } from './header-compressor.js';

/** Bytes of expanded headers at most: what an honest packet has is a quarter of it. */
const mostExpanded = 640;
/** Places of lengths that are known when the packet's own is. */
const mostLengths = mostHeaders;

/**
 * Expands compressed headers. The result stays in `out` up to `length` until the next call of `expand`; `finish` fills
 * in the lengths once it is known how long the packet is.
 */
export class HeaderExpander {
  readonly out = new Uint8Array(mostExpanded);
  length = 0;
  readonly #contexts: ContextTable;
  readonly #lengthAt = new Uint16Array(mostLengths);
  readonly #countedFrom = new Uint16Array(mostLengths);
  #lengths = 0;
  #headers = 0;

  constructor(contexts: ContextTable) {
    this.#contexts = contexts;
  }

  /**
   * Reads all compressed headers; what is left in the reader follows them uncompressed.
   * @throws SelvageError `truncated`, `invalid-value`, `length-out-of-range`, fault `peer`
   */
  expand(reader: ByteReader, link: LinkPair): void {
    this.length = 0;
    this.#lengths = 0;
    this.#headers = 0;
    this.#expandIp6(reader, link);
  }

  /** Writes the lengths of a packet of `total` bytes into its headers, which were copied to `packet`. */
  finish(packet: Uint8Array, total: number): void {
    for (let i = 0; i < this.#lengths; i++) {
      const at = this.#lengthAt[i] as number;
      const length = total - (this.#countedFrom[i] as number);
      packet[at] = length >> 8;
      packet[at + 1] = length & 0xff;
    }
  }

  #expandIp6(reader: ByteReader, link: LinkPair): void {
    const start = this.#reserve(ip6HeaderLength);
    const { out } = this;
    out.fill(0, start, this.length);
    const bits = reader.u16();
    reader.trace?.number(reader.offset - 2, 2);
    if ((bits & iphc.dispatchMask) !== iphc.dispatch) throw malformed(`dispatch ${(bits >> 8).toString(16)}`);
    const contextIds = (bits & iphc.contextIds) === 0 ? 0 : this.#u8(reader, 'contexts');
    this.#expandLabel(reader, bits & iphc.trafficMask, start);
    this.#countLength(start + ip6Offsets.payloadLength, start + ip6HeaderLength);
    const isNextCompressed = (bits & iphc.nextHeader) !== 0;
    if (!isNextCompressed) out[start + ip6Offsets.nextHeader] = this.#u8(reader, 'nextHeader');
    out[start + ip6Offsets.hopLimit] = this.#hopLimit(reader, bits & iphc.hopLimitMask);
    expandSource(reader, bits, this.#contexts.byId(contextIds >> 4), link.source, out, start + ip6Offsets.source);
    const destinationContext = this.#contexts.byId(contextIds & 0x0f);
    const destinationAt = start + ip6Offsets.destination;
    if ((bits & iphc.multicast) !== 0) expandMulticast(reader, bits, destinationContext, out, destinationAt);
    else expandDestination(reader, bits, destinationContext, link.destination, out, destinationAt);
    if (isNextCompressed) this.#expandNext(reader, link, start + ip6Offsets.nextHeader);
  }

  /** @param nextHeaderAt where the header before says what follows it */
  #expandNext(reader: ByteReader, link: LinkPair, nextHeaderAt: number): void {
    const dispatch = this.#u8(reader, 'nhc');
    if ((dispatch & udpNhc.mask) === udpNhc.dispatch) {
      this.out[nextHeaderAt] = nextHeaders.udp;
      return this.#expandUdp(reader, dispatch);
    }
    if ((dispatch & extensionNhc.mask) !== extensionNhc.dispatch) throw malformed(`NHC ${dispatch.toString(16)}`);
    const id = (dispatch >> extensionNhc.idShift) & extensionNhc.idMask;
    const kind = extensionHeaders[id];
    if (kind === undefined) throw malformed(`extension header id ${id}`);
    this.out[nextHeaderAt] = kind;
    if (id !== nestedId) return this.#expandExtension(reader, link, kind, (dispatch & extensionNhc.nextHeader) !== 0);
    if ((dispatch & extensionNhc.nextHeader) !== 0) throw malformed('a nested header with the NH bit');
    this.#expandIp6(reader, link);
  }

  #expandExtension(reader: ByteReader, link: LinkPair, kind: number, isNextCompressed: boolean): void {
    const next = isNextCompressed ? 0 : this.#u8(reader, 'nextHeader');
    const length = this.#u8(reader, 'length');
    const padding = hasPadding(kind) ? paddingOf(length) : 0;
    const total = extensionHeadLength + length + padding;
    if (total % extensionUnit !== 0) {
      throw new FormatError('length-out-of-range', `an extension header of ${total} bytes`);
    }
    const at = this.#reserve(total);
    const { out } = this;
    out[at] = next;
    out[at + 1] = total / extensionUnit - 1;
    out.set(reader.bytes(length), at + extensionHeadLength);
    if (reader.trace !== undefined && length > 0) {
      reader.trace.enter(`extension${this.#headers}`);
      reader.trace.bytes(reader.offset - length, length);
      reader.trace.leave();
    }
    writePadding(out, at + extensionHeadLength + length, padding);
    if (isNextCompressed) this.#expandNext(reader, link, at);
  }

  /** RFC 6282 §4.3.3. A checksum that is not there would be taken from nobody: such headers are refused. */
  #expandUdp(reader: ByteReader, dispatch: number): void {
    if ((dispatch & udpNhc.checksumElided) !== 0) throw malformed('an elided UDP checksum');
    const at = this.#reserve(udpHeaderLength);
    let source: number;
    let destination: number;
    switch (dispatch & udpNhc.portsMask) {
      case udpPorts.full:
        source = this.#u16(reader, 'sourcePort');
        destination = this.#u16(reader, 'destinationPort');
        break;
      case udpPorts.destination8:
        source = this.#u16(reader, 'sourcePort');
        destination = shortPorts.base8 | this.#u8(reader, 'destinationPort');
        break;
      case udpPorts.source8:
        source = shortPorts.base8 | this.#u8(reader, 'sourcePort');
        destination = this.#u16(reader, 'destinationPort');
        break;
      default: {
        const ports = this.#u8(reader, 'ports');
        source = shortPorts.base4 | (ports >> 4);
        destination = shortPorts.base4 | (ports & 0x0f);
      }
    }
    const checksum = this.#u16(reader, 'checksum');
    const { out } = this;
    this.#write16(at, source);
    this.#write16(at + 2, destination);
    this.#countLength(at + 4, at);
    out[at + 4] = 0;
    out[at + 5] = 0;
    this.#write16(at + 6, checksum);
  }

  /** RFC 6282 §3.2.1. */
  #expandLabel(reader: ByteReader, form: number, start: number): void {
    let trafficClass = 0;
    let flow = 0;
    switch (form) {
      case iphc.trafficAll: {
        trafficClass = unrotated(this.#u8(reader, 'trafficClass'));
        flow = this.#u24(reader, 'flowLabel');
        if (flow > 0xf_ffff) throw malformed('bits before the flow label');
        break;
      }
      case iphc.trafficFlow: {
        const word = this.#u24(reader, 'flowLabel');
        if ((word & 0x30_0000) !== 0) throw malformed('bits before the flow label');
        trafficClass = word >> 22;
        flow = word & 0xf_ffff;
        break;
      }
      case iphc.trafficClass:
        trafficClass = unrotated(this.#u8(reader, 'trafficClass'));
        break;
    }
    const { out } = this;
    out[start] = 0x60 | (trafficClass >> 4);
    out[start + 1] = ((trafficClass & 0x0f) << 4) | (flow >> 16);
    this.#write16(start + 2, flow & 0xffff);
  }

  #hopLimit(reader: ByteReader, form: number): number {
    switch (form) {
      case iphc.hopLimit1:
        return 1;
      case iphc.hopLimit64:
        return 64;
      case iphc.hopLimit255:
        return 255;
      default:
        return this.#u8(reader, 'hopLimit');
    }
  }

  /** Room for one more header: a chain of them ends. */
  #reserve(length: number): number {
    const at = this.length;
    if (++this.#headers > mostHeaders || at + length > mostExpanded) {
      throw new FormatError('length-out-of-range', `more than ${mostHeaders} headers or ${mostExpanded} bytes of them`);
    }
    this.length = at + length;
    return at;
  }

  #countLength(at: number, from: number): void {
    this.#lengthAt[this.#lengths] = at;
    this.#countedFrom[this.#lengths] = from;
    this.#lengths++;
  }

  #write16(at: number, value: number): void {
    this.out[at] = value >> 8;
    this.out[at + 1] = value & 0xff;
  }

  #u8(reader: ByteReader, name: string): number {
    const value = reader.u8();
    if (reader.trace !== undefined) this.#note(reader, name, 1);
    return value;
  }

  #u16(reader: ByteReader, name: string): number {
    const value = reader.u16();
    if (reader.trace !== undefined) this.#note(reader, name, 2);
    return value;
  }

  #u24(reader: ByteReader, name: string): number {
    const value = reader.u24();
    if (reader.trace !== undefined) this.#note(reader, name, 3);
    return value;
  }

  #note(reader: ByteReader, name: string, length: number): void {
    reader.trace?.enter(`${name}${this.#headers}`);
    reader.trace?.number(reader.offset - length, length);
    reader.trace?.leave();
  }
}

/** ECN stands in front of DSCP in a compressed header. */
function unrotated(value: number): number {
  return ((value << 2) | (value >> 6)) & 0xff;
}

function malformed(problem: string): FormatError {
  return new FormatError('invalid-value', `${problem} in a compressed header`);
}
