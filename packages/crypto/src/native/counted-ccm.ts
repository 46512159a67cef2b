import type { CountedCcm, CountedNonce } from '../core.js';
import {
  type CcmTagLength,
  macMessageOffset,
  padded,
  requireCcmMessage,
  requireCcmParameters,
  requireRoom,
  writeFirstCounterBlock,
  writeMacHeader,
} from '../symmetric/ccm-format.js';
import { NonceCounter } from '../symmetric/counted-nonce.js';
import { blockLength, copyAesKey, requireKept } from '../symmetric/parameters.js';
import { ActiveSet, type Restable, Seat } from './active-set.js';
import { CbcMac } from './cbc-mac.js';
import { KeyStream } from './key-stream.js';
import { scratch } from './scratch.js';

/** Streams that hold cipher objects and key stream at a time, in the whole process. */
export const activeStreams = new ActiveSet(64);

/** AES-CCM for packets that a counter numbers, over cipher objects that live as long as the stream is active. */
export function aesCcmCounted(
  key: Uint8Array,
  parameters: { nonce: CountedNonce; tagLength: CcmTagLength },
): CountedCcm {
  return new NativeCountedCcm(key, parameters.nonce, parameters.tagLength);
}

/** What an active stream holds beyond its key. */
interface Active {
  readonly mac: CbcMac;
  readonly stream: KeyStream;
}

class NativeCountedCcm implements CountedCcm, Restable {
  readonly tagLength: number;
  readonly #counter: NonceCounter;
  readonly #seat: Seat = new Seat(this);
  #key: Uint8Array | undefined;
  #active: Active | undefined;

  constructor(key: Uint8Array, nonce: CountedNonce, tagLength: CcmTagLength) {
    requireCcmParameters(nonce.template.length, tagLength);
    this.#counter = new NonceCounter(nonce);
    this.#key = copyAesKey(key);
    this.tagLength = tagLength;
  }

  sealInto(
    counter: number,
    associatedData: Uint8Array,
    plaintext: Uint8Array,
    target: Uint8Array,
    offset: number,
  ): number {
    const { length } = plaintext;
    const sealedLength = length + this.tagLength;
    const active = this.#wake(length);
    requireRoom(target, offset, sealedLength);
    this.#counter.spend(counter);
    const from = macMessageOffset(associatedData.length);
    const blocks = scratch(from + padded(length));
    blocks.set(plaintext, from);
    const mac = this.#authenticate(active, blocks, associatedData, length);
    const width = 1 + padded(length) / blockLength;
    let at = active.stream.take(counter, this.#counter.nonce, width);
    const { bytes } = active.stream;
    for (let i = 0, to = offset + length; i < this.tagLength; i++) {
      target[to + i] = mac[i]! ^ bytes[at + i]!;
    }
    at += blockLength;
    for (let i = 0; i < length; i++) {
      target[offset + i] = blocks[from + i]! ^ bytes[at + i]!;
    }
    blocks.fill(0);
    active.stream.settle(counter, width);
    return sealedLength;
  }

  open(counter: number, associatedData: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const length = sealed.length - this.tagLength;
    const active = this.#wake(Math.max(length, 0));
    this.#counter.write(counter);
    if (length < 0) {
      return undefined;
    }
    const from = macMessageOffset(associatedData.length);
    const blocks = scratch(from + padded(length));
    const width = 1 + padded(length) / blockLength;
    const at = active.stream.take(counter, this.#counter.nonce, width);
    const { bytes } = active.stream;
    for (let i = 0, s1 = at + blockLength; i < length; i++) {
      blocks[from + i] = sealed[i]! ^ bytes[s1 + i]!;
    }
    const mac = this.#authenticate(active, blocks, associatedData, length);
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
      activeStreams.remove(this.#seat);
      this.idle();
    }
  }

  idle(): void {
    this.#active?.mac.destroy();
    this.#active?.stream.destroy();
    this.#active = undefined;
  }

  destroy(): void {
    this.rest();
    this.#counter.destroy();
    this.#key?.fill(0);
    this.#key = undefined;
  }

  /** Checks the message's length and gives the cipher objects, made anew where the stream was at rest. */
  #wake(length: number): Active {
    requireCcmMessage(length, this.#counter.nonce.length);
    if (this.#active !== undefined) {
      activeStreams.touch(this.#seat);
      return this.#active;
    }
    const key = requireKept(this.#key);
    const firstCounterBlock = new Uint8Array(blockLength);
    writeFirstCounterBlock(firstCounterBlock, this.#counter.nonce);
    this.#active = {
      mac: new CbcMac(key),
      stream: new KeyStream(key, firstCounterBlock, this.#counter.lowByte),
    };
    activeStreams.add(this.#seat);
    return this.#active;
  }

  /** The MAC of the message that stands in `blocks` behind room for its header. */
  #authenticate(
    active: Active,
    blocks: Uint8Array,
    associatedData: Uint8Array,
    length: number,
  ): Uint8Array {
    writeMacHeader(blocks, this.#counter.nonce, this.tagLength, associatedData, length);
    return active.mac.compute(blocks);
  }
}
