import { type ByteReader, carveBytes, FormatError, type Instant } from '@selvage/core';
import { ip6Mtu } from '../../ip6/header/ip6-header.js';
import { sameAddress } from '../../mac/address.js';
import type { LowpanCounters } from '../counters.js';
import type { HeaderExpander } from '../iphc/header-expander.js';
import type { LinkPair } from '../link-pair.js';
import { fragmentHeader, fragmentUnit } from './fragment-header.js';
import { type DatagramKey, PartialDatagram } from './partial-datagram.js';

/** What unfinished datagrams may cost. */
export interface ReassemblyLimits {
  /** Datagrams at a time; 12 by default. */
  readonly datagrams: number;
  /** Of these, from one sender; 4 by default. */
  readonly perSender: number;
  /** Bytes of all; 12 × 1280 by default. */
  readonly bytes: number;
  /** Between one fragment and the next, milliseconds; 2000 by default, as OpenThread has it. */
  readonly gap: number;
  /** From the first fragment to the last, milliseconds; 20 s by default: a sleepy child polls for each. */
  readonly lifetime: number;
}

export const defaultReassemblyLimits: ReassemblyLimits = {
  datagrams: 12,
  perSender: 4,
  bytes: 12 * ip6Mtu,
  gap: 2000,
  lifetime: 20_000,
};

/**
 * Puts fragments together, in whatever order they come (RFC 4944 §5.3). A fragment that contradicts what is there
 * begins its datagram anew, as §5.3 has it. One sender cannot crowd out another: its own oldest datagram goes first.
 */
export class Reassembler {
  readonly #expander: HeaderExpander;
  readonly #counters: LowpanCounters;
  readonly #limits: ReassemblyLimits;
  #partials: PartialDatagram[] = [];
  #bytes = 0;

  constructor(expander: HeaderExpander, counters: LowpanCounters, limits: Partial<ReassemblyLimits> = {}) {
    this.#expander = expander;
    this.#counters = counters;
    this.#limits = { ...defaultReassemblyLimits, ...limits };
  }

  /** Datagrams that are not whole yet, and the bytes that they hold. */
  get load(): { readonly datagrams: number; readonly bytes: number } {
    return { datagrams: this.#partials.length, bytes: this.#bytes };
  }

  /** When the next datagram is given up. */
  get deadline(): Instant | undefined {
    let least = Infinity;
    for (const partial of this.#partials) least = Math.min(least, this.#endOf(partial));
    return least === Infinity ? undefined : least;
  }

  /**
   * Takes a fragment, its header included; gives the datagram that it completes.
   * @throws SelvageError `truncated`, `invalid-value`, `length-out-of-range`, fault `peer`
   */
  take(reader: ByteReader, link: LinkPair, secured: boolean, now: Instant): Uint8Array | undefined {
    const { size, tag, offset } = fragmentHeader.decode(reader);
    if (size > ip6Mtu) throw new FormatError('length-out-of-range', `a datagram of ${size} bytes`);
    const part = offset === undefined ? this.#firstPart(reader, link, size) : reader.rest();
    const at = offset ?? 0;
    checkPart(part, at, size);
    const key = { link, size, tag, secured };
    let partial = this.#partials.find((known) => known.isOf(key)) ?? this.#begin(key, now);
    const outcome = partial.put(part, at);
    if (outcome === 'repeated') {
      this.#counters.repeated++;
      return undefined;
    }
    if (outcome === 'contradicting') {
      this.#counters.contradicted++;
      this.#forget(partial);
      partial = this.#begin(key, now);
      partial.put(part, at);
    }
    partial.heardAt = now;
    if (!partial.isWhole) return undefined;
    this.#forget(partial);
    return partial.bytes;
  }

  /** Gives up what took too long. */
  expire(now: Instant): void {
    if (this.#partials.length === 0) return;
    for (const partial of this.#partials.filter((known) => this.#endOf(known) <= now)) {
      this.#counters.expired++;
      this.#forget(partial);
    }
  }

  /** Forgets all, as after a change of network. */
  clear(): void {
    this.#partials = [];
    this.#bytes = 0;
  }

  /** The first fragment has the headers, compressed; its length counts uncompressed. */
  #firstPart(reader: ByteReader, link: LinkPair, size: number): Uint8Array {
    this.#expander.expand(reader, link);
    const { out, length } = this.#expander;
    const part = carveBytes(length + reader.remaining);
    part.set(out.subarray(0, length));
    part.set(reader.rest(), length);
    if (part.length > size) throw tooLong(part, 0, size);
    this.#expander.finish(part, size);
    return part;
  }

  #begin(key: DatagramKey, now: Instant): PartialDatagram {
    this.#makeRoom(key);
    const partial = new PartialDatagram(key, now);
    this.#partials.push(partial);
    this.#bytes += key.size;
    return partial;
  }

  #makeRoom({ link, size }: DatagramKey): void {
    const { datagrams, perSender, bytes } = this.#limits;
    const own = this.#partials.filter((known) => sameAddress(known.key.link.source, link.source));
    for (let excess = own.length - perSender + 1, i = 0; i < excess; i++) this.#evict(own[i] as PartialDatagram);
    while (this.#partials.length > 0 && (this.#partials.length >= datagrams || this.#bytes + size > bytes)) {
      this.#evict(this.#oldestOfBusiest());
    }
  }

  /** The sender with the most unfinished datagrams loses its oldest. */
  #oldestOfBusiest(): PartialDatagram {
    const countOf = ({ key }: PartialDatagram): number =>
      this.#partials.filter((other) => sameAddress(other.key.link.source, key.link.source)).length;
    return this.#partials.reduce((busiest, other) => (countOf(other) > countOf(busiest) ? other : busiest));
  }

  #evict(partial: PartialDatagram): void {
    this.#counters.evicted++;
    this.#forget(partial);
  }

  #forget(partial: PartialDatagram): void {
    this.#partials.splice(this.#partials.indexOf(partial), 1);
    this.#bytes -= partial.key.size;
  }

  #endOf({ startedAt, heardAt }: PartialDatagram): Instant {
    return Math.min(heardAt + this.#limits.gap, startedAt + this.#limits.lifetime);
  }
}

function checkPart(part: Uint8Array, offset: number, size: number): void {
  const end = offset + part.length;
  if (part.length === 0 || end > size) throw tooLong(part, offset, size);
  if (end < size && part.length % fragmentUnit !== 0) {
    throw new FormatError('length-out-of-range', `${part.length} bytes in a fragment that is not the last`);
  }
}

function tooLong(part: Uint8Array, offset: number, size: number): FormatError {
  return new FormatError('length-out-of-range', `${part.length} bytes at ${offset} of a datagram of ${size}`);
}
