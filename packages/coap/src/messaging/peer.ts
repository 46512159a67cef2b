import type { Instant, PeerAddress } from '@selvage/core';
import type { Delivery } from './delivery.js';
import type { Interactions } from './interactions.js';
import { ReceivedMessages } from './received.js';

/** What an endpoint keeps of one peer. */
export class Peer<Address extends PeerAddress> {
  readonly address: Address;
  readonly received = new ReceivedMessages();
  readonly interactions: Interactions;
  /** What was sent and may still be acknowledged or reset, by message ID. */
  readonly sent = new Map<number, Delivery>();
  lastSeen: Instant;
  /** Whether its session has ended: nothing is sent to it any more. */
  isGone = false;
  /** How many observations, bodies and exchanges need this record; while there are any it is kept. */
  uses = 0;
  /** How many of its requests are in handlers' hands. */
  serving = 0;
  /** How many observations it has. */
  observing = 0;
  /** Until when the peer is known to receive at its address (RFC 9175 §2.3). */
  reachableUntil: Instant = Number.NEGATIVE_INFINITY;
  #nextMessageId: number;

  constructor(address: Address, firstMessageId: number, interactions: Interactions, now: Instant) {
    this.address = address;
    this.interactions = interactions;
    this.lastSeen = now;
    this.#nextMessageId = firstMessageId;
  }

  get isIdle(): boolean {
    return this.uses === 0 && this.serving === 0 && this.sent.size === 0 && this.interactions.idle;
  }

  /**
   * A message ID that nothing under way has. IDs start at random for each peer, so that one peer cannot tell another's.
   */
  nextMessageId(): number {
    let messageId: number;
    do {
      messageId = this.#nextMessageId;
      this.#nextMessageId = (messageId + 1) & 0xffff;
    } while (this.sent.has(messageId));
    return messageId;
  }
}
