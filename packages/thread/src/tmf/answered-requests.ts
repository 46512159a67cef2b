import type { Instant } from '@selvage/core';
import { sameIp6 } from '../ip6/address/equal.js';

interface Answered {
  readonly messageId: number;
  readonly peer: Uint8Array;
  readonly port: number;
  readonly until: Instant;
  /** Undefined where it was answered by silence. */
  readonly answer: Uint8Array | undefined;
}

/** Requests that are remembered (OpenThread keeps as many), and for how long, milliseconds: EXCHANGE_LIFETIME. */
const [mostRemembered, lifetime] = [10, 247_000] as const;

/** What was answered lately, so that a request that comes again is not acted upon twice (RFC 7252 §4.5). */
export class AnsweredRequests {
  #answered: Answered[] = [];

  /** The request that this one repeats. */
  find(messageId: number, peer: Uint8Array, port: number, now: Instant): Pick<Answered, 'answer'> | undefined {
    return this.#answered.find(
      (known) => known.messageId === messageId && known.port === port && sameIp6(known.peer, peer) && now < known.until,
    );
  }

  add(messageId: number, peer: Uint8Array, port: number, answer: Uint8Array | undefined, now: Instant): void {
    if (this.#answered.length >= mostRemembered) this.#answered.shift();
    this.#answered.push({ messageId, peer, port, answer, until: now + lifetime });
  }

  clear(): void {
    this.#answered = [];
  }
}
