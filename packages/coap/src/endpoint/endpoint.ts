import { type Engine, type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import { TransferTable } from '../blockwise/transfer-table.js';
import type { Representation } from '../blockwise/representation.js';
import { Uploads } from '../blockwise/uploads.js';
import { CoapClient } from '../client/client.js';
import type { CoapRequest, RequestSettings } from '../client/request.js';
import { Requests } from '../client/requests.js';
import { WaitingTable } from '../client/waiting-table.js';
import type { ClientWorld } from '../client/world.js';
import { EchoGuard } from '../echo/echo-guard.js';
import { largestToken } from '../message/message.js';
import { type CoapCounters, noCounts } from '../messaging/counters.js';
import { Messaging } from '../messaging/messaging.js';
import { defaultParameters, derivedTimes } from '../messaging/parameters.js';
import type { Peer } from '../messaging/peer.js';
import { PeerTable } from '../messaging/peer-table.js';
import { RandomPool } from '../messaging/random-pool.js';
import { Timers } from '../messaging/timers.js';
import { Observers } from '../observe/observers.js';
import { recognizing } from '../option/recognition.js';
import { allOptions } from '../option/registry.js';
import type { ServerExchange } from '../server/exchange.js';
import { CoapServer } from '../server/server.js';
import type { ServerWorld } from '../server/world.js';
import type { CoapInput, CoapOutput } from './events.js';
import { type CoapLimits, defaultLimits } from './limits.js';
import type { EndpointOptions } from './options.js';
import { OutputQueue } from './output-queue.js';

/** An upload that was heard of lately does not make room for others, ms. */
const sparedUpload = 10_000;

/** How much an endpoint has under way, each a count. */
export interface EndpointLoad {
  readonly peers: number;
  /** Received messages that are remembered to know their copies. */
  readonly received: number;
  /** Requests in handlers' hands. */
  readonly serving: number;
  /** Own requests. */
  readonly requests: number;
  readonly observers: number;
  readonly uploads: number;
  readonly downloads: number;
  /** Bytes of the bodies that are uploaded or downloaded in blocks. */
  readonly transferBytes: number;
}

/**
 * CoAP with many peers on one port, client and server at once, without IO: reliability (RFC 7252 §4), requests and
 * responses (§5), groups (§8), blocks (RFC 7959), observation (RFC 7641), Echo and Request-Tag (RFC 9175). Security arrives
 * through the port. A bad datagram is counted and dropped; everything that a peer can make it keep is limited.
 */
export class CoapEndpoint<Address extends PeerAddress> implements Engine<CoapInput<Address>, CoapOutput<Address>> {
  readonly counters: CoapCounters = noCounts();
  readonly #outputs = new OutputQueue<CoapOutput<Address>>();
  readonly #timers = new Timers();
  readonly #peers: PeerTable<Address>;
  readonly #messaging: Messaging<Address>;
  readonly #server: CoapServer<Address>;
  readonly #requests: Requests<Address>;
  readonly #uploads: Uploads<Address>;
  readonly #downloads: TransferTable<Address, Representation>;
  readonly #observers: Observers<Address>;
  readonly #maximumPayload: (to: Address) => number;

  constructor(options: EndpointOptions<Address>) {
    const limits: CoapLimits = { ...defaultLimits, ...options.limits };
    const parameters = { ...defaultParameters, ...options.parameters };
    const { maximumPayload } = options;
    this.#maximumPayload = typeof maximumPayload === 'number' ? () => maximumPayload : maximumPayload;
    const random = new RandomPool(options.entropy);
    this.#peers = new PeerTable(limits, parameters, random);
    const shared = {
      parameters,
      limits,
      random,
      timers: this.#timers,
      counters: this.counters,
      times: derivedTimes(parameters),
      maximumPayload: (to: Address) => this.#maximumPayload(to),
    };
    const serve = (exchange: ServerExchange<Address>): void => this.#outputs.push({ kind: 'request', exchange });

    const messagingWorld = { ...shared, peers: this.#peers, transmit: this.#transmit.bind(this) };
    this.#messaging = new Messaging(messagingWorld, {
      request: (incoming, now) => this.#server.request(incoming, now),
      response: (incoming, now) => client.response(incoming, now),
      piggybacked: (peer, message, now) => client.piggybacked(peer, message, now),
    });

    const clientWorld: ClientWorld<Address> = {
      ...shared,
      messaging: this.#messaging,
      waiting: new WaitingTable(limits.requests),
      recognized: recognizing([...allOptions.filter(({ name }) => name !== 'OSCORE'), ...(options.understands ?? [])]),
      requestTags: options.requestTags ?? true,
      tokenLength: options.tokenLength ?? largestToken,
    };
    const client = new CoapClient(clientWorld.waiting);
    this.#requests = new Requests(clientWorld, (output) => this.#outputs.push(output));

    const { transfers: entries, transfersPerPeer, transferBytes: bytes, transferLifetime: lifetime } = limits;
    const transferLimits = { entries, entriesPerPeer: transfersPerPeer, bytes, lifetime };
    this.#uploads = new Uploads(limits.body, { ...transferLimits, spared: sparedUpload }, this.#timers);
    this.#downloads = new TransferTable({ ...transferLimits, spared: 0 }, this.#timers);
    const notifications = options.notifications ?? 'CON';
    const sending = { ...shared, messaging: this.#messaging, downloads: this.#downloads };
    this.#observers = new Observers({ limits, notifications, serve, sending });
    const serverWorld: ServerWorld<Address> = {
      ...sending,
      observers: this.#observers,
      echo: options.echo && new EchoGuard(options.echo, options.entropy),
    };
    const recognized = recognizing(options.understands);
    this.#server = new CoapServer({ world: serverWorld, uploads: this.#uploads, recognized, serve });
  }

  get deadline(): Instant | undefined {
    return this.#timers.next;
  }

  /** What is under way now. */
  get load(): EndpointLoad {
    return {
      peers: this.#peers.size,
      received: this.#peers.received,
      serving: this.#server.serving,
      requests: this.#requests.size,
      observers: this.#observers.size,
      uploads: this.#uploads.table.size,
      downloads: this.#downloads.size,
      transferBytes: this.#uploads.table.bytes + this.#downloads.bytes,
    };
  }

  /**
   * Sends a request to a peer. A `response` or, if it fails, an `ended` of the ID that is returned follows.
   * @throws SelvageError `too-many-requests`, `too-many-peers`, `payload-too-large`, `invalid-argument`.
   */
  request(to: Address, request: CoapRequest, now: Instant, settings: RequestSettings = {}): number {
    return this.#requests.request(this.#peer(to, now), request, settings, now);
  }

  /**
   * Observes a resource of a peer: a `response` for every state, until an `ended`.
   * @throws SelvageError as {@link CoapEndpoint.request}.
   */
  observe(to: Address, request: CoapRequest, now: Instant, settings: RequestSettings = {}): number {
    return this.#requests.observe(this.#peer(to, now), request, settings, now);
  }

  /**
   * Asks a group: a `response` for every member that answers, and an `ended` when the time is over.
   * @param listenFor how long answers are taken, ms
   * @throws SelvageError as {@link CoapEndpoint.request}.
   */
  askGroup(
    group: Address,
    request: CoapRequest,
    listenFor: number,
    now: Instant,
    settings: RequestSettings = {},
  ): number {
    return this.#requests.askGroup(this.#peer(group, now), request, listenFor, settings, now);
  }

  /**
   * Asks a peer for a sign of life: an `ended` follows, with an error if there is none.
   * @throws SelvageError `too-many-peers`.
   */
  ping(to: Address, now: Instant): number {
    return this.#requests.ping(this.#peer(to, now), now);
  }

  /** How many observe the resource of a path. */
  observerCount(path: string): number {
    return this.#observers.count(path);
  }

  /** @throws SelvageError `wrong-state` or `invalid-argument` for an answer that does not fit; a datagram never throws. */
  handle(input: CoapInput<Address>, now: Instant): void {
    switch (input.kind) {
      case 'datagram':
        return this.#messaging.receive(input.payload, input.from, input.multicast ?? false, now);
      case 'respond':
        return input.exchange.answer(input.response, now);
      case 'ignore':
        return input.exchange.ignore();
      case 'changed':
        return this.#observers.changed(input.path, now);
      case 'cancel':
        return this.#requests.cancel(input.id, now);
      case 'gone':
        return this.#gone(input.peer, input.error, now);
    }
  }

  poll(now: Instant): CoapOutput<Address> | undefined {
    while (this.#outputs.isEmpty && this.#timers.fire(now));
    return this.#outputs.shift();
  }

  #transmit(payload: Uint8Array, to: Address): void {
    this.#outputs.push({ kind: 'transmit', payload, to });
  }

  #peer(address: Address, now: Instant): Peer<Address> {
    const peer = this.#peers.obtain(address, now);
    this.#messaging.sweepLater(now);
    if (peer !== undefined) return peer;
    throw new SelvageError('too-many-peers', `${this.#peers.size} peers have something under way already`);
  }

  #gone(address: Address, error: SelvageError, now: Instant): void {
    const peer = this.#peers.find(address);
    if (peer === undefined) return;
    this.#requests.failPeer(peer, error, now);
    this.#observers.removePeer(peer, now);
    this.#uploads.table.deletePeer(peer);
    this.#downloads.deletePeer(peer);
    for (const messageId of [...peer.sent.keys()]) this.#messaging.forget(peer, messageId);
    this.#peers.delete(peer);
    peer.isGone = true;
  }
}
