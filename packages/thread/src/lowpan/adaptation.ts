import { ByteReader, concat, encode, type Entropy, FormatError, type Instant } from '@selvage/core';
import { shortAddress } from '../mac/address.js';
import { ContextTable } from './contexts.js';
import { type LowpanCounters, lowpanCounters } from './counters.js';
import { fragmentHeader, isFragment } from './fragment/fragment-header.js';
import { Fragmenter } from './fragment/fragmenter.js';
import { Reassembler, type ReassemblyLimits } from './fragment/reassembler.js';
import { isIphc } from './iphc/bits.js';
import { HeaderCompressor } from './iphc/header-compressor.js';
import { HeaderExpander } from './iphc/header-expander.js';
import type { LinkPair } from './link-pair.js';
import { isMeshHeader, type MeshHeader, meshHeader } from './mesh-header.js';
import { expandPacket } from './packet-codec.js';

/** What a frame's payload turned out to be. */
export type LowpanArrival =
  /** A whole IPv6 packet; `link` is what its addresses were compressed against, `mesh` how it came. */
  | {
      readonly kind: 'packet';
      readonly packet: Uint8Array;
      readonly link: LinkPair;
      readonly mesh: MeshHeader | undefined;
    }
  /** On its way to somebody else: `payload` follows the mesh header and goes on as it is. */
  | { readonly kind: 'relay'; readonly mesh: MeshHeader; readonly payload: Uint8Array };

/** What {@link Adaptation} is made of. */
export interface AdaptationOptions {
  /** Fragment tags start at random. */
  readonly entropy: Entropy;
  readonly limits?: Partial<ReassemblyLimits>;
  /** Whether packets to this RLOC16 end here. */
  readonly isOurs: (short: number) => boolean;
}

/**
 * 6LoWPAN of one node: IPv6 packets on one side, payloads of IEEE 802.15.4 frames on the other (RFC 4944, RFC 6282).
 * What is malformed is counted and dropped.
 */
export class Adaptation {
  readonly contexts = new ContextTable();
  readonly counters: LowpanCounters = lowpanCounters();
  readonly #expander = new HeaderExpander(this.contexts);
  readonly #fragmenter: Fragmenter;
  readonly #reassembler: Reassembler;
  readonly #isOurs: (short: number) => boolean;

  constructor({ entropy, limits, isOurs }: AdaptationOptions) {
    this.#fragmenter = new Fragmenter(new HeaderCompressor(this.contexts), entropy);
    this.#reassembler = new Reassembler(this.#expander, this.counters, limits);
    this.#isOurs = isOurs;
  }

  get deadline(): Instant | undefined {
    return this.#reassembler.deadline;
  }

  /** Unfinished datagrams and the bytes that they hold. */
  get load(): Reassembler['load'] {
    return this.#reassembler.load;
  }

  /**
   * The payloads of the frames that carry a packet, in order.
   * @param link the frame's addresses; with a mesh header those of the mesh header count instead
   * @param room bytes of payload that each frame has: `payloadRoom`
   * @throws SelvageError `invalid-value` for what is no packet of at most 1280 bytes, `payload-too-large`
   */
  send(packet: Uint8Array, link: LinkPair, room: number, mesh?: MeshHeader): Uint8Array[] {
    if (mesh === undefined) return this.#fragmenter.split(packet, link, room);
    return this.#fragmenter.split(packet, linkOf(mesh), room, encode(meshHeader, mesh));
  }

  /**
   * What came in a frame.
   * @param secured whether the link proved the sender
   * @returns undefined for what is dropped, or is not whole yet
   */
  receive(payload: Uint8Array, link: LinkPair, secured: boolean, now: Instant): LowpanArrival | undefined {
    this.#reassembler.expire(now);
    try {
      return this.#read(payload, link, secured, now);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.counters.malformed++;
      return undefined;
    }
  }

  /**
   * The packet of a frame on its way to somebody else as far as the frame has it, for an error about it; undefined for a
   * later fragment, which has no headers, and for what is malformed.
   */
  headOf(payload: Uint8Array, link: LinkPair): Uint8Array | undefined {
    const reader = new ByteReader(payload);
    try {
      if (isFragment(payload[0] as number) && fragmentHeader.decode(reader).offset !== undefined) return undefined;
      this.#expander.expand(reader, link);
      return concat(this.#expander.out.subarray(0, this.#expander.length), reader.rest());
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  }

  /** Gives up datagrams whose fragments do not come; call it at the deadline. */
  expire(now: Instant): void {
    this.#reassembler.expire(now);
  }

  /** Forgets unfinished datagrams, as after a change of network. */
  reset(): void {
    this.#reassembler.clear();
  }

  #read(payload: Uint8Array, frame: LinkPair, secured: boolean, now: Instant): LowpanArrival | undefined {
    const reader = new ByteReader(payload);
    let link = frame;
    let mesh: MeshHeader | undefined;
    if (payload.length > 0 && isMeshHeader(payload[0] as number)) {
      mesh = meshHeader.decode(reader);
      if (!this.#isOurs(mesh.destination)) {
        this.counters.relayed++;
        return { kind: 'relay', mesh, payload: reader.rest() };
      }
      link = linkOf(mesh);
    }
    const packet = this.#readPacket(reader, link, secured, now);
    if (packet === undefined) return undefined;
    this.counters.packets++;
    return { kind: 'packet', packet, link, mesh };
  }

  #readPacket(reader: ByteReader, link: LinkPair, secured: boolean, now: Instant): Uint8Array | undefined {
    const dispatch = reader.remaining === 0 ? 0 : (reader.peek(1)[0] as number);
    if (isIphc(dispatch)) return expandPacket(this.#expander, reader, link);
    if (!isFragment(dispatch)) {
      this.counters.unknown++;
      return undefined;
    }
    this.counters.fragments++;
    const packet = this.#reassembler.take(reader, link, secured, now);
    if (packet !== undefined) this.counters.reassembled++;
    return packet;
  }
}

/** The addresses of a mesh header stand for the frame's (RFC 4944 §5.2). */
export function linkOf({ source, destination }: MeshHeader): LinkPair {
  return { source: shortAddress(source), destination: shortAddress(destination) };
}
