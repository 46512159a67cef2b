import { type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import { ClientExchange, type ExchangeUser } from '../client/exchange.js';
import type { CoapResponse, PreparedRequest, RequestSettings } from '../client/request.js';
import { ClientTransfer, type Outcome, unrecognizedIn, unrecognizedOption } from '../client/transfer.js';
import type { ClientWorld } from '../client/world.js';
import { codeText, isSuccess } from '../message/code.js';
import type { CoapMessage } from '../message/message.js';
import type { CoapOption } from '../message/option-codec.js';
import type { Peer } from '../messaging/peer.js';
import type { TimerEntry } from '../messaging/timers.js';
import { first, inOrder } from '../option/access.js';
import { option } from '../option/registry.js';
import { isNewer, type Seen } from './freshness.js';

/** Who observes. */
export interface ObservationUser<Address extends PeerAddress> {
  /** A state of the resource, whole; the first answers the registration. */
  notified(response: CoapResponse<Address>, now: Instant): void;
  /** There will be no more: the server says so by this response, or something failed. */
  ended(outcome: Outcome<Address>, now: Instant): void;
}

/** Observe values of a request, RFC 7641 §2. */
const register = 0;
const deregister = 1;
/** Max-Age where a response has none, seconds (RFC 7252 §5.10.5). */
const defaultMaxAge = 60;
/** A client waits 5 to 15 s beyond Max-Age before it asks anew (RFC 7641 §3.3.1), ms. */
const leastGrace = 5000;
const mostGrace = 15_000;
const mostChallenges = 2;

/**
 * An observation of a resource, RFC 7641 §3:
 * ```
 * registering ── 2.xx with Observe ──► observing ── Max-Age passes ──► registering (the same token)
 *      │ any other response, or none        │ a response without Observe
 *      ▼                                    ▼
 *    ended ◄────────────────────────────── ended
 * ```
 * Notifications that were overtaken are dropped (§3.4); one that comes in blocks is fetched whole before it is told.
 */
export class Observation<Address extends PeerAddress> implements ExchangeUser<Address> {
  readonly #world: ClientWorld<Address>;
  readonly #peer: Peer<Address>;
  readonly #request: PreparedRequest;
  readonly #settings: RequestSettings;
  readonly #user: ObservationUser<Address>;
  readonly #exchange: ClientExchange<Address>;
  #state: 'registering' | 'observing' | 'leaving' | 'ended' = 'registering';
  #seen: Seen | undefined;
  #echo: Uint8Array | undefined;
  #challenges = 0;
  #timer: TimerEntry | undefined;
  #transfer: ClientTransfer<Address> | undefined;

  /** @throws SelvageError `too-many-requests`. */
  constructor(
    world: ClientWorld<Address>,
    peer: Peer<Address>,
    request: PreparedRequest,
    settings: RequestSettings,
    user: ObservationUser<Address>,
  ) {
    this.#world = world;
    this.#peer = peer;
    this.#request = request;
    this.#settings = settings;
    this.#user = user;
    this.#exchange = new ClientExchange(world, peer, { confirmable: request.confirmable, lasting: true }, this);
  }

  /** Registers. @throws SelvageError `too-many-requests`. */
  begin(now: Instant): void {
    this.#send(register, now);
  }

  /** Tells the server that nobody listens any longer (§3.6); nothing more is told to the user. */
  cancel(now: Instant): void {
    if (this.#state === 'leaving' || this.#state === 'ended') return;
    this.#rest(now);
    this.#state = 'leaving';
    try {
      this.#send(deregister, now);
    } catch (error) {
      // With too much waiting for the peer the next notification is rejected instead, which ends it as well.
      if (!(error instanceof SelvageError)) throw error;
      this.abandon(now);
    }
  }

  /** Ends it without a word to the server. */
  abandon(now: Instant): void {
    this.#rest(now);
    this.#state = 'ended';
    this.#exchange.close(now);
  }

  responded(message: CoapMessage, _from: Peer<Address>, now: Instant): boolean {
    const number = unrecognizedIn(message, this.#request, this.#world.recognized);
    if (number === undefined) this.#take(message, now);
    else this.failed(unrecognizedOption(number), now);
    return number === undefined;
  }

  failed(error: SelvageError, now: Instant): void {
    if (this.#state === 'leaving') return this.abandon(now);
    this.#end({ kind: 'failed', error }, now);
  }

  #take(message: CoapMessage, now: Instant): void {
    if (this.#state === 'leaving') return this.abandon(now);
    if (this.#challenged(message, now)) return;
    const sequence = first(message.options, option.observe);
    if (sequence === undefined || !isSuccess(message.code)) return this.#last(message, now);
    this.#notified(message, { sequence, at: now }, now);
  }

  #notified(message: CoapMessage, seen: Seen, now: Instant): void {
    // The answer to a registration is the state of now, whatever a server that has started anew counts from.
    const isFresh = this.#state === 'registering' || this.#seen === undefined || isNewer(this.#seen, seen);
    if (!isFresh) return;
    this.#state = 'observing';
    this.#seen = seen;
    this.#renewAfter(message, now);
    this.#fetch(message, now, (outcome, at) => {
      if (outcome.kind === 'response') this.#user.notified(outcome.response, at);
      else if (outcome.error.code !== 'timed-out') this.#end(outcome, at);
    });
  }

  /** The server does not observe for us, or no longer. */
  #last(message: CoapMessage, now: Instant): void {
    this.#state = 'ended';
    this.#exchange.close(now);
    this.#world.timers.cancel(this.#timer);
    this.#fetch(message, now, (outcome, at) => this.#user.ended(outcome, at));
  }

  /** The whole of what a message begins; a newer one takes the place of one that is still being fetched. */
  #fetch(message: CoapMessage, now: Instant, done: (outcome: Outcome<Address>, at: Instant) => void): void {
    this.#transfer?.cancel(now);
    const request = { ...this.#request, confirmable: true };
    this.#transfer = new ClientTransfer(this.#world, this.#peer, request, this.#settings, done);
    this.#transfer.resume(message, now);
  }

  #challenged({ code, options }: CoapMessage, now: Instant): boolean {
    const echo = first(options, option.echo);
    if (echo === undefined || codeText(code) !== '4.01' || ++this.#challenges > mostChallenges) return false;
    this.#echo = echo;
    this.#register(now);
    return true;
  }

  #renewAfter(message: CoapMessage, now: Instant): void {
    const { timers, random } = this.#world;
    const maxAge = first(message.options, option.maxAge) ?? defaultMaxAge;
    const grace = leastGrace + random.unit() * (mostGrace - leastGrace);
    timers.cancel(this.#timer);
    this.#timer = timers.set(now + 1000 * maxAge + grace, (at) => {
      this.#state = 'registering';
      this.#register(at);
    });
  }

  #register(now: Instant): void {
    try {
      this.#send(register, now);
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
      this.failed(error, now);
    }
  }

  #send(observe: number, now: Instant): void {
    const { code, options, payload } = this.#request;
    const added: CoapOption[] = [option.observe.of(observe)];
    if (this.#echo !== undefined) added.push(option.echo.of(this.#echo));
    this.#exchange.send({ code, options: inOrder([...options, ...added]), payload }, now);
  }

  #end(outcome: Outcome<Address>, now: Instant): void {
    if (this.#state === 'ended') return;
    this.abandon(now);
    this.#user.ended(outcome, now);
  }

  #rest(now: Instant): void {
    this.#world.timers.cancel(this.#timer);
    this.#transfer?.cancel(now);
  }
}
