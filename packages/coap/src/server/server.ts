import { coapCode, type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import { type Representation, slice } from '../blockwise/representation.js';
import { blockSizeFor, headLength } from '../blockwise/room.js';
import type { Uploads, UploadStep } from '../blockwise/uploads.js';
import { type Method, methodOf, type ResponseCode } from '../message/code.js';
import type { CoapOption } from '../message/option-codec.js';
import { outgoing } from '../messaging/delivery.js';
import type { Incoming } from '../messaging/messaging.js';
import { first } from '../option/access.js';
import { type Block, type BlockSize } from '../option/block.js';
import type { Recognized } from '../option/recognition.js';
import { unrecognized } from '../option/recognition.js';
import { option } from '../option/registry.js';
import { requestKey } from '../option/request-key.js';
import { plain } from './compose.js';
import type { ServerExchange } from './exchange.js';
import { type ObserveIntent, ServerRequest } from './request.js';
import { RequestExchange } from './request-exchange.js';
import type { ServerWorld } from './world.js';

/** What the server part of an endpoint is made of. */
export interface ServerParts<Address extends PeerAddress> {
  readonly world: ServerWorld<Address>;
  readonly uploads: Uploads<Address>;
  readonly recognized: Recognized;
  /** Hands a request to whoever serves it. */
  readonly serve: (exchange: ServerExchange<Address>) => void;
}

/**
 * What a server does with a request before and after its handler: options, blocks, proof of address, limits. What is
 * refused is answered with the code of its section; to a group, and where the RFC says so, with silence.
 */
export class CoapServer<Address extends PeerAddress> {
  readonly #parts: ServerParts<Address>;
  /** Requests in handlers' hands. */
  #serving = 0;

  constructor(parts: ServerParts<Address>) {
    this.#parts = parts;
  }

  get serving(): number {
    return this.#serving;
  }

  request(incoming: Incoming<Address>, now: Instant): void {
    const { message } = incoming;
    const bad = unrecognized(message.options, this.#parts.recognized);
    if (bad !== undefined) return this.#badOption(incoming, bad);
    const method = methodOf(message.code);
    if (method === undefined) return this.#refuse(incoming, '4.05');
    try {
      this.#take(incoming, method, now);
    } catch (error) {
      if (!(error instanceof SelvageError) || error.fault !== 'peer') throw error;
      this.#refuse(incoming, coapCode(error));
    }
  }

  #take(incoming: Incoming<Address>, method: Method, now: Instant): void {
    const { world } = this.#parts;
    const { message, peer } = incoming;
    const fresh = this.#isFresh(incoming, now);
    const block1 = first(message.options, option.block1);
    const block2 = first(message.options, option.block2);
    if (this.#isDoubtful(incoming, method, now)) return this.#challenge(incoming, now);
    if (block1 !== undefined) return this.#takeBlock(incoming, method, block1, block2, fresh, now);
    if (block2 !== undefined && block2.number > 0) {
      const kept = world.downloads.find(peer, requestKey(message.code, message.options), now);
      if (kept !== undefined) return this.#answerBlock(incoming, kept.value, block2, now);
      // What changes something is never carried out once more for its second block.
      if (!isSafe(method)) return this.#refuse(incoming, '4.08');
    }
    this.#serve(incoming, method, { block1, block2, payload: message.payload, fresh }, now);
  }

  #takeBlock(
    incoming: Incoming<Address>,
    method: Method,
    block1: Block,
    block2: Block | undefined,
    fresh: boolean,
    now: Instant,
  ): void {
    const { uploads } = this.#parts;
    const { peer, message, multicast } = incoming;
    if (multicast) return;
    const step: UploadStep = uploads.take(peer, message, block1, this.#preferredSize(incoming), now);
    switch (step.kind) {
      case 'continue':
        return this.#answer(incoming, plain('2.31', [option.block1.of(step.block)]));
      case 'refuse':
        return this.#refuse(incoming, step.code, [option.block1.of(block1), ...step.options]);
      case 'complete':
        return this.#serve(incoming, method, { block1, block2, payload: step.body, fresh }, now);
    }
  }

  #serve(
    incoming: Incoming<Address>,
    method: Method,
    body: { block1: Block | undefined; block2: Block | undefined; payload: Uint8Array; fresh: boolean },
    now: Instant,
  ): void {
    const { world, serve } = this.#parts;
    const { peer, message, multicast } = incoming;
    const { limits } = world;
    if (this.#serving >= limits.exchanges || peer.serving >= limits.exchangesPerPeer) {
      world.counters.refused++;
      return this.#refuse(incoming, '5.03', [option.maxAge.of(1)]);
    }
    const observe = this.#observeIntent(incoming, method, body.block2);
    const { options } = message;
    const parts = { method, options, payload: body.payload, from: peer.address, multicast, observe, fresh: body.fresh };
    const request = new ServerRequest(parts);
    if (observe !== undefined) world.observers.deregister(peer, message.token, now);
    this.#serving++;
    peer.serving++;
    const exchange = new RequestExchange(world, incoming, request, body, () => {
      this.#serving--;
      peer.serving--;
    });
    exchange.begin(now);
    serve(exchange);
  }

  #observeIntent(
    { message, multicast }: Incoming<Address>,
    method: Method,
    block2: Block | undefined,
  ): ObserveIntent | undefined {
    if (multicast || !isSafe(method) || (block2?.number ?? 0) > 0) return undefined;
    const value = first(message.options, option.observe);
    return value === 0 ? 'register' : value === 1 ? 'deregister' : undefined;
  }

  /** RFC 9175 §2.3: an Echo that is ours shows that the request is fresh, and that the peer is where it says. */
  #isFresh({ peer, message }: Incoming<Address>, now: Instant): boolean {
    const { echo } = this.#parts.world;
    const value = echo && first(message.options, option.echo);
    if (echo === undefined || value === undefined || !echo.isFresh(value, peer.address, now)) return false;
    echo.reached(peer, now);
    return true;
  }

  /** Whether to see first that the peer is where it says: before anything is changed, kept or told again and again. */
  #isDoubtful({ peer, message, multicast }: Incoming<Address>, method: Method, now: Instant): boolean {
    const { echo } = this.#parts.world;
    if (echo === undefined || multicast || !echo.doubts(peer, now)) return false;
    return !isSafe(method) || first(message.options, option.observe) === 0;
  }

  #challenge(incoming: Incoming<Address>, now: Instant): void {
    const { echo, counters } = this.#parts.world;
    counters.challenged++;
    const value = echo?.value(incoming.peer.address, now);
    this.#refuse(incoming, '4.01', value && [option.echo.of(value)]);
  }

  #answerBlock(incoming: Incoming<Address>, whole: Representation, { number, size }: Block, now: Instant): void {
    const fitting = Math.min(size, this.#preferredSize(incoming)) as BlockSize;
    const part = slice(whole, (number * size) / fitting, fitting) ?? plain('4.00');
    if (this.#parts.world.echo?.mustProve(incoming, part, now)) return this.#challenge(incoming, now);
    this.#answer(incoming, part);
  }

  /** RFC 7252 §5.4.1; proxying has a code of its own (§5.10.2). */
  #badOption(incoming: Incoming<Address>, number: number): void {
    const proxy = number === option.proxyUri.number || number === option.proxyScheme.number;
    if (proxy) return this.#refuse(incoming, '5.05');
    if (incoming.message.type === 'CON') return this.#refuse(incoming, '4.02');
    this.#parts.world.counters.stray++;
  }

  #refuse(incoming: Incoming<Address>, code: ResponseCode, options: readonly CoapOption[] = []): void {
    if (!incoming.multicast) this.#answer(incoming, plain(code, options));
  }

  #answer({ peer, message, received }: Incoming<Address>, representation: Representation): void {
    const { messaging } = this.#parts.world;
    const response = outgoing(message.token, representation);
    if (message.type === 'CON') messaging.acknowledge(peer, received, response);
    else messaging.send(peer, response);
  }

  #preferredSize({ peer, message }: Incoming<Address>): BlockSize {
    return blockSizeFor(headLength(message.options), this.#parts.world.maximumPayload(peer.address));
  }
}

/** GET and FETCH change nothing (RFC 7252 §5.1, RFC 8132 §2). */
function isSafe(method: Method): boolean {
  return method === 'GET' || method === 'FETCH';
}
