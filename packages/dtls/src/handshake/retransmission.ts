import type { Instant } from '@selvage/core';
import type { Retransmission } from '../connection/configuration.js';
import type { Flight } from './flight.js';

/**
 * The timer of the flight that waits for an answer, RFC 6347 §4.2.4.1: doubled each time, and afresh with the next flight only
 * where the last one was not lost, so that handshakes that crowd a network slow down.
 */
export class RetransmissionTimer {
  readonly #times: Retransmission;
  #flight: Flight | undefined;
  #wait: number;
  #deadline: Instant | undefined;
  #lastSent: Instant = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(times: Retransmission) {
    this.#times = times;
    this.#wait = times.initial;
  }

  get deadline(): Instant | undefined {
    return this.#deadline;
  }

  /** How often the flight was sent again. */
  get count(): number {
    return this.#count;
  }

  /** A new flight was sent and waits for an answer. */
  start(flight: Flight, now: Instant): void {
    this.#flight = flight;
    if (this.#count === 0) this.#wait = this.#times.initial;
    this.#deadline = now + this.#wait;
    this.#lastSent = now;
    this.#count = 0;
  }

  stop(): void {
    this.#flight = undefined;
    this.#deadline = undefined;
  }

  /** The flight to send again because its time has come. */
  expired(now: Instant): Flight | undefined {
    if (this.#deadline === undefined || now < this.#deadline) return undefined;
    this.#wait = Math.min(this.#wait * 2, this.#times.maximum);
    this.#deadline = now + this.#wait;
    this.#lastSent = now;
    this.#count++;
    return this.#flight;
  }

  /**
   * The flight to send again because the peer repeated the one before: ours seems lost (RFC 6347 §4.2.4). Limited in
   * rate, as anybody can replay a message in the clear.
   */
  peerRepeated(now: Instant): Flight | undefined {
    if (this.#flight === undefined || now - this.#lastSent < this.#times.initial / 4) return undefined;
    this.#lastSent = now;
    this.#deadline = now + this.#wait;
    return this.#flight;
  }
}
