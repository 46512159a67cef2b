import type { Entropy, Instant } from '@selvage/core';
import { sameIp6 } from '../address/equal.js';
import { isMulticast } from '../address/classes.js';
import { locatorOf } from '../address/thread-address.js';
import type { Icmp6Arrival, Ip6Stack } from './ip6-stack.js';

/** What became of a ping. */
export type EchoOutcome =
  | {
      readonly kind: 'reply';
      readonly sequence: number;
      readonly source: Uint8Array;
      /** Milliseconds. */
      readonly roundTrip: number;
      readonly bytes: number;
      readonly hopLimit: number;
    }
  /** Nobody answered in time; to a group: the time is over. */
  | { readonly kind: 'lost'; readonly sequence: number }
  /** Somebody on the way says that it cannot be reached. */
  | { readonly kind: 'unreachable'; readonly sequence: number; readonly source: Uint8Array; readonly code: number };

interface Pending {
  readonly sequence: number;
  readonly destination: Uint8Array;
  readonly sentAt: Instant;
  readonly endsAt: Instant;
  answers: number;
}

/** Pings that wait at a time; the oldest gives way. */
const mostPending = 64;
/** Where the echo's sequence lies in what an error quotes, if that much is quoted. */
const [identifierAt, sequenceAt] = [44, 46] as const;

/** Sends echo requests and matches what comes back (RFC 4443 §4). It takes the stack's `onIcmp6`. */
export class EchoClient {
  readonly #stack: Ip6Stack;
  readonly #identifier: number;
  readonly #onOutcome: (outcome: EchoOutcome) => void;
  #pending: Pending[] = [];
  #sequence = 0;

  constructor(stack: Ip6Stack, entropy: Entropy, onOutcome: (outcome: EchoOutcome) => void) {
    const random = new Uint8Array(2);
    entropy.fill(random);
    this.#stack = stack;
    this.#identifier = ((random[0] as number) << 8) | (random[1] as number);
    this.#onOutcome = onOutcome;
    stack.onIcmp6 = (arrival) => this.#arrived(arrival);
  }

  /** When the next ping is given up. */
  get deadline(): Instant | undefined {
    const ends = this.#pending.map(({ endsAt }) => endsAt);
    return ends.length === 0 ? undefined : Math.min(...ends);
  }

  /**
   * Sends a ping of `size` bytes of data; its sequence number names it in the outcome.
   * @param patience milliseconds until it counts as lost
   */
  ping(destination: Uint8Array, size: number, patience: number, now: Instant): number {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const sequence = this.#sequence;
    if (this.#pending.length >= mostPending) this.#giveUp(this.#pending[0] as Pending);
    this.#pending.push({ sequence, destination, sentAt: now, endsAt: now + patience, answers: 0 });
    const data = new Uint8Array(size);
    this.#stack.sendEcho({ destination, identifier: this.#identifier, sequence, data });
    return sequence;
  }

  /** Gives up what took too long; call it at the deadline. */
  expire(now: Instant): void {
    for (const pending of this.#pending.filter(({ endsAt }) => endsAt <= now)) this.#giveUp(pending);
  }

  #giveUp(pending: Pending): void {
    this.#forget(pending);
    if (pending.answers === 0) this.#onOutcome({ kind: 'lost', sequence: pending.sequence });
  }

  #arrived({ message, source, hopLimit, at }: Icmp6Arrival): void {
    if (message.type === 'echoReply' && message.value.identifier === this.#identifier) {
      const { sequence, data } = message.value;
      const pending = this.#pending.find((known) => known.sequence === sequence);
      const isExpected =
        pending !== undefined && (isShared(pending.destination) || sameIp6(source, pending.destination));
      if (!isExpected) return;
      pending.answers++;
      if (!isMulticast(pending.destination)) this.#forget(pending);
      const roundTrip = at - pending.sentAt;
      this.#onOutcome({ kind: 'reply', sequence, source, roundTrip, bytes: data.length, hopLimit });
    }
    if (message.type === 'destinationUnreachable') this.#unreachable(message.value, source);
  }

  #unreachable({ code, quoted }: { code: number; quoted: Uint8Array }, source: Uint8Array): void {
    // OpenThread quotes no more than the IPv6 header: then the destination alone tells which ping it was.
    const destination = quoted.subarray(24, 40);
    const isWhole = quoted.length >= sequenceAt + 2;
    if (destination.length < 16 || (isWhole && read16(quoted, identifierAt) !== this.#identifier)) return;
    const pending = this.#pending.find(
      (known) => sameIp6(known.destination, destination) && (!isWhole || known.sequence === read16(quoted, sequenceAt)),
    );
    if (pending === undefined) return;
    this.#forget(pending);
    this.#onOutcome({ kind: 'unreachable', sequence: pending.sequence, source, code });
  }

  #forget(pending: Pending): void {
    this.#pending = this.#pending.filter((other) => other !== pending);
  }
}

/** Whoever hears a group, or has an anycast locator, answers as itself. */
function isShared(destination: Uint8Array): boolean {
  return isMulticast(destination) || locatorOf(destination)?.kind === 'aloc';
}

function read16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
