import { ByteReader } from '@selvage/core';
import {
  type HandshakeFragmentHeader,
  type HandshakeMessage,
  type HandshakeTypeValue,
  handshakeFragmentHeader,
  handshakeMessage,
} from '../protocol/handshake.js';

export interface HandshakeFragment extends HandshakeFragmentHeader {
  readonly fragment: Uint8Array;
}

/** Messages further ahead than this are not kept: a flight has at most six. */
const maximumAhead = 16;
/** All that reassembly may hold for one peer, in bytes. */
const maximumBuffered = 65_536;
/** Pieces of one message kept apart; a sender that needs more sends nonsense. */
const maximumRanges = 64;

/** Reads the handshake fragments of one record; throws `truncated` when it does not hold whole ones. */
export function readFragments(payload: Uint8Array): HandshakeFragment[] {
  const reader = new ByteReader(payload);
  const fragments: HandshakeFragment[] = [];
  while (reader.remaining > 0) {
    const header = handshakeFragmentHeader.decode(reader);
    fragments.push({ ...header, fragment: reader.bytes(header.fragmentLength) });
  }
  return fragments;
}

interface Partial {
  readonly type: HandshakeTypeValue;
  readonly body: Uint8Array;
  /** The parts that have arrived: disjoint, in order. */
  ranges: { start: number; end: number }[];
}

/**
 * Puts handshake messages together from fragments in any order, overlapping or repeated (RFC 6347 §4.2.3), and hands
 * them out in order of their sequence. What it holds is bounded whatever arrives.
 */
export class Reassembly {
  #next: number;
  #partials = new Map<number, Partial>();
  #buffered = 0;
  readonly #maximumMessage: number;

  constructor(maximumMessage: number, next = 0) {
    this.#maximumMessage = maximumMessage;
    this.#next = next;
  }

  /** The sequence of the message that `peek` shows next. */
  get next(): number {
    return this.#next;
  }

  /** Bytes held in messages that are not handed out yet. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Goes (back) to the message numbered `next`; everything not handed out is forgotten. */
  restart(next: number): void {
    this.#next = next;
    this.#partials.clear();
    this.#buffered = 0;
  }

  /** Whether the fragment belongs to a message handed out before: the peer repeats its flight. */
  isOld(fragment: HandshakeFragment): boolean {
    return fragment.messageSequence < this.#next;
  }

  /** Takes a fragment in; returns whether it was of use. */
  add(fragment: HandshakeFragment): boolean {
    const { messageSequence: sequence, length, fragmentOffset: start } = fragment;
    const end = start + fragment.fragment.length;
    if (sequence < this.#next || sequence >= this.#next + maximumAhead) return false;
    if (length > this.#maximumMessage || end > length) return false;
    const partial = this.#partialFor(fragment);
    if (partial === undefined) return false;
    return addRange(partial, start, fragment.fragment);
  }

  /** The next message when all of it is there. */
  peek(): HandshakeMessage | undefined {
    const partial = this.#partials.get(this.#next);
    return partial && isWhole(partial) ? handshakeMessage(partial.type, this.#next, partial.body) : undefined;
  }

  /** Goes past the message that `peek` shows. */
  advance(): void {
    this.#forget(this.#next);
    this.#next++;
  }

  /** Goes back to before the message that `advance` went past: it was not the one that belongs there. */
  retreat(): void {
    this.#next--;
  }

  #partialFor(fragment: HandshakeFragment): Partial | undefined {
    const sequence = fragment.messageSequence;
    const known = this.#partials.get(sequence);
    if (known !== undefined && sameType(known.type, fragment.type) && known.body.length === fragment.length)
      return known;
    // Two fragments that disagree on the message they belong to: one was forged. Whichever came first, the newer one
    // starts afresh, so a single forgery costs the real peer no more than a retransmission.
    this.#forget(sequence);
    if (!this.#makeRoom(sequence, fragment.length)) return undefined;
    const partial: Partial = { type: fragment.type, body: new Uint8Array(fragment.length), ranges: [] };
    this.#partials.set(sequence, partial);
    this.#buffered += fragment.length;
    return partial;
  }

  /** What is due sooner takes the room of what is due later, so that fragments of nobody's message starve no real one. */
  #makeRoom(sequence: number, length: number): boolean {
    while (this.#buffered + length > maximumBuffered) {
      const latest = Math.max(...this.#partials.keys());
      if (!(latest > sequence)) return false;
      this.#forget(latest);
    }
    return true;
  }

  #forget(sequence: number): void {
    this.#buffered -= this.#partials.get(sequence)?.body.length ?? 0;
    this.#partials.delete(sequence);
  }
}

function sameType(a: HandshakeTypeValue, b: HandshakeTypeValue): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : a.unknown === b.unknown;
}

function isWhole(partial: Partial): boolean {
  const [first, second] = partial.ranges;
  return second === undefined && first?.start === 0 && first.end === partial.body.length;
}

/** Copies a fragment in and merges its range; bytes that are there already stay as they are. */
function addRange(partial: Partial, start: number, fragment: Uint8Array): boolean {
  const end = start + fragment.length;
  const missing = gaps(partial.ranges, start, end);
  const isEmptyMessage = partial.body.length === 0 && partial.ranges.length === 0;
  if (missing.length === 0 && !isEmptyMessage) return false;
  if (partial.ranges.length + missing.length > maximumRanges) return false;
  for (const gap of missing) partial.body.set(fragment.subarray(gap.start - start, gap.end - start), gap.start);
  partial.ranges = merged([...partial.ranges, { start, end }]);
  return true;
}

function gaps(ranges: readonly { start: number; end: number }[], start: number, end: number) {
  const found: { start: number; end: number }[] = [];
  let position = start;
  for (const range of ranges) {
    if (range.end <= position) continue;
    if (range.start >= end) break;
    if (range.start > position) found.push({ start: position, end: range.start });
    position = Math.max(position, range.end);
  }
  if (position < end) found.push({ start: position, end });
  return found;
}

function merged(ranges: { start: number; end: number }[]): { start: number; end: number }[] {
  const sorted = ranges.sort((a, b) => a.start - b.start);
  const out: { start: number; end: number }[] = [];
  for (const range of sorted) {
    const last = out[out.length - 1];
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else out.push({ ...range });
  }
  return out;
}
