import type { Instant } from '@selvage/core';
import { isFragment } from '../lowpan/fragment/fragment-header.js';
import type { MeshFrame } from './mesh-frame.js';

/** How long a datagram that lost a fragment is known, milliseconds: whoever puts it together waits no longer. */
const remembered = 4000;
/** Datagrams that are known at a time. */
const mostKnown = 128;

/** A datagram in fragments on its way through this router. */
interface Known {
  /** Of the fragments that wait to be sent. */
  readonly waiting: Set<number>;
  until: Instant;
  isLost: boolean;
}

/**
 * Datagrams in fragments on their way through a router (RFC 4944 §5.3). Of one that has lost a fragment nobody can make
 * anything, and what is left of it would only keep the air from others.
 */
export class RelayedDatagrams {
  readonly #known = new Map<string, Known>();
  readonly #withdraw: (id: number) => void;

  /** @param withdraw takes back a frame that waits to be sent */
  constructor(withdraw: (id: number) => void) {
    this.#withdraw = withdraw;
  }

  /** The name of the datagram that a frame is a fragment of; undefined for a whole one. */
  nameOf(payload: Uint8Array, { source, destination, length }: MeshFrame): string | undefined {
    if (!isFragment(payload[length] as number) || payload.length < length + 4) return undefined;
    const tag = ((payload[length + 2] as number) << 8) | (payload[length + 3] as number);
    return `${source} ${destination} ${tag}`;
  }

  /** Whether it has lost a fragment already. */
  isLost(name: string, now: Instant): boolean {
    const known = this.#known.get(name);
    return known !== undefined && known.isLost && now < known.until;
  }

  /** A fragment of it waits to be sent. */
  waits(name: string, id: number, now: Instant): void {
    this.#at(name, now).waiting.add(id);
  }

  /** A fragment of it was sent, or was not: then nothing more of it is. */
  sent(name: string, id: number, isSent: boolean, now: Instant): void {
    const known = this.#at(name, now);
    known.waiting.delete(id);
    if (isSent && !known.isLost && known.waiting.size === 0) this.#known.delete(name);
    if (isSent || known.isLost) return;
    known.isLost = true;
    for (const other of known.waiting) this.#withdraw(other);
  }

  #at(name: string, now: Instant): Known {
    const found = this.#known.get(name);
    // A tag comes around again.
    const known =
      found === undefined || now >= found.until ? { waiting: new Set<number>(), until: 0, isLost: false } : found;
    known.until = now + remembered;
    this.#known.delete(name);
    this.#known.set(name, known);
    if (this.#known.size > mostKnown) {
      const [oldest = ''] = this.#known.keys();
      this.#known.delete(oldest);
    }
    return known;
  }
}
