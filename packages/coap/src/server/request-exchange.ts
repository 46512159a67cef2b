import { type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import type { Representation } from '../blockwise/representation.js';
import { isSuccess } from '../message/code.js';
import type { CoapOption } from '../message/option-codec.js';
import { outgoing, unwatched } from '../messaging/delivery.js';
import type { Incoming } from '../messaging/messaging.js';
import type { Pending } from '../messaging/received.js';
import type { TimerEntry } from '../messaging/timers.js';
import type { Observer } from '../observe/observer.js';
import { first } from '../option/access.js';
import { type Block } from '../option/block.js';
import { option } from '../option/registry.js';
import { type Asked, compose, type Composed, keepRest, plain } from './compose.js';
import type { ServerExchange } from './exchange.js';
import type { ServerRequest } from './request.js';
import { representationOf, type ServerResponse } from './response.js';
import type { ServerWorld } from './world.js';

/** The blocks that a request asks for and came in. */
export interface RequestBlocks {
  readonly block1: Block | undefined;
  readonly block2: Block | undefined;
}

/**
 * A request of a peer and its one response:
 * ```
 * open ── answer ──────────────► answered    the response rides in the Acknowledgement (RFC 7252 §5.2.1)
 *   │ the handler takes its time, or the client asks again
 *   ▼
 * acknowledged ── answer ──────► answered    the response is a Confirmable message of its own (§5.2.2)
 * ```
 * A Non-confirmable request stays open until its response, a Non-confirmable message (§5.2.3). A request that is not
 * answered within EXCHANGE_LIFETIME is abandoned; an answer that comes later is dropped.
 */
export class RequestExchange<Address extends PeerAddress> implements ServerExchange<Address>, Pending {
  readonly request: ServerRequest<Address>;
  readonly #world: ServerWorld<Address>;
  readonly #incoming: Incoming<Address>;
  readonly #blocks: RequestBlocks;
  readonly #ended: () => void;
  #state: 'open' | 'acknowledged' | 'answered' | 'abandoned' = 'open';
  #timer: TimerEntry | undefined;

  /** @param ended called once, when the exchange takes up no place any longer */
  constructor(
    world: ServerWorld<Address>,
    incoming: Incoming<Address>,
    request: ServerRequest<Address>,
    blocks: RequestBlocks,
    ended: () => void,
  ) {
    this.#world = world;
    this.#incoming = incoming;
    this.request = request;
    this.#blocks = blocks;
    this.#ended = ended;
  }

  begin(now: Instant): void {
    const { received, message, multicast } = this.#incoming;
    received.pending = this;
    const { timers, parameters, times } = this.#world;
    const separate = message.type === 'CON' && !multicast;
    this.#timer = separate
      ? timers.set(now + parameters.separateAfter, (at) => this.#acknowledge(at))
      : timers.set(now + times.exchangeLifetime, () => this.#abandon());
  }

  /** The client has sent the request again: it wants a sign of life. */
  copied(now: Instant): void {
    if (this.#state === 'open' && this.#incoming.message.type === 'CON') this.#acknowledge(now);
  }

  answer(response: ServerResponse | undefined, now: Instant): void {
    if (this.#state === 'answered') {
      throw new SelvageError('wrong-state', `the request ${this.request.path} is answered already`);
    }
    if (this.#state === 'abandoned') return;
    if (this.#incoming.peer.isGone) return this.#abandon();
    if (this.#incoming.multicast) return this.#answerGroup(response, now);
    const whole = response === undefined ? plain('4.04') : representationOf(response);
    const observer = this.#observe(response, now);
    const content = this.#content(whole, response, observer, now);
    this.#send(content, this.#state, observer, now);
    this.#end('answered');
  }

  ignore(): void {
    if (this.#state === 'answered' || this.#state === 'abandoned') return;
    const { peer, message, received, multicast } = this.#incoming;
    const wantsWord = message.type === 'CON' && this.#state === 'open' && !multicast && !peer.isGone;
    if (wantsWord) this.#world.messaging.acknowledge(peer, received);
    this.#end('answered');
  }

  #content(
    whole: Representation,
    response: ServerResponse | undefined,
    observer: Observer<Address> | undefined,
    now: Instant,
  ): Representation | undefined {
    const added = this.#added(response, observer, now);
    const content = this.#compose(whole, added);
    if (this.#mustProveItself(content, now)) {
      this.#world.observers.remove(observer, now);
      return plain('4.01', [this.#echo(now)]);
    }
    this.#keepRest(content, now);
    return isUnwanted(content.code, this.#incoming.message.options) ? undefined : content;
  }

  #compose(whole: Representation, added: readonly CoapOption[]): Composed {
    return compose(this.#world, this.#incoming.peer, this.#asked, whole, added);
  }

  #keepRest(content: Composed, now: Instant): void {
    keepRest(this.#world, this.#incoming.peer, this.#asked, content, now);
  }

  get #asked(): Asked {
    const { code, options } = this.#incoming.message;
    return { code, options, block2: this.#blocks.block2 };
  }

  /** The options of the exchange itself: Observe, the echo of Block1, a challenge. */
  #added(
    response: ServerResponse | undefined,
    observer: Observer<Address> | undefined,
    now: Instant,
  ): readonly CoapOption[] {
    const { block1 } = this.#blocks;
    if (block1 === undefined && observer === undefined && response?.challenge !== true) return none;
    return [
      ...(observer === undefined ? [] : [option.observe.of(this.#world.observers.nextSequence())]),
      ...(block1 === undefined ? [] : [option.block1.of(block1)]),
      ...(response?.challenge === true ? [this.#echo(now)] : []),
    ];
  }

  /** RFC 7641 §4.1: the response to a registration says whether there is an observation. */
  #observe(response: ServerResponse | undefined, now: Instant): Observer<Address> | undefined {
    if (this.request.observe !== 'register' || response?.observable !== true) return undefined;
    if (!response.code.startsWith('2.')) return undefined;
    const { peer, message } = this.#incoming;
    return this.#world.observers.register(peer, message.token, message.code, this.request, now);
  }

  #mustProveItself(content: Representation, now: Instant): boolean {
    const { echo, counters } = this.#world;
    if (!echo?.mustProve(this.#incoming, content, now)) return false;
    counters.challenged++;
    return true;
  }

  #echo(now: Instant): CoapOption {
    const { echo } = this.#world;
    if (echo !== undefined) return option.echo.of(echo.value(this.#incoming.peer.address, now));
    throw new SelvageError('invalid-argument', 'a challenge needs the endpoint to be made with `echo`');
  }

  #send(
    content: Representation | undefined,
    state: 'open' | 'acknowledged',
    observer: Observer<Address> | undefined,
    now: Instant,
  ): void {
    const { messaging } = this.#world;
    const { peer, message, received } = this.#incoming;
    if (message.type === 'CON' && state === 'open') {
      return messaging.acknowledge(peer, received, content && outgoing(message.token, content));
    }
    if (content === undefined) return;
    const response = outgoing(message.token, content);
    if (message.type === 'CON') messaging.confirm(peer, response, observer?.registration ?? unwatched, now);
    else if (observer === undefined) messaging.send(peer, response);
    else observer.sent(messaging.send(peer, response, observer));
  }

  /** RFC 7252 §8.2: what is no success stays unsaid, and the rest is spread over the leisure. */
  #answerGroup(response: ServerResponse | undefined, now: Instant): void {
    const { messaging, timers, random, parameters } = this.#world;
    const { peer, message } = this.#incoming;
    this.#state = 'answered';
    timers.cancel(this.#timer);
    const whole = response && representationOf(response);
    if (whole === undefined || !isSuccess(whole.code) || isUnwanted(whole.code, message.options)) return this.#ended();
    const delay = random.unit() * (response?.leisure ?? parameters.leisure);
    timers.set(now + delay, (at) => {
      const content = this.#compose(whole, none);
      this.#keepRest(content, at);
      messaging.send(peer, outgoing(message.token, content));
      this.#ended();
    });
  }

  #acknowledge(now: Instant): void {
    const { messaging, timers, times } = this.#world;
    const { peer, received } = this.#incoming;
    this.#state = 'acknowledged';
    messaging.acknowledge(peer, received);
    timers.cancel(this.#timer);
    this.#timer = timers.set(now + times.exchangeLifetime, () => this.#abandon());
  }

  /** The handler has not answered while anybody could have cared. */
  #abandon(): void {
    if (this.#state !== 'answered') this.#end('abandoned');
  }

  #end(state: 'answered' | 'abandoned'): void {
    this.#state = state;
    this.#incoming.received.pending = undefined;
    this.#world.timers.cancel(this.#timer);
    this.#ended();
  }
}

const none: readonly CoapOption[] = [];

/** RFC 7967 §2.1: the bit of a response's class says that the client has no use for it. */
function isUnwanted(code: number, options: readonly CoapOption[]): boolean {
  const suppressed = first(options, option.noResponse);
  return suppressed !== undefined && (suppressed & (1 << ((code >> 5) - 1))) !== 0;
}
