import { describeDatagram } from '@selvage/coap';
import { ByteReader, FormatError, type Instant } from '@selvage/core';
import type { Ip6Prefix } from '../ip6/address/prefix.js';
import { ip6Text } from '../ip6/address/text.js';
import { ip6HeaderLength, ip6Offsets } from '../ip6/header/ip6-header.js';
import { nextHeaders } from '../ip6/header/next-header.js';
import { udpHeaderLength } from '../ip6/header/udp.js';
import { findUpperLayer } from '../ip6/stack/upper-layer.js';
import { linkOf } from '../lowpan/adaptation.js';
import { ContextTable, type LowpanContext } from '../lowpan/contexts.js';
import { lowpanCounters } from '../lowpan/counters.js';
import { fragmentHeader, isFragment } from '../lowpan/fragment/fragment-header.js';
import { Reassembler } from '../lowpan/fragment/reassembler.js';
import { isIphc } from '../lowpan/iphc/bits.js';
import { HeaderExpander } from '../lowpan/iphc/header-expander.js';
import type { LinkPair } from '../lowpan/link-pair.js';
import { isMeshHeader, meshHeader } from '../lowpan/mesh-header.js';
import { expandPacket } from '../lowpan/packet-codec.js';
import { mlePort } from '../mle/mle-datagram.js';
import { contextsOf } from '../netdata/contexts-of.js';
import { mleText } from './command-text.js';
import type { MleReader } from './mle-reader.js';
import type { SeenMle } from './seen-frame.js';

/** What is in a frame's payload. */
export interface SeenPayload {
  readonly detail: string;
  readonly mle?: SeenMle | undefined;
}

/** Thread Management Framework, Thread 1.3 §10. */
const tmfPort = 61_631;
const coapPorts: ReadonlySet<number> = new Set([tmfPort, 5683]);
const icmpNames: Readonly<Record<number, string>> = {
  1: 'destination unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  4: 'parameter problem',
  128: 'ping',
  129: 'ping answer',
};
const limits = { datagrams: 64, perSender: 16, bytes: 64 * 1280 } as const;

/** Reads 6LoWPAN as everybody on the air together would: what any message says of contexts is known from then on. */
export class PayloadReader {
  readonly #mle: MleReader;
  readonly #contexts = new ContextTable();
  readonly #known = new Map<number, LowpanContext>();
  readonly #expander = new HeaderExpander(this.#contexts);
  readonly #reassembler = new Reassembler(this.#expander, lowpanCounters(), limits);

  constructor(mle: MleReader, meshLocalPrefix: Ip6Prefix | undefined) {
    this.#mle = mle;
    if (meshLocalPrefix !== undefined) this.#contexts.setMeshLocal(meshLocalPrefix);
  }

  read(payload: Uint8Array, frame: LinkPair, secured: boolean, panId: number | undefined, now: Instant): SeenPayload {
    try {
      this.#reassembler.expire(now);
      return this.#read(new ByteReader(payload), frame, secured, panId, now);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      return { detail: `6LoWPAN that cannot be read: ${error.message}` };
    }
  }

  #read(reader: ByteReader, frame: LinkPair, secured: boolean, panId: number | undefined, now: Instant): SeenPayload {
    if (reader.remaining === 0) return { detail: 'empty' };
    const mesh = isMeshHeader(reader.peek(1)[0] as number) ? meshHeader.decode(reader) : undefined;
    const link = mesh === undefined ? frame : linkOf(mesh);
    const way = mesh === undefined ? '' : ` (mesh ${hex4(mesh.source)} → ${hex4(mesh.destination)})`;
    const dispatch = reader.remaining === 0 ? 0 : (reader.peek(1)[0] as number);
    if (isIphc(dispatch)) return this.#packet(expandPacket(this.#expander, reader, link), panId, way);
    if (!isFragment(dispatch)) return { detail: `6LoWPAN dispatch ${dispatch.toString(16).padStart(2, '0')}${way}` };
    const { size, offset } = fragmentHeader.decode(new ByteReader(reader.peek(reader.remaining)));
    const packet = this.#reassembler.take(reader, link, secured, now);
    const part = `fragment at ${offset ?? 0} of ${size} bytes`;
    if (packet === undefined) return { detail: `${part}${way}` };
    const whole = this.#packet(packet, panId, way);
    return { ...whole, detail: `${part}, the last: ${whole.detail}` };
  }

  #packet(packet: Uint8Array, panId: number | undefined, way: string): SeenPayload {
    const source = packet.subarray(ip6Offsets.source, ip6Offsets.destination);
    const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
    const upper = findUpperLayer(packet);
    const ends = `${ip6Text(source)} → ${ip6Text(destination)}${way}`;
    if (upper.kind !== 'found') return { detail: `IPv6 ${ends}` };
    const data = packet.subarray(upper.at);
    if (upper.protocol === nextHeaders.icmp6) {
      const type = data[0] ?? 0;
      return { detail: `${icmpNames[type] ?? `ICMPv6 ${type}`} ${ends}, ${data.length} bytes` };
    }
    if (upper.protocol !== nextHeaders.udp || data.length < udpHeaderLength) {
      return { detail: `IPv6 protocol ${upper.protocol} ${ends}` };
    }
    const [from, to] = [word(data, 0), word(data, 2)];
    const content = data.subarray(udpHeaderLength);
    const mle = to === mlePort ? this.#mle.read(content, source, destination, panId) : undefined;
    if (mle !== undefined) return this.#mleSeen(mle);
    const coap = coapPorts.has(to) || coapPorts.has(from) ? describeDatagram(content) : undefined;
    const what =
      coap === undefined ? `UDP ${from} → ${to}` : `${to === 5683 || from === 5683 ? 'CoAP' : 'TMF'} ${coap.name}`;
    return { detail: `${what} ${ends}, ${content.length} bytes` };
  }

  #mleSeen(mle: SeenMle): SeenPayload {
    for (const tlv of mle.message?.tlvs ?? []) {
      if (tlv.type !== 'networkData') continue;
      for (const context of contextsOf(tlv.value)) this.#known.set(context.id, context);
      this.#contexts.setNetworkData(this.#known.values());
    }
    return { detail: mleText(mle), mle };
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

function hex4(number: number): string {
  return number.toString(16).padStart(4, '0');
}
