import type { Instant } from '@selvage/core';
import { sameAddress } from '../../mac/address.js';
import type { LinkPair } from '../link-pair.js';
import { fragmentUnit } from './fragment-header.js';

/** What tells one datagram from another (RFC 4944 §5.3), and secured ones from what anybody can send. */
export interface DatagramKey {
  readonly link: LinkPair;
  readonly size: number;
  readonly tag: number;
  readonly secured: boolean;
}

/** A datagram of which fragments came, in any order. */
export class PartialDatagram {
  readonly key: DatagramKey;
  readonly startedAt: Instant;
  heardAt: Instant;
  readonly #bytes: Uint8Array;
  /** By unit of 8 bytes, whether it is there. */
  readonly #units: Uint8Array;
  #missing: number;

  constructor(key: DatagramKey, now: Instant) {
    this.key = key;
    this.startedAt = now;
    this.heardAt = now;
    this.#bytes = new Uint8Array(key.size);
    this.#units = new Uint8Array(Math.ceil(key.size / fragmentUnit));
    this.#missing = this.#units.length;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get isWhole(): boolean {
    return this.#missing === 0;
  }

  isOf({ link, size, tag, secured }: DatagramKey): boolean {
    const own = this.key;
    return (
      own.tag === tag &&
      own.size === size &&
      own.secured === secured &&
      sameAddress(own.link.source, link.source) &&
      sameAddress(own.link.destination, link.destination)
    );
  }

  /**
   * Puts a fragment in its place.
   * @param part its bytes, uncompressed; as many as units, but in the last fragment
   */
  put(part: Uint8Array, offset: number): 'new' | 'repeated' | 'contradicting' {
    const from = offset / fragmentUnit;
    const to = Math.ceil((offset + part.length) / fragmentUnit);
    let known = 0;
    for (let i = from; i < to; i++) known += this.#units[i] as number;
    if (known > 0) return known === to - from && this.#holds(part, offset) ? 'repeated' : 'contradicting';
    this.#bytes.set(part, offset);
    this.#units.fill(1, from, to);
    this.#missing -= to - from;
    return 'new';
  }

  #holds(part: Uint8Array, offset: number): boolean {
    for (let i = 0; i < part.length; i++) if (this.#bytes[offset + i] !== part[i]) return false;
    return true;
  }
}
