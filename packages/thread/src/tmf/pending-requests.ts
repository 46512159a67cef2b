import type { CoapMessage } from '@selvage/coap';
import type { Entropy, Instant } from '@selvage/core';
import { locatorOf } from '../ip6/address/thread-address.js';
import { sameIp6 } from '../ip6/address/equal.js';

/** What became of a confirmable request. */
export type TmfOutcome =
  /** Answered; `isChanged` for 2.04. */
  | { readonly kind: 'answer'; readonly isChanged: boolean; readonly payload: Uint8Array }
  /** Refused by a Reset. */
  | { readonly kind: 'reset' }
  /** Sent as often as allowed, or given up for others. */
  | { readonly kind: 'lost' };

/** Told once: what became of a request. */
export type TmfDone = (outcome: TmfOutcome, now: Instant) => void;

interface Pending {
  readonly messageId: number;
  readonly token: Uint8Array;
  readonly to: Uint8Array;
  readonly bytes: Uint8Array;
  readonly done: TmfDone | undefined;
  left: number;
  interval: number;
  retryAt: Instant;
}

/** ACK_TIMEOUT, ACK_RANDOM_FACTOR − 1 and MAX_RETRANSMIT of RFC 7252 §4.8. */
const [firstTimeout, spread, retransmissions] = [2000, 0.5, 4] as const;
/** Requests that wait at a time; the oldest gives way, so that nobody makes us hold more. */
const mostPending = 16;
const changedCode = 0x44;

/** Confirmable requests that were not answered yet: sent again as RFC 7252 §4.2 has it. */
export class PendingRequests {
  readonly #entropy: Entropy;
  readonly #send: (bytes: Uint8Array, to: Uint8Array) => void;
  #pending: Pending[] = [];

  constructor(entropy: Entropy, send: (bytes: Uint8Array, to: Uint8Array) => void) {
    this.#entropy = entropy;
    this.#send = send;
  }

  get size(): number {
    return this.#pending.length;
  }

  get deadline(): Instant {
    let least = Infinity;
    for (const { retryAt } of this.#pending) least = Math.min(least, retryAt);
    return least;
  }

  /** A request that was sent just now. */
  add(
    { messageId, token }: { readonly messageId: number; readonly token: Uint8Array },
    bytes: Uint8Array,
    to: Uint8Array,
    done: TmfDone | undefined,
    now: Instant,
  ): void {
    const interval = firstTimeout * (1 + spread * this.#fraction());
    const entry: Pending = {
      messageId,
      token,
      to,
      bytes,
      done,
      left: retransmissions,
      interval,
      retryAt: now + interval,
    };
    const oldest = this.#pending.length >= mostPending ? this.#pending.shift() : undefined;
    this.#pending.push(entry);
    oldest?.done?.({ kind: 'lost' }, now);
  }

  /** Takes an acknowledgement, a reset or a separate response; false for one that nobody waits for. */
  take({ type, code, messageId, token, payload }: CoapMessage, from: Uint8Array, now: Instant): boolean {
    const isBare = code === 0;
    const at = this.#pending.findIndex(
      (entry) => isFrom(entry.to, from) && (isBare ? entry.messageId === messageId : sameToken(entry.token, token)),
    );
    const entry = this.#pending[at];
    if (entry === undefined) return false;
    if (isBare && type === 'ACK') {
      // The answer comes later, of itself: nothing is to be sent again, but it is not waited for without end.
      entry.left = 0;
      return true;
    }
    this.#pending.splice(at, 1);
    if (type === 'RST') entry.done?.({ kind: 'reset' }, now);
    else entry.done?.({ kind: 'answer', isChanged: code === changedCode, payload }, now);
    return true;
  }

  tick(now: Instant): void {
    if (now < this.deadline) return;
    const due = this.#pending.filter(({ retryAt }) => now >= retryAt);
    this.#pending = this.#pending.filter((entry) => !due.includes(entry) || entry.left > 0);
    for (const entry of due) {
      if (entry.left === 0) {
        entry.done?.({ kind: 'lost' }, now);
        continue;
      }
      entry.left--;
      entry.interval *= 2;
      entry.retryAt = now + entry.interval;
      this.#send(entry.bytes, entry.to);
    }
  }

  /** Forgets all; nobody is told, as after a change of network. */
  clear(): void {
    this.#pending = [];
  }

  #fraction(): number {
    const random = new Uint8Array(1);
    this.#entropy.fill(random);
    return (random[0] as number) / 256;
  }
}

/** An anycast locator is answered by whoever has it, as itself. */
function isFrom(to: Uint8Array, from: Uint8Array): boolean {
  return sameIp6(to, from) || locatorOf(to)?.kind === 'aloc';
}

function sameToken(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
