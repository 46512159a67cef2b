import type { Instant, SelvageError } from '@selvage/core';

/**
 * Until the peer's Finished has verified, whatever speaks against the handshake may come from anybody who can send a
 * datagram: an alert in the clear, a flipped bit, a proof that fails. So none of it ends the handshake at once. The
 * message is dropped, the doubt is noted, and only when the real peer has not cleared it up within the grace period
 * does the handshake fail, with the first thing that was wrong.
 */
export class Doubt {
  readonly #grace: number;
  #error: SelvageError | undefined;
  #until: Instant | undefined;

  constructor(grace: number) {
    this.#grace = grace;
  }

  get error(): SelvageError | undefined {
    return this.#error;
  }

  /** When the handshake fails; `undefined` while nothing is held against it. */
  get deadline(): Instant | undefined {
    return this.#until;
  }

  /** Notes a doubt; returns whether it is the first. */
  raise(error: SelvageError, now: Instant): boolean {
    if (this.#error !== undefined) return false;
    this.#error = error;
    this.#until = now + this.#grace;
    return true;
  }

  /** The peer went on as only the real one can. */
  clear(): void {
    this.#error = undefined;
    this.#until = undefined;
  }
}
