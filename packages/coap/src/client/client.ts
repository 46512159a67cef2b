import type { Instant, PeerAddress } from '@selvage/core';
import type { CoapMessage } from '../message/message.js';
import type { Incoming } from '../messaging/messaging.js';
import type { Peer } from '../messaging/peer.js';
import type { WaitingTable } from './waiting-table.js';

/** Brings responses to those who wait for them. */
export class CoapClient<Address extends PeerAddress> {
  readonly #waiting: WaitingTable<Address>;

  constructor(waiting: WaitingTable<Address>) {
    this.#waiting = waiting;
  }

  /** A response in a message of its own; false when nobody waits for it, or it must be rejected. */
  response({ peer, message }: Incoming<Address>, now: Instant): boolean {
    return this.#waiting.find(message.token, peer)?.responded(message, peer, now) ?? false;
  }

  /** A response in an Acknowledgement; false unless that acknowledges the request which the token belongs to. */
  piggybacked(peer: Peer<Address>, message: CoapMessage, now: Instant): boolean {
    const waiting = this.#waiting.find(message.token, peer);
    if (waiting === undefined || waiting.unacknowledged !== message.messageId) return false;
    waiting.responded(message, peer, now);
    return true;
  }
}
