import { type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import type { CoapMessage } from '../message/message.js';
import { tokenKey } from '../message/token.js';
import type { Peer } from '../messaging/peer.js';

/** Who waits for responses that carry its token. */
export interface Waiting<Address extends PeerAddress> {
  readonly token: Uint8Array;
  /** Whom it has asked; undefined for a group, of which anybody may answer. */
  readonly peer: Peer<Address> | undefined;
  /** The message ID of its request, while that is not acknowledged. */
  readonly unacknowledged: number | undefined;
  /** False for a response that must be rejected, because of a critical option (RFC 7252 §5.4.1). */
  responded(message: CoapMessage, from: Peer<Address>, now: Instant): boolean;
}

/**
 * Who waits for which response. A response belongs to a request if it comes from the peer that was asked and carries the
 * request's token (RFC 7252 §5.3.2): eight random bytes, so that nobody beside the path guesses one.
 */
export class WaitingTable<Address extends PeerAddress> {
  readonly #byToken = new Map<string, Waiting<Address>>();
  readonly #maximum: number;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  get size(): number {
    return this.#byToken.size;
  }

  /** @throws SelvageError `too-many-requests`. */
  add(waiting: Waiting<Address>): void {
    if (this.#byToken.size >= this.#maximum) {
      throw new SelvageError('too-many-requests', `${this.#byToken.size} requests are under way already`, {
        remedy: 'Wait for responses before asking for more, or raise the limit.',
      });
    }
    this.#byToken.set(tokenKey(waiting.token), waiting);
  }

  delete({ token }: Waiting<Address>): void {
    this.#byToken.delete(tokenKey(token));
  }

  /** Who waits for a response of this token from this peer. */
  find(token: Uint8Array, from: Peer<Address>): Waiting<Address> | undefined {
    const waiting = this.#byToken.get(tokenKey(token));
    return waiting !== undefined && (waiting.peer === undefined || waiting.peer === from) ? waiting : undefined;
  }
}
