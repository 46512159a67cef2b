import type { Instant, PeerAddress } from '@selvage/core';
import type { CoapMessage } from '../message/message.js';
import type { Incoming } from '../messaging/messaging.js';
import type { Peer } from '../messaging/peer.js';
import { unrecognized } from '../option/recognition.js';
import type { Waiting } from './waiting-table.js';
import type { ClientWorld } from './world.js';

/** Brings responses to those who wait for them. */
export class CoapClient<Address extends PeerAddress> {
  readonly #world: ClientWorld<Address>;

  constructor(world: ClientWorld<Address>) {
    this.#world = world;
  }

  /** A response in a message of its own; false when nobody waits for it, or it must be rejected (RFC 7252 §5.4.1). */
  response({ peer, message }: Incoming<Address>, now: Instant): boolean {
    const waiting = this.#world.waiting.find(message.token, peer);
    if (waiting === undefined) return false;
    const good = this.#isUnderstood(message);
    waiting.responded(message, peer, now);
    return good;
  }

  /** A response in an Acknowledgement; false unless that acknowledges the request which the token belongs to. */
  piggybacked(peer: Peer<Address>, message: CoapMessage, now: Instant): boolean {
    const waiting: Waiting<Address> | undefined = this.#world.waiting.find(message.token, peer);
    if (waiting === undefined || waiting.unacknowledged !== message.messageId) return false;
    waiting.responded(message, peer, now);
    return true;
  }

  #isUnderstood({ options }: CoapMessage): boolean {
    return unrecognized(options, this.#world.recognized) === undefined;
  }
}
