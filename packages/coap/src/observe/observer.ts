import { type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import type { Representation } from '../blockwise/representation.js';
import { isSuccess } from '../message/code.js';
import type { CoapOption } from '../message/option-codec.js';
import { type Delivery, outgoing, type Outgoing, unwatched } from '../messaging/delivery.js';
import type { Interaction } from '../messaging/interactions.js';
import type { Peer } from '../messaging/peer.js';
import type { TimerEntry } from '../messaging/timers.js';
import type { Transmission } from '../messaging/transmission.js';
import { first } from '../option/access.js';
import type { Block } from '../option/block.js';
import { option } from '../option/registry.js';
import { compose, keepRest, plain } from '../server/compose.js';
import type { ServerExchange } from '../server/exchange.js';
import { ServerRequest } from '../server/request.js';
import { representationOf, type ServerResponse } from '../server/response.js';
import type { SendingWorld } from '../server/sending-world.js';

/** How a server tells its observers, RFC 7641 §4.5. */
export type NotificationType = 'CON' | 'NON';

/** What an {@link Observer} is made of. */
export interface ObserverParts<Address extends PeerAddress> {
  readonly world: SendingWorld<Address>;
  readonly observers: ObserverTable<Address>;
  readonly peer: Peer<Address>;
  readonly token: Uint8Array;
  /** The registration's method. */
  readonly code: number;
  /** The registration; it is served again for every notification. */
  readonly request: ServerRequest<Address>;
  readonly serve: (exchange: ServerExchange<Address>) => void;
  readonly notifications: NotificationType;
}

/** All observers of a server, as one of them knows them. */
export interface ObserverTable<Address extends PeerAddress> {
  /** The next Observe value. */
  nextSequence(): number;
  /** It is told no longer. */
  remove(observer: Observer<Address>, now: Instant): void;
}

/** Of so many Non-confirmable notifications one is Confirmable, to see whether anybody listens (RFC 7641 §4.5). */
const confirmEvery = 5;
/** And no later than this after the last, ms. */
const confirmWithin = 24 * 3_600_000;
/** Message IDs by which a Non-confirmable notification can be reset. */
const resettable = 4;

/**
 * A client that is told when a resource changes, RFC 7641 §4:
 * ```
 * idle ── changed ──► waiting ── its turn (NSTART) ──► asking ── the handler answers ──► sending (CON) ──► idle
 * ```
 * Changes meanwhile are told as one: the newest state is what counts (§4.5). A Reset, silence, or an answer that is no
 * success ends the observation.
 */
export class Observer<Address extends PeerAddress> implements Delivery {
  readonly peer: Peer<Address>;
  readonly token: Uint8Array;
  readonly request: ServerRequest<Address>;
  readonly #parts: ObserverParts<Address>;
  readonly #again: ServerRequest<Address>;
  readonly #sentIds: number[] = [];
  /** The block size that the client named when it registered. */
  readonly #block2: Block | undefined;
  #state: 'idle' | 'waiting' | 'asking' | 'sending' | 'over' = 'idle';
  #changed = false;
  #asking = false;
  #newest: Outgoing | undefined;
  #interaction: Interaction | undefined;
  #transmission: Transmission<Address> | undefined;
  #patience: TimerEntry | undefined;
  #check: TimerEntry | undefined;
  #sinceConfirmed = 0;
  #confirmedAt: Instant;

  constructor(parts: ObserverParts<Address>, now: Instant) {
    this.#parts = parts;
    this.#confirmedAt = now;
    this.peer = parts.peer;
    this.token = parts.token;
    this.request = parts.request;
    const { method, options, payload, from } = parts.request;
    const again = { method, options, payload, from, multicast: false, observe: 'notify', fresh: false } as const;
    this.#again = new ServerRequest(again);
    this.#block2 = first(options, option.block2);
    this.#checkLater(now);
  }

  /** Hears what becomes of the response to the registration itself. */
  get registration(): Delivery {
    return {
      acknowledged: () => undefined,
      reset: (now) => this.#remove(now),
      gaveUp: (now) => this.#remove(now),
    };
  }

  changed(now: Instant): void {
    this.#changed = true;
    if (this.#state === 'idle') this.#wait(now);
  }

  /** Notes a Non-confirmable message by whose ID the client may reject the observation. */
  sent(messageId: number): void {
    this.#sentIds.push(messageId);
    if (this.#sentIds.length > resettable) this.peer.sent.delete(this.#sentIds.shift() as number);
  }

  acknowledged(now: Instant): void {
    this.#transmission = undefined;
    this.#confirmedAt = now;
    this.#checkLater(now);
    const newest = this.#newest;
    this.#newest = undefined;
    if (newest !== undefined) return this.#confirm(newest, now);
    this.#idle(now);
  }

  reset(now: Instant): void {
    this.#remove(now);
  }

  gaveUp(now: Instant): void {
    this.#remove(now);
  }

  /** RFC 7641 §4.5.2: what is sent again is the newest state, which the handler is asked for in time for the next time. */
  renew(now: Instant): Outgoing | undefined {
    const newest = this.#newest;
    this.#newest = undefined;
    if (newest === undefined && this.#changed) this.#ask(now);
    return newest;
  }

  /** @internal Called once it is out of the table. */
  end(now: Instant): void {
    this.#state = 'over';
    const { messaging, timers } = this.#parts.world;
    for (const messageId of this.#sentIds) this.peer.sent.delete(messageId);
    if (this.#transmission !== undefined) messaging.forget(this.peer, this.#transmission.messageId);
    timers.cancel(this.#patience);
    timers.cancel(this.#check);
    this.peer.interactions.end(this.#interaction, now);
  }

  /** A client that has gone without a word is found out even where nothing ever changes. */
  #checkLater(now: Instant): void {
    const { timers } = this.#parts.world;
    timers.cancel(this.#check);
    this.#check = timers.set(now + confirmWithin, (at) => {
      this.changed(at);
      this.#checkLater(at);
    });
  }

  #wait(now: Instant): void {
    this.#state = 'waiting';
    try {
      this.#interaction = this.peer.interactions.begin((at) => this.#turn(at), now);
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
      // So many wait for this peer that it is not there: it may observe anew when it is.
      this.#remove(now);
    }
  }

  #turn(now: Instant): void {
    this.#state = 'asking';
    this.#ask(now);
  }

  #ask(now: Instant): void {
    if (this.#asking) return;
    this.#asking = true;
    this.#changed = false;
    const { timers, times } = this.#parts.world;
    this.#patience = timers.set(now + times.exchangeLifetime, (at) => this.#remove(at));
    const answer = (response: ServerResponse | undefined, at: Instant): void => this.#answered(response, at);
    this.#parts.serve(new Notification(this.#again, answer));
  }

  #answered(response: ServerResponse | undefined, now: Instant): void {
    if (!this.#asking) throw new SelvageError('wrong-state', 'the notification is answered already');
    const whole = response === undefined ? plain('4.04') : representationOf(response);
    this.#asking = false;
    if (this.#state === 'over') return;
    this.#parts.world.timers.cancel(this.#patience);
    if (!isSuccess(whole.code) || response?.observable !== true) return this.#farewell(whole, now);
    const notification = this.#compose(whole, [option.observe.of(this.#parts.observers.nextSequence())], now);
    if (this.#state === 'sending') this.#newest = notification;
    else this.#notify(notification, now);
  }

  #notify(notification: Outgoing, now: Instant): void {
    const { notifications, world } = this.#parts;
    const due = this.#sinceConfirmed + 1 >= confirmEvery || now - this.#confirmedAt >= confirmWithin;
    if (notifications === 'CON' || due) return this.#confirm(notification, now);
    this.#sinceConfirmed++;
    this.sent(world.messaging.send(this.peer, notification, this));
    this.#idle(now);
  }

  #confirm(notification: Outgoing, now: Instant): void {
    this.#state = 'sending';
    this.#sinceConfirmed = 0;
    this.#transmission = this.#parts.world.messaging.confirm(this.peer, notification, this, now);
  }

  /** RFC 7641 §4.2: what is no success is told without Observe, and ends it. */
  #farewell(whole: Representation, now: Instant): void {
    this.#remove(now);
    const last = this.#compose(whole, [], now);
    this.#parts.world.messaging.confirm(this.peer, last, unwatched, now);
  }

  #compose(whole: Representation, added: readonly CoapOption[], now: Instant): Outgoing {
    const { world, code } = this.#parts;
    const asked = { code, options: this.request.options, block2: this.#block2 };
    const content = compose(world, this.peer, asked, whole, added);
    keepRest(world, this.peer, asked, content, now);
    return outgoing(this.token, content);
  }

  #idle(now: Instant): void {
    this.#state = 'idle';
    this.peer.interactions.end(this.#interaction, now);
    if (this.#changed) this.#wait(now);
  }

  #remove(now: Instant): void {
    this.#parts.observers.remove(this, now);
  }
}

/** A request that nobody has sent: an observed one, served again. */
class Notification<Address extends PeerAddress> implements ServerExchange<Address> {
  readonly request: ServerRequest<Address>;
  readonly answer: (response: ServerResponse | undefined, now: Instant) => void;

  constructor(request: ServerRequest<Address>, answer: (response: ServerResponse | undefined, now: Instant) => void) {
    this.request = request;
    this.answer = answer;
  }

  /** There is nobody to tell. */
  ignore(): void {}
}
