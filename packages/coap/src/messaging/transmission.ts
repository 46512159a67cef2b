import type { Instant, PeerAddress } from '@selvage/core';
import type { CoapCounters } from './counters.js';
import { datagramOf } from './datagram.js';
import type { Delivery, Outgoing } from './delivery.js';
import type { TransmissionParameters } from './parameters.js';
import type { Peer } from './peer.js';
import type { RandomPool } from './random-pool.js';
import type { TimerEntry, Timers } from './timers.js';

/** What a transmission stands on. */
export interface Retransmission {
  readonly parameters: TransmissionParameters;
  readonly timers: Timers;
  readonly random: RandomPool;
  readonly counters: CoapCounters;
}

interface Wire<Address> extends Retransmission {
  readonly transmit: (payload: Uint8Array, to: Address) => void;
}

/**
 * A Confirmable message on its way, RFC 7252 §4.2: sent, and sent again after a random time that doubles, until an
 * Acknowledgement or Reset ends it or it was sent MAX_RETRANSMIT times more.
 */
export class Transmission<Address extends PeerAddress> implements Delivery {
  readonly delivery: Delivery;
  messageId: number;
  readonly #wire: Wire<Address>;
  readonly #peer: Peer<Address>;
  #datagram: Uint8Array;
  #retransmissions = 0;
  #timeout: number;
  #timer: TimerEntry | undefined;

  constructor(wire: Wire<Address>, peer: Peer<Address>, outgoing: Outgoing, delivery: Delivery) {
    this.#wire = wire;
    this.#peer = peer;
    this.delivery = delivery;
    this.messageId = peer.nextMessageId();
    this.#datagram = datagramOf('CON', this.messageId, outgoing);
    const { ackTimeout, ackRandomFactor } = wire.parameters;
    this.#timeout = ackTimeout * (1 + wire.random.unit() * (ackRandomFactor - 1));
  }

  begin(now: Instant): void {
    this.#peer.sent.set(this.messageId, this);
    this.#transmit(now);
  }

  stop(): void {
    this.#wire.timers.cancel(this.#timer);
  }

  acknowledged(now: Instant): void {
    this.delivery.acknowledged(now);
  }

  reset(now: Instant): void {
    this.delivery.reset(now);
  }

  gaveUp(now: Instant): void {
    this.delivery.gaveUp(now);
  }

  #transmit(now: Instant): void {
    this.#wire.transmit(this.#datagram, this.#peer.address);
    this.#timer = this.#wire.timers.set(now + this.#timeout, (at) => this.#expired(at));
  }

  #expired(now: Instant): void {
    const { maxRetransmit } = this.#wire.parameters;
    if (this.#retransmissions >= maxRetransmit) {
      this.#peer.sent.delete(this.messageId);
      return this.delivery.gaveUp(now);
    }
    this.#retransmissions++;
    this.#timeout *= 2;
    this.#wire.counters.retransmissions++;
    this.#renew(now);
    this.#transmit(now);
  }

  /** Newer content goes out as a new message that inherits what is left of this one's attempts (RFC 7641 §4.5.2). */
  #renew(now: Instant): void {
    const outgoing = this.delivery.renew?.(now);
    if (outgoing === undefined) return;
    this.#peer.sent.delete(this.messageId);
    this.messageId = this.#peer.nextMessageId();
    this.#peer.sent.set(this.messageId, this);
    this.#datagram = datagramOf('CON', this.messageId, outgoing);
  }
}
