import { carveBytes, type Entropy, SelvageError } from '@selvage/core';
import { checkPacket } from '../packet-codec.js';
import { type HeaderCompressor, mostHeaders } from '../iphc/header-compressor.js';
import type { LinkPair } from '../link-pair.js';
import { firstFragmentLength, fragmentUnit, nextFragmentLength } from './fragment-header.js';

const unitMask = ~(fragmentUnit - 1);
const [firstKind, nextKind] = [0xc0, 0xe0] as const;

/** Compresses packets and, where one does not fit a frame, cuts it (RFC 4944 §5.3), as OpenThread does. */
export class Fragmenter {
  readonly #compressor: HeaderCompressor;
  #tag: number;

  constructor(compressor: HeaderCompressor, entropy: Entropy) {
    this.#compressor = compressor;
    const start = new Uint8Array(2);
    entropy.fill(start);
    this.#tag = ((start[0] as number) << 8) | (start[1] as number);
  }

  /**
   * The payloads of the frames that carry a packet, in order.
   * @param room bytes of payload that a frame to there has
   * @param mesh an encoded mesh header that each of them begins with
   * @throws SelvageError `invalid-value` for what is no packet, `payload-too-large` where headers do not fit a frame
   */
  split(packet: Uint8Array, link: LinkPair, room: number, mesh?: Uint8Array): Uint8Array[] {
    checkPacket(packet);
    const compressor = this.#compressor;
    compressor.compress(packet, link);
    const meshLength = mesh?.length ?? 0;
    const rest = packet.length - compressor.consumed;
    if (meshLength + compressor.length + rest <= room) {
      const payload = carveBytes(meshLength + compressor.length + rest);
      if (mesh !== undefined) payload.set(mesh);
      payload.set(compressor.out.subarray(0, compressor.length), meshLength);
      payload.set(packet.subarray(compressor.consumed), meshLength + compressor.length);
      return [payload];
    }
    return this.#cut(packet, link, room, mesh);
  }

  #cut(packet: Uint8Array, link: LinkPair, room: number, mesh: Uint8Array | undefined): Uint8Array[] {
    const head = mesh?.length ?? 0;
    this.#fitHeaders(packet, link, room - head - firstFragmentLength);
    const { out, length, consumed } = this.#compressor;
    const tag = this.#nextTag();
    const firstPart = (room - head - firstFragmentLength - length) & unitMask;
    const first = this.#fragment(firstKind, packet.length, tag, head + firstFragmentLength + length + firstPart, mesh);
    first.set(out.subarray(0, length), head + firstFragmentLength);
    first.set(packet.subarray(consumed, consumed + firstPart), head + firstFragmentLength + length);
    const fragments = [first];
    const nextPart = (room - head - nextFragmentLength) & unitMask;
    for (let at = consumed + firstPart; at < packet.length; at += nextPart) {
      const part = packet.subarray(at, at + nextPart);
      const next = this.#fragment(nextKind, packet.length, tag, head + nextFragmentLength + part.length, mesh);
      next[head + firstFragmentLength] = at / fragmentUnit;
      next.set(part, head + nextFragmentLength);
      fragments.push(next);
    }
    return fragments;
  }

  /** All compressed headers are in the first fragment: fewer of them are compressed where there is no room. */
  #fitHeaders(packet: Uint8Array, link: LinkPair, room: number): void {
    const compressor = this.#compressor;
    for (let headers = mostHeaders; headers > 0; headers--) {
      compressor.compress(packet, link, headers);
      if (compressor.length <= room) return;
    }
    throw new SelvageError('payload-too-large', 'not even one compressed header fits a frame', { details: { room } });
  }

  #fragment(kind: number, size: number, tag: number, length: number, mesh: Uint8Array | undefined): Uint8Array {
    const fragment = carveBytes(length);
    const at = mesh?.length ?? 0;
    if (mesh !== undefined) fragment.set(mesh);
    fragment[at] = kind | (size >> 8);
    fragment[at + 1] = size & 0xff;
    fragment[at + 2] = tag >> 8;
    fragment[at + 3] = tag & 0xff;
    return fragment;
  }

  /** Zero is not used, as OpenThread does not. */
  #nextTag(): number {
    this.#tag = this.#tag >= 0xffff ? 1 : this.#tag + 1;
    return this.#tag;
  }
}
