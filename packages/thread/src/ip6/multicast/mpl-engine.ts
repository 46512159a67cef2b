import type { Entropy, Instant } from '@selvage/core';
import { ip6Offsets } from '../header/ip6-header.js';
import { locatorOf } from '../address/thread-address.js';
import type { MplOption } from '../header/mpl-option.js';
import { MplSeeds } from './mpl-seeds.js';

interface Waiting {
  readonly packet: Uint8Array;
  sendAt: Instant;
  /** When the window of the next transmission begins; undefined after the last. */
  next: Instant | undefined;
}

/** A transmission falls at random into a window of its own, milliseconds. */
const window = 64;
/** Packets that wait at a time. */
const mostWaiting = 16;

/**
 * Numbers a node's own multicasts, tells which of others' are new, and sends again (RFC 7731; Thread 1.3 §5.10): what is
 * forwarded twice, at random in two windows of 64 ms; what is our own once more after the first time.
 */
export class MplEngine {
  readonly #entropy: Entropy;
  readonly #seeds = new MplSeeds();
  #waiting: Waiting[] = [];
  #sequence: number;

  constructor(entropy: Entropy) {
    this.#entropy = entropy;
    this.#sequence = this.#random();
  }

  /** Messages that are remembered, and that wait to be sent. */
  get load(): { readonly seen: number; readonly waiting: number } {
    return { seen: this.#seeds.size, waiting: this.#waiting.length };
  }

  get deadline(): Instant | undefined {
    let least = Infinity;
    for (const { sendAt } of this.#waiting) least = Math.min(least, sendAt);
    return least === Infinity ? undefined : least;
  }

  /** The option of a multicast of our own: the seed is left out where the source is our locator. */
  number(source: Uint8Array, rloc16: number, now: Instant): MplOption {
    this.#sequence = (this.#sequence + 1) & 0xff;
    const isLocator = locatorOf(source)?.locator === rloc16;
    const seed = isLocator ? new Uint8Array(0) : Uint8Array.of(rloc16 >> 8, rloc16 & 0xff);
    // Our own, when others send it on, is nothing new.
    this.#seeds.isNew(rloc16, this.#sequence, now);
    return { isNewest: false, sequence: this.#sequence, seed, reserved: 0 };
  }

  /** Whether somebody's multicast is taken: it has a seed that Thread knows, and was not seen. */
  isNew(mpl: MplOption, packet: Uint8Array, now: Instant): boolean {
    const seed = seedOf(mpl, packet);
    return seed !== undefined && this.#seeds.isNew(seed, mpl.sequence, now);
  }

  /** Sends a packet of our own once more: the first time was now. */
  repeat(packet: Uint8Array, now: Instant): void {
    this.#wait({ packet, sendAt: now + this.#pause(), next: undefined });
  }

  /** Sends somebody's packet on, twice; its hop limit is one less already. */
  forward(packet: Uint8Array, now: Instant): void {
    this.#wait({ packet, sendAt: now + this.#pause(), next: now + window });
  }

  /** The next packet that is due to everybody in range. */
  poll(now: Instant): Uint8Array | undefined {
    const at = this.#waiting.findIndex(({ sendAt }) => sendAt <= now);
    const due = this.#waiting[at];
    if (due === undefined) return undefined;
    if (due.next === undefined) this.#waiting.splice(at, 1);
    else {
      due.sendAt = due.next + this.#pause();
      due.next = undefined;
    }
    return due.packet;
  }

  clear(): void {
    this.#seeds.clear();
    this.#waiting = [];
  }

  #wait(waiting: Waiting): void {
    if (this.#waiting.length < mostWaiting) this.#waiting.push(waiting);
  }

  #pause(): number {
    return this.#random() % window;
  }

  #random(): number {
    const random = new Uint8Array(1);
    this.#entropy.fill(random);
    return random[0] as number;
  }
}

/** An RLOC16: of the option, or of the source that the option leaves it to; Thread has no other seeds. */
function seedOf({ seed }: MplOption, packet: Uint8Array): number | undefined {
  if (seed.length === 2) return ((seed[0] as number) << 8) | (seed[1] as number);
  if (seed.length > 0) return undefined;
  const locator = locatorOf(packet.subarray(ip6Offsets.source, ip6Offsets.destination));
  return locator?.kind === 'rloc' ? locator.locator : undefined;
}
