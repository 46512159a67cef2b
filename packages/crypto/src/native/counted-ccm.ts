import type { CountedCcm, CountedNonce } from '../core.js';
import {
  type CcmTagLength,
  macMessageOffset,
  padded,
  requireCcmMessage,
  requireCcmParameters,
  requireRoom,
  writeMacHeader,
} from '../symmetric/ccm-format.js';
import { type CounterPlace, counterPlace } from '../symmetric/counter-place.js';
import { blockLength, requireAesKey, requireKept } from '../symmetric/parameters.js';
import { ActiveSet } from './active-set.js';
import { ActiveStream, type StreamOwner } from './active-stream.js';
import { longestPacket, scratch } from './scratch.js';

/** Streams that hold cipher objects and key stream at a time, in the whole process: 10 KB each. */
export const activeStreams = new ActiveSet(128);

/** AES-CCM for packets that a counter numbers, over cipher objects that live as long as the stream is active. */
export function aesCcmCounted(
  key: Uint8Array,
  parameters: { nonce: CountedNonce; tagLength: CcmTagLength },
): CountedCcm {
  return new NativeCountedCcm(key, parameters.nonce, parameters.tagLength);
}

class NativeCountedCcm implements CountedCcm, StreamOwner {
  readonly tagLength: CcmTagLength;
  readonly #place: CounterPlace;
  readonly #nonceLength: number;
  /** nonce ‖ key, in one buffer because a buffer's own weight is ten times that. */
  #material: Uint8Array | undefined;
  #sealed = -1;
  #active: ActiveStream | undefined;

  constructor(key: Uint8Array, nonce: CountedNonce, tagLength: CcmTagLength) {
    requireAesKey(key);
    requireCcmParameters(nonce.template.length, tagLength);
    this.tagLength = tagLength;
    this.#place = counterPlace(nonce);
    this.#nonceLength = nonce.template.length;
    this.#material = new Uint8Array(this.#nonceLength + key.length);
    this.#material.set(nonce.template);
    this.#material.set(key, this.#nonceLength);
  }

  sealInto(
    counter: number,
    associatedData: Uint8Array,
    plaintext: Uint8Array,
    target: Uint8Array,
    offset: number,
  ): number {
    const { length } = plaintext;
    const active = this.#wake(length);
    requireRoom(target, offset, length + this.tagLength);
    this.#place.requireNext(counter, this.#sealed);
    this.#place.write(active.nonce, counter);
    this.#sealed = counter;
    if (associatedData.length + length > longestPacket) {
      target.set(active.long.seal(active.nonce, associatedData, plaintext), offset);
    } else {
      this.#sealShort(active, counter, associatedData, plaintext, target, offset);
    }
    return length + this.tagLength;
  }

  open(counter: number, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - this.tagLength;
    const active = this.#wake(length);
    this.#place.write(active.nonce, counter);
    if (length < 0) {
      return undefined;
    }
    return associatedData.length + length > longestPacket
      ? active.long.open(active.nonce, associatedData, sealed)
      : this.#openShort(active, counter, associatedData, sealed, length);
  }

  #sealShort(
    active: ActiveStream,
    counter: number,
    associatedData: Uint8Array,
    plaintext: Uint8Array,
    target: Uint8Array,
    offset: number,
  ): void {
    const { length } = plaintext;
    const from = macMessageOffset(associatedData.length);
    const blocks = scratch(from + padded(length));
    blocks.set(plaintext, from);
    writeMacHeader(blocks, active.nonce, this.tagLength, associatedData, length);
    const mac = active.mac.compute(blocks);
    const width = 1 + padded(length) / blockLength;
    const at = active.stream.take(counter, active.nonce, width);
    const { bytes } = active.stream;
    for (let i = 0, to = offset + length; i < this.tagLength; i++) {
      target[to + i] = mac[i]! ^ bytes[at + i]!;
    }
    for (let i = 0, s1 = at + blockLength; i < length; i++) {
      target[offset + i] = blocks[from + i]! ^ bytes[s1 + i]!;
    }
    blocks.fill(0);
    active.stream.settle(counter, width);
  }

  /** The plaintext stays in the scratch buffer until the tag was found good. */
  #openShort(
    active: ActiveStream,
    counter: number,
    associatedData: Uint8Array,
    sealed: Uint8Array,
    length: number,
  ): Uint8Array | undefined {
    const from = macMessageOffset(associatedData.length);
    const blocks = scratch(from + padded(length));
    const width = 1 + padded(length) / blockLength;
    const at = active.stream.take(counter, active.nonce, width);
    const { bytes } = active.stream;
    for (let i = 0, s1 = at + blockLength; i < length; i++) {
      blocks[from + i] = sealed[i]! ^ bytes[s1 + i]!;
    }
    writeMacHeader(blocks, active.nonce, this.tagLength, associatedData, length);
    const mac = active.mac.compute(blocks);
    let difference = 0;
    for (let i = 0; i < this.tagLength; i++) {
      difference |= mac[i]! ^ bytes[at + i]! ^ sealed[length + i]!;
    }
    const plaintext = difference === 0 ? blocks.slice(from, from + length) : undefined;
    blocks.fill(0);
    if (plaintext !== undefined) {
      active.stream.settle(counter, width);
    }
    return plaintext;
  }

  rest(): void {
    if (this.#active !== undefined) {
      activeStreams.remove(this.#active);
      this.forget();
    }
  }

  forget(): void {
    this.#active?.destroy();
    this.#active = undefined;
  }

  destroy(): void {
    this.rest();
    this.#material?.fill(0);
    this.#material = undefined;
  }

  /** Gives the cipher objects, made anew where the stream was at rest, for a message of `length` bytes. */
  #wake(length: number): ActiveStream {
    const active = this.#active ?? this.#activate();
    activeStreams.touch(active);
    requireCcmMessage(length, active.longest);
    return active;
  }

  #activate(): ActiveStream {
    const material = requireKept(this.#material);
    const nonce = material.slice(0, this.#nonceLength);
    const key = material.slice(this.#nonceLength);
    this.#active = new ActiveStream(this, key, nonce, this.#place.lowByte, this.tagLength);
    activeStreams.add(this.#active);
    return this.#active;
  }
}
