import { ByteReader, decode, encode, type Entropy, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { parsePrefix } from '../../src/ip6/address/prefix.js';
import { ip6HeaderLength, ip6Offsets } from '../../src/ip6/header/ip6-header.js';
import { nextHeaders } from '../../src/ip6/header/next-header.js';
import { findUpperLayer } from '../../src/ip6/stack/upper-layer.js';
import { type SequenceKeys, sequenceDerivation, splitSequenceKeys } from '../../src/keys/sequence-keys.js';
import { linkOf } from '../../src/lowpan/adaptation.js';
import { ContextTable, type LowpanContext } from '../../src/lowpan/contexts.js';
import { type LowpanCounters, lowpanCounters } from '../../src/lowpan/counters.js';
import { fragmentHeader, isFragment } from '../../src/lowpan/fragment/fragment-header.js';
import { Fragmenter } from '../../src/lowpan/fragment/fragmenter.js';
import { Reassembler } from '../../src/lowpan/fragment/reassembler.js';
import { HeaderCompressor } from '../../src/lowpan/iphc/header-compressor.js';
import { HeaderExpander } from '../../src/lowpan/iphc/header-expander.js';
import type { LinkPair } from '../../src/lowpan/link-pair.js';
import { isMeshHeader, meshHeader } from '../../src/lowpan/mesh-header.js';
import { expandPacket } from '../../src/lowpan/packet-codec.js';
import { addressText } from '../../src/mac/address.js';
import { mleDatagram, mlePort } from '../../src/mle/mle-datagram.js';
import { type MleOpened, MleSecurity } from '../../src/mle/security/mle-security.js';
import { contextsOf } from '../../src/netdata/contexts-of.js';
import type { Capture } from './captures.js';
import { type LowpanFrame, lowpanFrames } from './lowpan-frames.js';

/** An IPv6 packet of a capture, with the frames that carried it. */
export interface CapturedPacket {
  readonly packet: Uint8Array;
  readonly frames: readonly LowpanFrame[];
  /** The payloads that ours makes of the packet for the same frames. */
  readonly again: readonly Uint8Array[];
  /** What an MLE message says, in whatever it is sealed. */
  readonly mle: CapturedMle | undefined;
}

export interface CapturedMle {
  readonly datagram: Uint8Array;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly opened: MleOpened;
  readonly networkKey: Uint8Array | undefined;
}

/** Reads a capture as everybody on its mesh together would: network data that any message tells is known from then on. */
export class CaptureReader {
  readonly packets: CapturedPacket[] = [];
  readonly counters: LowpanCounters = lowpanCounters();
  readonly #capture: Capture;
  readonly #contexts = new ContextTable();
  readonly #known = new Map<number, LowpanContext>();
  readonly #expander = new HeaderExpander(this.#contexts);
  readonly #flows = new Map<string, { readonly reassembler: Reassembler; frames: LowpanFrame[] }>();

  constructor(capture: Capture) {
    this.#capture = capture;
    this.#contexts.setMeshLocal(parsePrefix(capture.meshLocalPrefix));
    for (const frame of lowpanFrames(capture)) if (!frame.isRepetition) this.#read(frame);
  }

  /** Fragments whose datagrams never became whole. */
  get unfinished(): number {
    return [...this.#flows.values()].reduce((sum, { frames }) => sum + frames.length, 0);
  }

  #read(frame: LowpanFrame): void {
    const reader = new ByteReader(frame.payload);
    const mesh = isMeshHeader(frame.payload[0] as number) ? meshHeader.decode(reader) : undefined;
    const link = mesh === undefined ? frame.link : linkOf(mesh);
    const head = mesh === undefined ? undefined : encode(meshHeader, mesh);
    if (!isFragment(reader.peek(1)[0] as number)) {
      this.#add(expandPacket(this.#expander, reader, link), [frame], link, head, 0);
      return;
    }
    const { tag } = fragmentHeader.decode(new ByteReader(frame.payload, undefined, reader.offset));
    const { source, destination } = frame.link;
    const name = [frame.node, addressText(source), addressText(destination), tag].join(' ');
    const flow = this.#flows.get(name) ?? { reassembler: new Reassembler(this.#expander, this.counters), frames: [] };
    this.#flows.set(name, flow);
    flow.frames.push(frame);
    const packet = flow.reassembler.take(reader, link, frame.secured, frame.milliseconds);
    if (packet === undefined) return;
    this.#flows.delete(name);
    this.#add(packet, flow.frames, link, head, tag);
  }

  #add(
    packet: Uint8Array,
    frames: readonly LowpanFrame[],
    link: LinkPair,
    mesh: Uint8Array | undefined,
    tag: number,
  ): void {
    const fragmenter = new Fragmenter(new HeaderCompressor(this.#contexts), before(tag));
    const again = fragmenter.split(packet, link, (frames[0] as LowpanFrame).room, mesh);
    const mle = this.#openMle(packet);
    this.packets.push({ packet, frames, again, mle });
  }

  #openMle(packet: Uint8Array): CapturedMle | undefined {
    const upper = findUpperLayer(packet);
    if (upper.kind !== 'found' || upper.protocol !== nextHeaders.udp) return undefined;
    if ((((packet[upper.at + 2] as number) << 8) | (packet[upper.at + 3] as number)) !== mlePort) return undefined;
    const source = packet.subarray(ip6Offsets.source, ip6Offsets.destination);
    const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
    const datagram = packet.subarray(upper.at + 8);
    const tried = this.#capture.networkKeys.map((networkKey) => ({
      networkKey,
      opened: new MleSecurity(nativeCore, keysOf(networkKey, sequenceOf(datagram))).open(datagram, source, destination),
    }));
    const found = tried.find(({ opened }) => opened.kind === 'message') ?? tried[0];
    const opened = found?.opened ?? { kind: 'forged' as const };
    if (opened.kind === 'message') this.#learn(opened);
    return { datagram, source, destination, opened, networkKey: found?.networkKey };
  }

  #learn({ message }: Extract<MleOpened, { kind: 'message' }>): void {
    for (const tlv of message.tlvs) {
      if (tlv.type !== 'networkData') continue;
      for (const context of contextsOf(tlv.value)) this.#known.set(context.id, context);
      this.#contexts.setNetworkData(this.#known.values());
    }
  }
}

/** MLE's view of the keys of a sequence. */
export function keysOf(
  networkKey: Uint8Array,
  sequence: number,
  mleCounter = 0,
): ConstructorParameters<typeof MleSecurity>[1] {
  const derivation = sequenceDerivation(sequence);
  const input = derivation.kind === 'hmac-sha256' ? derivation.input : new Uint8Array();
  const keys: SequenceKeys = splitSequenceKeys(sequence, nativeCore.hmac('sha256', networkKey, input));
  return {
    current: keys,
    keysOf: (wanted) => (wanted === sequence ? keys : undefined),
    takeMleCounter: () => mleCounter,
  };
}

function sequenceOf(datagram: Uint8Array): number {
  const outer = decode(mleDatagram, datagram);
  return outer.type === 'secured' ? outer.value.security.keySequence : 0;
}

/** Entropy after which the next tag is `tag`. */
function before(tag: number): Entropy {
  const last = (tag + 0xffff) & 0xffff;
  return { fill: (target) => target.set([last >> 8, last & 0xff]) };
}

/** What of a packet is written otherwise than it was captured; empty where nothing is. */
export function differences({ frames, again }: CapturedPacket): string[] {
  const [captured, written] = [frames.map(({ payload }) => toHex(payload)), again.map(toHex)];
  const longest = Math.max(captured.length, written.length);
  return Array.from({ length: longest }, (_, index) => index).flatMap((index) =>
    captured[index] === written[index]
      ? []
      : [`frame ${frames[index]?.number}: ${captured[index]} became ${written[index]}`],
  );
}
