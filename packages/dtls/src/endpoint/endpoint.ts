import {
  bytesEqual,
  type Engine,
  type Entropy,
  type Instant,
  MinHeap,
  type PeerAddress,
  SelvageError,
  toHex,
} from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { DtlsConfiguration } from '../connection/configuration.js';
import { DtlsConnection } from '../connection/connection.js';
import type { DtlsInput, DtlsOutput } from '../connection/events.js';
import type { AlertName } from '../protocol/alerts.js';
import { ContentType, recordHeaderLength } from '../protocol/record.js';
import {
  type ClientHelloProbe,
  cookieRequest,
  handshakeRefusal,
  probeClientHello,
  startsInTheClear,
} from './client-hello-probe.js';
import { CookieJar } from './cookie-jar.js';
import { DtlsPeer } from './peer.js';
import { PeerTable } from './peer-table.js';

/** How clients are answered where that changes with time, or depends on the client. */
export interface ServerSelection {
  /** What cookies are made with. */
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  /**
   * How to answer a client that has just brought its cookie back; an alert refuses it with that, `undefined` with
   * handshake_failure. What it throws is what `handle` throws.
   */
  select(from: PeerAddress): DtlsConfiguration | AlertName | undefined;
}

/** What an endpoint serves, and how much of it at once. */
export interface EndpointOptions {
  /** How to answer clients; without it ClientHellos are ignored. */
  readonly server?: DtlsConfiguration | ServerSelection;
  /** Bytes of the connection IDs that this endpoint asks its peers to use (RFC 9146); 0 or absent: none. */
  readonly connectionIdLength?: number;
  /** Open sessions at most; a further client is ignored. Default 20 000. */
  readonly maximumSessions?: number;
  /** Handshakes at most; a further client takes the place of the one that has waited longest. Default 1000. */
  readonly maximumHandshakes?: number;
  /** How long a cookie is good for at least, in ms. Default 60 000. */
  readonly cookieLifetime?: number;
  /**
   * Whether a client has to bring a cookie first (RFC 6347 §4.2.1: a server may do without). Default: every one. Without it a
   * ClientHello that came from somewhere else costs a handshake until that is given up.
   */
  readonly needsCookie?: (from: PeerAddress) => boolean;
}

/** What an endpoint is told. */
export type EndpointInput<Address extends PeerAddress> =
  | { readonly kind: 'datagram'; readonly payload: Uint8Array; readonly from: Address }
  /** Any other input of a connection, for one peer. */
  | {
      readonly kind: 'peer';
      readonly peer: DtlsPeer<Address>;
      readonly input: Exclude<DtlsInput, { kind: 'datagram' }>;
    };

/** What an endpoint wants done or tells. */
export type EndpointOutput<Address extends PeerAddress> =
  | { readonly kind: 'transmit'; readonly payload: Uint8Array; readonly to: Address }
  | {
      readonly kind: 'peer';
      readonly peer: DtlsPeer<Address>;
      readonly output: Exclude<DtlsOutput, { kind: 'transmit' }>;
    };

/** What was dropped or refused, each a count. */
export interface EndpointCounters {
  /** Datagrams that belong to nobody. */
  stray: number;
  cookiesSent: number;
  /** Handshakes given up for newer ones because there were too many. */
  evicted: number;
  /** Clients ignored because there were too many sessions, or refused by the selection. */
  refused: number;
}

/**
 * DTLS with many peers on one socket, client and server at once, without IO. A client costs nothing before it has
 * brought its cookie back; a session ends only by its own peer, or when a new handshake with the same address has
 * completed (RFC 6347 §4.2.8).
 */
export class DtlsEndpoint<Address extends PeerAddress>
  implements Engine<EndpointInput<Address>, EndpointOutput<Address>>
{
  readonly counters: EndpointCounters = { stray: 0, cookiesSent: 0, evicted: 0, refused: 0 };
  readonly #options: EndpointOptions;
  readonly #cookies: CookieJar | undefined;
  readonly #peers = new PeerTable<Address>();
  readonly #timers = new MinHeap<DtlsPeer<Address>>();
  readonly #outputs: EndpointOutput<Address>[] = [];

  constructor(options: EndpointOptions) {
    this.#options = options;
    const { server } = options;
    this.#cookies = server && new CookieJar(server.core, server.entropy, options.cookieLifetime);
  }

  get sessionCount(): number {
    return this.#peers.openCount;
  }

  get handshakeCount(): number {
    return this.#peers.handshakeCount;
  }

  get deadline(): Instant | undefined {
    return this.#timers.peek()?.key;
  }

  /** Begins a handshake with a server. */
  connect(to: Address, configuration: DtlsConfiguration, now: Instant): DtlsPeer<Address> {
    const connectionId = this.#newConnectionId(configuration.entropy);
    const connection = DtlsConnection.client(configuration, now, { connectionId });
    const peer = new DtlsPeer(to, 'client', connection, { connectionId });
    this.#admit(peer, now);
    return peer;
  }

  /** @throws SelvageError for a command that does not fit; a datagram never throws. */
  handle(input: EndpointInput<Address>, now: Instant): void {
    if (input.kind === 'datagram') return this.#datagram(input.payload, input.from, now);
    input.peer.connection.handle(input.input, now);
    this.#drain(input.peer, now);
  }

  poll(now: Instant): EndpointOutput<Address> | undefined {
    for (let due = this.#timers.peek(); due !== undefined && due.key <= now; due = this.#timers.peek()) {
      if (this.#outputs.length > 0) break;
      this.#drain(due.value, now);
    }
    return this.#outputs.shift();
  }

  /** Forgets every peer and what was to be said to it, without a word to anybody: for who may not speak any more. */
  abandon(): void {
    for (const peer of [...this.#peers.all()]) this.#forget(peer);
    this.#outputs.length = 0;
  }

  #datagram(payload: Uint8Array, from: Address, now: Instant): void {
    if (payload[0] === ContentType.tls12Cid) return this.#withId(payload, from, now);
    if (startsInTheClear(payload)) {
      const probe = probeClientHello(payload);
      if (probe !== undefined) return this.#clientHello(probe, payload, from, now);
    }
    this.#toAddress(payload, from, now);
  }

  /** To the open session and to every handshake with the address: only one of them can open what is protected. */
  #toAddress(payload: Uint8Array, from: Address, now: Instant): void {
    const open = this.#peers.open(from.key);
    const handshakes = this.#peers.handshakes(from.key);
    if (open === undefined && handshakes.length === 0) this.counters.stray++;
    if (open !== undefined) this.#deliver(open, payload, now);
    for (const peer of handshakes) this.#deliver(peer, payload, now);
  }

  #withId(payload: Uint8Array, from: Address, now: Instant): void {
    const start = recordHeaderLength - 2;
    const id = payload.subarray(start, start + (this.#options.connectionIdLength ?? 0));
    const peer = this.#peers.byConnectionId(toHex(id));
    if (peer === undefined) {
      this.counters.stray++;
      return;
    }
    const { connection } = peer;
    const wasOpen = connection.session !== undefined;
    connection.takeSawNewest();
    connection.handle({ kind: 'datagram', payload }, now);
    // A handshake stays with the address whose cookie it brought.
    const moves = connection.takeSawNewest() && wasOpen && !connection.isClosed;
    if (moves && peer.address.key !== from.key) this.#peers.move(peer, from);
    this.#drain(peer, now);
  }

  #clientHello(probe: ClientHelloProbe, payload: Uint8Array, from: Address, now: Instant): void {
    const { server } = this.#options;
    if (server === undefined || this.#cookies === undefined) {
      this.counters.stray++;
      return;
    }
    const known = this.#peerOf(probe, from.key);
    const hasCookie = this.#cookies.isOurs(from.key, probe.head, now);
    if (!hasCookie && known?.broughtCookie === false) return this.#deliver(known, payload, now);
    if (!hasCookie && (known !== undefined || this.#options.needsCookie?.(from) !== false)) {
      this.counters.cookiesSent++;
      const cookie = this.#cookies.bake(from.key, probe.head, now);
      this.#outputs.push({ kind: 'transmit', payload: cookieRequest(probe, cookie), to: from });
      return;
    }
    // Who was asked for a cookie after all has forgotten what we said without.
    const isAnew = known !== undefined && !known.broughtCookie && known.connection.session === undefined;
    if (isAnew) this.#giveUp(known, 'the client brought a cookie to a handshake that had begun without');
    else if (known !== undefined) return this.#deliver(known, payload, now);
    if (this.#peers.openCount >= (this.#options.maximumSessions ?? 20_000)) {
      this.counters.refused++;
      return;
    }
    const configuration = 'select' in server ? server.select(from) : server;
    if (typeof configuration !== 'object') return this.#refuse(probe, from, configuration);
    const connectionId = this.#newConnectionId(configuration.entropy);
    const connection = DtlsConnection.server(configuration, now, { connectionId });
    const clientRandom = probe.head.random.slice();
    const peer = new DtlsPeer(from, 'server', connection, { clientRandom, connectionId, broughtCookie: hasCookie });
    connection.handle({ kind: 'datagram', payload }, now);
    this.#admit(peer, now);
  }

  #refuse(probe: ClientHelloProbe, from: Address, why: AlertName = 'handshake_failure'): void {
    this.counters.refused++;
    this.#outputs.push({ kind: 'transmit', payload: handshakeRefusal(probe, why), to: from });
  }

  /** The handshake or session that this ClientHello began: then it only comes again. */
  #peerOf(probe: ClientHelloProbe, address: string): DtlsPeer<Address> | undefined {
    const open = this.#peers.open(address);
    if (open?.role === 'server' && open.connection.beganWith(probe.head.random)) return open;
    return this.#peers
      .handshakes(address)
      .find(({ clientRandom }) => clientRandom !== undefined && bytesEqual(clientRandom, probe.head.random));
  }

  #admit(peer: DtlsPeer<Address>, now: Instant): void {
    if (peer.role === 'server' && this.#peers.handshakeCount >= (this.#options.maximumHandshakes ?? 1000)) {
      this.counters.evicted++;
      this.#giveUp(this.#peers.oldestIncoming(), 'too many handshakes at once; this one had waited longest');
    }
    this.#giveUp(this.#peers.addHandshake(peer), 'a newer handshake with the same address took its place');
    this.#drain(peer, now);
  }

  #deliver(peer: DtlsPeer<Address>, payload: Uint8Array, now: Instant): void {
    peer.connection.handle({ kind: 'datagram', payload }, now);
    this.#drain(peer, now);
  }

  #drain(peer: DtlsPeer<Address>, now: Instant): void {
    for (let output = peer.connection.poll(now); output !== undefined; output = peer.connection.poll(now)) {
      if (output.kind === 'transmit') {
        this.#outputs.push({ kind: 'transmit', payload: output.payload, to: peer.address });
        continue;
      }
      this.#outputs.push({ kind: 'peer', peer, output });
      if (output.kind === 'connected') this.#opened(peer);
      else if (output.kind === 'closed') this.#forget(peer);
    }
    this.#setTimer(peer);
  }

  #opened(peer: DtlsPeer<Address>): void {
    const { key } = peer.address;
    peer.clientRandom = undefined;
    this.#giveUp(this.#peers.opened(peer), 'the peer opened a new session from the same address');
    for (const other of this.#peers.handshakes(key)) this.#giveUp(other, 'another handshake with the peer completed');
  }

  /** Ends a peer whose place is taken. Its close_notify would reach whoever took it, so none is sent. */
  #giveUp(peer: DtlsPeer<Address> | undefined, why: string): void {
    if (peer === undefined) return;
    const error = new SelvageError('session-closed', why);
    this.#outputs.push({ kind: 'peer', peer, output: { kind: 'closed', reason: { by: 'error', error } } });
    this.#forget(peer);
  }

  #forget(peer: DtlsPeer<Address>): void {
    this.#peers.remove(peer);
    if (peer.timer !== undefined) this.#timers.remove(peer.timer);
    peer.timer = undefined;
    peer.connection.abandon();
  }

  #setTimer(peer: DtlsPeer<Address>): void {
    const { deadline } = peer.connection;
    if (deadline === undefined) {
      if (peer.timer !== undefined) this.#timers.remove(peer.timer);
      peer.timer = undefined;
    } else if (peer.timer === undefined) {
      peer.timer = this.#timers.insert(deadline, peer);
    } else if (peer.timer.key !== deadline) {
      this.#timers.update(peer.timer, deadline);
    }
  }

  #newConnectionId(entropy: Entropy): Uint8Array | undefined {
    const length = this.#options.connectionIdLength ?? 0;
    if (length === 0) return undefined;
    const connectionId = new Uint8Array(length);
    entropy.fill(connectionId);
    return connectionId;
  }
}
