import {
  CoapEndpoint,
  type CoapRequest,
  type CoapResponse,
  type RequestSettings,
  type ServerExchange,
  type ServerResponse,
} from '@selvage/coap';
import { type Engine, type Entropy, type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import {
  type CloseReason,
  type DtlsConfiguration,
  DtlsEndpoint,
  type DtlsPeer,
  type EndpointOptions,
} from '@selvage/dtls';

/** One session, as CoAP knows its peers: what was said in one session is never taken for another's. */
export interface SecuredPeer<Address extends PeerAddress> extends PeerAddress {
  readonly dtls: DtlsPeer<Address>;
}

/** What arrives. */
export interface SecuredInput<Address extends PeerAddress> {
  readonly kind: 'datagram';
  readonly payload: Uint8Array;
  readonly from: Address;
}

/** What sessions want done, or tell. */
export type SecuredOutput<Address extends PeerAddress> =
  | { readonly kind: 'transmit'; readonly payload: Uint8Array; readonly to: Address }
  | { readonly kind: 'connected'; readonly peer: SecuredPeer<Address> }
  /** Something speaks against a handshake; it goes on for a time of grace. */
  | { readonly kind: 'doubt'; readonly peer: SecuredPeer<Address>; readonly error: SelvageError }
  | { readonly kind: 'closed'; readonly peer: SecuredPeer<Address>; readonly reason: CloseReason }
  /** To be answered by `respond`. */
  | { readonly kind: 'request'; readonly exchange: ServerExchange<SecuredPeer<Address>> }
  | { readonly kind: 'response'; readonly id: number; readonly response: CoapResponse<SecuredPeer<Address>> }
  /** An own request failed. */
  | { readonly kind: 'failed'; readonly id: number; readonly error: SelvageError };

/** How sessions are made. */
export interface SecuredOptions {
  readonly entropy: Entropy;
  readonly dtls?: EndpointOptions;
  /** The largest message in a record, bytes. */
  readonly maximumMessage: number;
  /** Bytes of the tokens of requests; 8 where it is left out. */
  readonly tokenLength?: number;
}

/** Requests outstanding at a time: joiners and answers must not wait for one another (RFC 7252 §4.7). */
const nstart = 64;

/**
 * CoAP in DTLS sessions, both ends, without IO: what a joiner says to its commissioner and a commissioner to a border agent
 * (Thread 1.3 §8.4). It is not for sessions with certificates.
 */
export class SecuredCoap<Address extends PeerAddress> implements Engine<SecuredInput<Address>, SecuredOutput<Address>> {
  readonly dtls: DtlsEndpoint<Address>;
  readonly #coap: CoapEndpoint<SecuredPeer<Address>>;
  readonly #peers = new Map<DtlsPeer<Address>, SecuredPeer<Address>>();
  readonly #outputs: SecuredOutput<Address>[] = [];
  #sessions = 0;

  constructor({ entropy, dtls = {}, maximumMessage, tokenLength }: SecuredOptions) {
    this.dtls = new DtlsEndpoint(dtls);
    this.#coap = new CoapEndpoint({
      entropy,
      maximumPayload: maximumMessage,
      parameters: { nstart },
      ...(tokenLength === undefined ? {} : { tokenLength }),
    });
  }

  get deadline(): Instant | undefined {
    const least = Math.min(this.dtls.deadline ?? Infinity, this.#coap.deadline ?? Infinity);
    return least === Infinity ? undefined : least;
  }

  /** Begins a session with a server. */
  connect(to: Address, configuration: DtlsConfiguration, now: Instant): SecuredPeer<Address> {
    return this.#peerOf(this.dtls.connect(to, configuration, now));
  }

  /** Sends a request in a session; `response` or `failed` of the ID that is returned follows. @throws SelvageError */
  request(to: SecuredPeer<Address>, request: CoapRequest, now: Instant, settings?: RequestSettings): number {
    return this.#coap.request(to, request, now, settings);
  }

  /** Sends a message that is not answered: what is relayed by one is repeated by those whose it is. */
  notify(to: SecuredPeer<Address>, path: string, payload: Uint8Array, now: Instant): void {
    const id = this.#coap.request(to, { method: 'POST', path, payload, confirmable: false }, now);
    this.#coap.handle({ kind: 'cancel', id }, now);
  }

  /** Answers a request; undefined is 4.04. */
  respond(exchange: ServerExchange<SecuredPeer<Address>>, response: ServerResponse | undefined, now: Instant): void {
    this.#coap.handle({ kind: 'respond', exchange, response }, now);
  }

  /** Takes a message that expects no answer. */
  ignore(exchange: ServerExchange<SecuredPeer<Address>>, now: Instant): void {
    this.#coap.handle({ kind: 'ignore', exchange }, now);
  }

  /** Ends a session with close_notify. */
  close({ dtls }: SecuredPeer<Address>, now: Instant): void {
    if (!dtls.connection.isClosed) this.dtls.handle({ kind: 'peer', peer: dtls, input: { kind: 'close' } }, now);
  }

  /** Forgets all sessions, without a word to anybody. */
  abandon(now: Instant): void {
    const error = new SelvageError('session-closed', 'the session was given up');
    for (const peer of this.#peers.values()) this.#coap.handle({ kind: 'gone', peer, error }, now);
    this.#peers.clear();
    this.dtls.abandon();
    this.#outputs.length = 0;
    while (this.#coap.poll(now) !== undefined);
  }

  handle({ payload, from }: SecuredInput<Address>, now: Instant): void {
    this.dtls.handle({ kind: 'datagram', payload, from }, now);
  }

  poll(now: Instant): SecuredOutput<Address> | undefined {
    while (this.#outputs.length === 0 && (this.#pollCoap(now) || this.#pollDtls(now)));
    return this.#outputs.shift();
  }

  #pollCoap(now: Instant): boolean {
    const output = this.#coap.poll(now);
    switch (output?.kind) {
      case undefined:
        return false;
      case 'transmit':
        this.#send(output.to, output.payload, now);
        return true;
      case 'ended':
        if (output.error !== undefined) this.#outputs.push({ kind: 'failed', id: output.id, error: output.error });
        return true;
      case 'request':
      case 'response':
        this.#outputs.push(output);
        return true;
    }
  }

  #send({ dtls }: SecuredPeer<Address>, data: Uint8Array, now: Instant): void {
    if (dtls.connection.session === undefined) return;
    this.dtls.handle({ kind: 'peer', peer: dtls, input: { kind: 'send', data } }, now);
  }

  #pollDtls(now: Instant): boolean {
    const output = this.dtls.poll(now);
    if (output === undefined) return false;
    if (output.kind === 'transmit') {
      this.#outputs.push(output);
      return true;
    }
    const peer = this.#peerOf(output.peer);
    const event = output.output;
    switch (event.kind) {
      case 'data':
        this.#coap.handle({ kind: 'datagram', payload: event.data, from: peer }, now);
        return true;
      case 'connected':
        this.#outputs.push({ kind: 'connected', peer });
        return true;
      case 'doubt':
        this.#outputs.push({ kind: 'doubt', peer, error: event.error });
        return true;
      case 'closed':
        this.#closed(peer, event.reason, now);
        return true;
      case 'key-operation':
      case 'judge-peer':
      case 'message':
        return true;
    }
  }

  #closed(peer: SecuredPeer<Address>, reason: CloseReason, now: Instant): void {
    this.#peers.delete(peer.dtls);
    const error = reason.by === 'error' ? reason.error : new SelvageError('session-closed', 'the session was closed');
    this.#coap.handle({ kind: 'gone', peer, error }, now);
    this.#outputs.push({ kind: 'closed', peer, reason });
  }

  #peerOf(dtls: DtlsPeer<Address>): SecuredPeer<Address> {
    const known = this.#peers.get(dtls);
    if (known !== undefined) return known;
    const peer = { key: `${dtls.address.key}#${++this.#sessions}`, dtls };
    this.#peers.set(dtls, peer);
    return peer;
  }
}
