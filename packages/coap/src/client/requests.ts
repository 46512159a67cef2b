import { type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import type { CoapOutput } from '../endpoint/events.js';
import type { Delivery } from '../messaging/delivery.js';
import type { Peer } from '../messaging/peer.js';
import { Observation } from '../observe/observation.js';
import { GroupRequest } from './group.js';
import { type CoapRequest, type CoapResponse, prepare, type RequestSettings } from './request.js';
import { ClientTransfer, type Outcome } from './transfer.js';
import type { ClientWorld } from './world.js';

/** Something that was asked of a peer, while it is under way. */
interface Running<Address extends PeerAddress> {
  readonly peer: Peer<Address>;
  cancel(now: Instant): void;
  /** Ends it without a word to the peer, which is gone. */
  abandon(now: Instant): void;
}

/** The requests, observations and pings of an endpoint, by the number that its driver knows them by. */
export class Requests<Address extends PeerAddress> {
  readonly #world: ClientWorld<Address>;
  readonly #emit: (output: CoapOutput<Address>) => void;
  readonly #running = new Map<number, Running<Address>>();
  #lastId = 0;

  constructor(world: ClientWorld<Address>, emit: (output: CoapOutput<Address>) => void) {
    this.#world = world;
    this.#emit = emit;
  }

  get size(): number {
    return this.#running.size;
  }

  request(peer: Peer<Address>, request: CoapRequest, settings: RequestSettings, now: Instant): number {
    const id = ++this.#lastId;
    const done = (outcome: Outcome<Address>): void => {
      this.#running.delete(id);
      if (outcome.kind === 'response') this.#emit({ kind: 'response', id, response: outcome.response });
      else this.#emit({ kind: 'ended', id, error: outcome.error });
    };
    const transfer = new ClientTransfer(this.#world, peer, prepare(request), settings, done);
    transfer.begin(now);
    const cancel = (at: Instant): void => transfer.cancel(at);
    this.#running.set(id, { peer, cancel, abandon: cancel });
    return id;
  }

  observe(peer: Peer<Address>, request: CoapRequest, settings: RequestSettings, now: Instant): number {
    const id = ++this.#lastId;
    const observation = new Observation(this.#world, peer, prepare(request), settings, {
      notified: (response) => this.#emit({ kind: 'response', id, response }),
      ended: (outcome) => {
        this.#running.delete(id);
        this.#emit({ kind: 'ended', id, ...wordsOf(outcome) });
      },
    });
    observation.begin(now);
    const cancel = (at: Instant): void => observation.cancel(at);
    this.#running.set(id, { peer, cancel, abandon: (at) => observation.abandon(at) });
    return id;
  }

  askGroup(
    group: Peer<Address>,
    request: CoapRequest,
    listenFor: number,
    settings: RequestSettings,
    now: Instant,
  ): number {
    const id = ++this.#lastId;
    const asked = new GroupRequest(this.#world, prepare(request), settings, {
      responded: (response) => this.#emit({ kind: 'response', id, response }),
      finished: () => {
        this.#running.delete(id);
        this.#emit({ kind: 'ended', id });
      },
    });
    asked.begin(group, listenFor, now);
    const cancel = (at: Instant): void => asked.cancel(at);
    this.#running.set(id, { peer: group, cancel, abandon: cancel });
    return id;
  }

  ping(peer: Peer<Address>, now: Instant): number {
    const id = ++this.#lastId;
    const ended = (error?: SelvageError): void => {
      this.#running.delete(id);
      this.#emit({ kind: 'ended', id, ...(error !== undefined && { error }) });
    };
    // Whatever answers shows that somebody is there; the Reset is what RFC 7252 §4.3 asks for.
    const delivery: Delivery = {
      acknowledged: () => ended(),
      reset: () => ended(),
      gaveUp: () => ended(new SelvageError('timed-out', 'the peer does not answer the ping')),
    };
    const transmission = this.#world.messaging.ping(peer, delivery, now);
    const cancel = (): void => this.#world.messaging.forget(peer, transmission.messageId);
    this.#running.set(id, { peer, cancel, abandon: cancel });
    return id;
  }

  /** Nothing more is told of it; an observation is cancelled at the server. */
  cancel(id: number, now: Instant): void {
    const running = this.#running.get(id);
    this.#running.delete(id);
    running?.cancel(now);
  }

  /** Ends all that was asked of a peer which is gone. */
  failPeer(peer: Peer<Address>, error: SelvageError, now: Instant): void {
    for (const [id, running] of this.#running) {
      if (running.peer !== peer) continue;
      this.#running.delete(id);
      running.abandon(now);
      this.#emit({ kind: 'ended', id, error });
    }
  }
}

function wordsOf<Address extends PeerAddress>(
  outcome: Outcome<Address>,
): { readonly response: CoapResponse<Address> } | { readonly error: SelvageError } {
  return outcome.kind === 'response' ? { response: outcome.response } : { error: outcome.error };
}
