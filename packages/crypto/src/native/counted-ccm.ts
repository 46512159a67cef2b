import { carveBytes } from '@selvage/core';
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
import { type ActiveOwner, activeStreams } from './active-set.js';
import { ActiveStream } from './active-stream.js';
import { openOnce, sealOnce } from './evp-aead.js';
import { longestPacket, scratch } from './scratch.js';

/** AES-CCM for packets that a counter numbers, over cipher objects that live as long as the stream is active. */
export function aesCcmCounted(
  key: Uint8Array,
  parameters: { nonce: CountedNonce; tagLength: CcmTagLength },
): CountedCcm {
  return new NativeCountedCcm(key, parameters.nonce, parameters.tagLength);
}

/**
 * A stream is idle, warm or active. The first packet after idleness gets a cipher object of its own, and only the next
 * makes the stream active: so a session that exchanges one record costs no more than that. A packet that is not
 * authentic warms nothing.
 */
class NativeCountedCcm implements CountedCcm, ActiveOwner {
  readonly tagLength: CcmTagLength;
  readonly #place: CounterPlace;
  readonly #nonceLength: number;
  /** nonce ‖ key, in one buffer because a buffer's own weight is ten times that. */
  #material: Uint8Array | undefined;
  #sealed = -1;
  #warm = false;
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
    const material = requireKept(this.#material);
    requireCcmMessage(length, this.#nonceLength);
    requireRoom(target, offset, length + this.tagLength);
    this.#place.requireNext(counter, this.#sealed);
    this.#place.write(material, counter);
    this.#sealed = counter;
    const active = this.#wake(material);
    if (active === undefined || associatedData.length + length > longestPacket) {
      const [nonce, key] = this.#split(material);
      target.set(sealOnce('ccm', key, nonce, this.tagLength, associatedData, plaintext), offset);
      this.#warm = true;
    } else {
      this.#sealShort(active, counter, associatedData, plaintext, target, offset);
    }
    return length + this.tagLength;
  }

  open(counter: number, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - this.tagLength;
    const material = requireKept(this.#material);
    requireCcmMessage(length, this.#nonceLength);
    this.#place.write(material, counter);
    if (length < 0) {
      return undefined;
    }
    const active = this.#wake(material);
    if (active !== undefined && associatedData.length + length <= longestPacket) {
      return this.#openShort(active, counter, associatedData, sealed, length);
    }
    const [nonce, key] = this.#split(material);
    const plaintext = openOnce('ccm', key, nonce, this.tagLength, associatedData, sealed);
    this.#warm ||= plaintext !== undefined;
    return plaintext;
  }

  openWith(counterBytes: Uint8Array, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const material = requireKept(this.#material);
    requireCcmMessage(sealed.length - this.tagLength, this.#nonceLength);
    this.#place.writeBytes(material, counterBytes);
    if (sealed.length < this.tagLength) {
      return undefined;
    }
    const [nonce, key] = this.#split(material);
    return openOnce('ccm', key, nonce, this.tagLength, associatedData, sealed);
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
    let plaintext: Uint8Array | undefined;
    if (difference === 0) {
      plaintext = carveBytes(length);
      plaintext.set(blocks.subarray(from, from + length));
      active.stream.settle(counter, width);
    }
    blocks.fill(0);
    return plaintext;
  }

  rest(): void {
    if (this.#active !== undefined) {
      activeStreams.remove(this.#active);
    }
    this.forget();
  }

  forget(): void {
    this.#active?.destroy();
    this.#active = undefined;
    this.#warm = false;
  }

  destroy(): void {
    this.rest();
    this.#material?.fill(0);
    this.#material = undefined;
  }

  /** The cipher objects of an active stream, which a warm one becomes here; `undefined` for an idle one. */
  #wake(material: Uint8Array): ActiveStream | undefined {
    if (this.#active !== undefined) {
      activeStreams.touch(this.#active);
    } else if (this.#warm) {
      const [nonce, key] = this.#split(material);
      this.#active = new ActiveStream(this, key, nonce, this.#place.lowByte);
      activeStreams.add(this.#active);
    }
    return this.#active;
  }

  /** Views of the nonce and the key. */
  #split(material: Uint8Array): [nonce: Uint8Array, key: Uint8Array] {
    return [material.subarray(0, this.#nonceLength), material.subarray(this.#nonceLength)];
  }
}
