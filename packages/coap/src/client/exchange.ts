import { type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import type { CoapMessage } from '../message/message.js';
import { type Content, type Delivery, outgoing, type Outgoing } from '../messaging/delivery.js';
import type { Interaction } from '../messaging/interactions.js';
import type { Peer } from '../messaging/peer.js';
import type { TimerEntry } from '../messaging/timers.js';
import type { Waiting } from './waiting-table.js';
import type { ClientWorld } from './world.js';

/** Who has sent a request. */
export interface ExchangeUser<Address extends PeerAddress> {
  /** False for a response that must be rejected. */
  responded(message: CoapMessage, from: Peer<Address>, now: Instant): boolean;
  failed(error: SelvageError, now: Instant): void;
}

/** How an exchange goes about it. */
export interface ExchangeSettings {
  readonly confirmable: boolean;
  /** Whether more responses may follow the first, as those of an observation. */
  readonly lasting: boolean;
}

/**
 * One token: a request to one peer, and its response.
 * ```
 * waiting ── its turn (NSTART) ──► sent ── Empty ACK ──► acknowledged ── response ──► over
 *                                   └──────────── response ─────────────────────────► over
 * ```
 * RFC 7252 §5.2, §5.3. A lasting exchange takes responses until it is closed, and may send again.
 */
export class ClientExchange<Address extends PeerAddress> implements Delivery, Waiting<Address> {
  readonly token: Uint8Array;
  readonly peer: Peer<Address>;
  readonly #world: ClientWorld<Address>;
  readonly #settings: ExchangeSettings;
  readonly #user: ExchangeUser<Address>;
  #messageId: number | undefined;
  #interaction: Interaction | undefined;
  #timer: TimerEntry | undefined;
  #place: TimerEntry | undefined;
  #open = true;

  /** @throws SelvageError `too-many-requests`. */
  constructor(
    world: ClientWorld<Address>,
    peer: Peer<Address>,
    settings: ExchangeSettings,
    user: ExchangeUser<Address>,
  ) {
    this.#world = world;
    this.peer = peer;
    this.#settings = settings;
    this.#user = user;
    this.token = world.random.bytes(world.tokenLength);
    world.waiting.add(this);
    peer.uses++;
  }

  get unacknowledged(): number | undefined {
    return this.#messageId;
  }

  /**
   * Sends the request as soon as it is its turn.
   * @throws SelvageError `too-many-requests` when too many wait for the same peer.
   */
  send(content: Content, now: Instant): void {
    this.#settle(now);
    const message = outgoing(this.token, content);
    try {
      this.#interaction = this.peer.interactions.begin((at) => this.#transmit(message, at), now);
    } catch (error) {
      this.close(now);
      throw error;
    }
  }

  /** The peer has the request, and will respond in a message of its own. */
  acknowledged(now: Instant): void {
    this.#settle(now);
    this.#expectBy(now + this.#world.times.exchangeLifetime);
  }

  reset(now: Instant): void {
    this.#fail(new SelvageError('request-reset', 'the peer rejected the request with a Reset'), now);
  }

  gaveUp(now: Instant): void {
    this.#fail(new SelvageError('timed-out', 'the peer does not acknowledge the request'), now);
  }

  responded(message: CoapMessage, from: Peer<Address>, now: Instant): boolean {
    // A response is as good as an acknowledgement, which may come later or never (RFC 7252 §5.2.2).
    this.#settle(now);
    if (!this.#settings.lasting) this.close(now);
    return this.#user.responded(message, from, now);
  }

  /** Forgets the request; what still comes for it is rejected. */
  close(now: Instant): void {
    if (!this.#open) return;
    this.#open = false;
    this.#settle(now);
    this.#world.waiting.delete(this);
    this.peer.uses--;
  }

  #transmit(message: Outgoing, now: Instant): void {
    const { messaging, times, timers, parameters } = this.#world;
    if (this.#settings.confirmable) {
      this.#messageId = messaging.confirm(this.peer, message, this, now).messageId;
      return;
    }
    this.#messageId = messaging.send(this.peer, message, this);
    this.#expectBy(now + times.maxTransmitWait);
    // A request that nobody acknowledges does not hold others up for as long as its response may take.
    this.#place = timers.set(now + parameters.ackTimeout * parameters.ackRandomFactor, (at) =>
      this.peer.interactions.end(this.#interaction, at),
    );
  }

  /** Nothing is outstanding any longer. */
  #settle(now: Instant): void {
    const { messaging, timers } = this.#world;
    timers.cancel(this.#timer);
    timers.cancel(this.#place);
    if (this.#messageId !== undefined) messaging.forget(this.peer, this.#messageId);
    this.#messageId = undefined;
    this.peer.interactions.end(this.#interaction, now);
  }

  #expectBy(at: Instant): void {
    this.#timer = this.#world.timers.set(at, (now) =>
      this.#fail(new SelvageError('timed-out', 'the peer does not respond'), now),
    );
  }

  #fail(error: SelvageError, now: Instant): void {
    if (!this.#open) return;
    this.close(now);
    this.#user.failed(error, now);
  }
}
