import { type Clock, coapCode, type DatagramPort, type PeerAddress, SelvageError, type Timer } from '@selvage/core';
import type { CoapRequest, CoapResponse, RequestSettings } from '../client/request.js';
import type { ServerExchange } from '../server/exchange.js';
import type { ServerRequest } from '../server/request.js';
import type { ServerResponse } from '../server/response.js';
import { CoapEndpoint } from './endpoint.js';
import type { CoapInput, CoapOutput } from './events.js';
import type { CoapConfiguration } from './options.js';
import { isPeerAware } from './session-port.js';

/** Serves requests; what it throws is answered with the code of its error, and nothing is 4.04, or silence to a group. */
export type Handler<Address extends PeerAddress> = (
  request: ServerRequest<Address>,
) => ServerResponse | undefined | Promise<ServerResponse | undefined>;

/** What a {@link CoapTransport} is made of. */
export interface CoapTransportOptions<Address extends PeerAddress> extends CoapConfiguration {
  /** Where requests go out, and where they come in for this endpoint alone. */
  readonly port: DatagramPort<Address>;
  /** Where requests to groups come in; they are answered through `port`. */
  readonly groupPorts?: readonly DatagramPort<Address>[];
  readonly clock: Clock;
  /** Without it every request is answered 4.04. */
  readonly handler?: Handler<Address>;
  /** Hears what a handler threw, and what a port could not send. */
  readonly onError?: (error: unknown) => void;
}

/** How a request is carried out by a {@link CoapTransport}. */
export interface RequestOptions extends RequestSettings {
  /** Gives the request up: it is rejected with `cancelled`. */
  readonly signal?: AbortSignal;
}

/** Who listens to an observation. */
export interface ObservationListener<Address extends PeerAddress> {
  /** A state of the resource. */
  readonly onNotification: (response: CoapResponse<Address>) => void;
  /** There will be no more: because of an error, or because the server said so by its last response. */
  readonly onEnd?: (end: { readonly error?: SelvageError; readonly response?: CoapResponse<Address> }) => void;
}

/** How a group is asked. */
export interface GroupOptions<Address extends PeerAddress> extends RequestSettings {
  /** How long answers are taken, ms; by default the leisure of RFC 7252 §8.2 and a second. */
  readonly listenFor?: number;
  /** Hears of every answer as it comes. */
  readonly onResponse?: (response: CoapResponse<Address>) => void;
}

interface Listener<Address extends PeerAddress> {
  readonly response: (response: CoapResponse<Address>) => void;
  readonly ended: (output: Extract<CoapOutput<Address>, { kind: 'ended' }>) => void;
}

const defaultListenFor = 6000;

/** A {@link CoapEndpoint} on a datagram port and a clock: the one place where CoAP does IO. */
export class CoapTransport<Address extends PeerAddress> {
  readonly endpoint: CoapEndpoint<Address>;
  readonly #options: CoapTransportOptions<Address>;
  readonly #listeners = new Map<number, Listener<Address>>();
  #timer: Timer | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(options: CoapTransportOptions<Address>) {
    const { port, groupPorts = [] } = options;
    this.#options = options;
    const maximumPayload = isPeerAware(port) ? (to: Address) => port.maximumPayloadTo(to) : port.maximumPayload;
    this.endpoint = new CoapEndpoint<Address>({ ...options, maximumPayload });
    port.onDatagram((payload, from) => this.#tell({ kind: 'datagram', payload, from }));
    for (const group of groupPorts) {
      group.onDatagram((payload, from) => this.#tell({ kind: 'datagram', payload, from, multicast: true }));
    }
    if (isPeerAware(port)) port.onGone((peer) => this.#tell({ kind: 'gone', peer, error: sessionClosed() }));
  }

  /**
   * Sends a request; resolves with the response, whatever its code.
   * @throws SelvageError (rejects) `timed-out`, `request-reset`, `cancelled`, `transfer-failed`, `payload-too-large`,
   *   `unrecognized-option`, `too-many-requests`, `session-closed`.
   */
  request(to: Address, request: CoapRequest, options: RequestOptions = {}): Promise<CoapResponse<Address>> {
    return new Promise((resolve, reject) => {
      if (options.signal?.aborted === true) throw cancelled();
      const id = this.endpoint.request(to, request, this.#now(), options);
      const abort = (): void => this.#cancel(id, reject);
      options.signal?.addEventListener('abort', abort, { once: true });
      const settled = (): void => options.signal?.removeEventListener('abort', abort);
      this.#listeners.set(id, {
        response: (response) => {
          settled();
          this.#listeners.delete(id);
          resolve(response);
        },
        ended: ({ error }) => {
          settled();
          reject(error ?? cancelled());
        },
      });
      this.#drain();
    });
  }

  /**
   * Observes a resource; returns how to stop. Its server is then told so.
   * @throws SelvageError `too-many-requests`, `too-many-peers`, `invalid-argument`.
   */
  observe(
    to: Address,
    request: CoapRequest,
    listener: ObservationListener<Address>,
    settings: RequestSettings = {},
  ): () => void {
    const id = this.endpoint.observe(to, request, this.#now(), settings);
    this.#listeners.set(id, {
      response: listener.onNotification,
      ended: ({ error, response }) =>
        listener.onEnd?.({ ...(error !== undefined && { error }), ...(response !== undefined && { response }) }),
    });
    this.#drain();
    return () => {
      if (this.#listeners.delete(id)) this.#tell({ kind: 'cancel', id });
    };
  }

  /**
   * Asks a group; resolves with the answers of all members when the time is over.
   * @throws SelvageError (rejects) as {@link CoapTransport.request}.
   */
  askGroup(
    group: Address,
    request: CoapRequest,
    options: GroupOptions<Address> = {},
  ): Promise<readonly CoapResponse<Address>[]> {
    return new Promise((resolve, reject) => {
      const { listenFor = defaultListenFor, onResponse } = options;
      const id = this.endpoint.askGroup(group, request, listenFor, this.#now(), options);
      const responses: CoapResponse<Address>[] = [];
      this.#listeners.set(id, {
        response: (response) => {
          responses.push(response);
          onResponse?.(response);
        },
        ended: ({ error }) => (error === undefined ? resolve(responses) : reject(error)),
      });
      this.#drain();
    });
  }

  /**
   * Asks a peer for a sign of life.
   * @throws SelvageError (rejects) `timed-out`.
   */
  ping(to: Address): Promise<void> {
    return new Promise((resolve, reject) => {
      const id = this.endpoint.ping(to, this.#now());
      this.#listeners.set(id, {
        response: () => undefined,
        ended: ({ error }) => (error === undefined ? resolve() : reject(error)),
      });
      this.#drain();
    });
  }

  /** Says that the resource of a path has changed: its observers are told. */
  changed(path: string): void {
    this.#tell({ kind: 'changed', path });
  }

  /** Ends what is under way with `port-closed` and closes the ports. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    this.#options.port.close();
    for (const port of this.#options.groupPorts ?? []) port.close();
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    const error = new SelvageError('port-closed', 'the CoAP transport was closed');
    for (const [id, { ended }] of listeners) ended({ kind: 'ended', id, error });
  }

  #tell(input: CoapInput<Address>): void {
    if (this.#closed) return;
    this.endpoint.handle(input, this.#now());
    this.#drain();
  }

  #drain(): void {
    if (this.#closed) return;
    const now = this.#now();
    try {
      for (let output = this.endpoint.poll(now); output !== undefined; output = this.endpoint.poll(now)) {
        this.#perform(output);
      }
    } finally {
      // Also when a listener throws, which is then its caller's business.
      this.#setTimer();
    }
  }

  #perform(output: CoapOutput<Address>): void {
    switch (output.kind) {
      case 'transmit':
        return this.#send(output.payload, output.to);
      case 'request':
        return this.#serve(output.exchange);
      case 'response':
        return this.#listeners.get(output.id)?.response(output.response);
      case 'ended': {
        const listener = this.#listeners.get(output.id);
        this.#listeners.delete(output.id);
        return listener?.ended(output);
      }
    }
  }

  /** A datagram may be lost anyway: one that cannot be sent ends nothing. */
  #send(payload: Uint8Array, to: Address): void {
    try {
      this.#options.port.send(payload, to);
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
      this.#options.onError?.(error);
    }
  }

  #serve(exchange: ServerExchange<Address>): void {
    let response: ReturnType<Handler<Address>>;
    try {
      response = this.#options.handler?.(exchange.request);
    } catch (error) {
      return this.#refuse(exchange, error);
    }
    if (response instanceof Promise) void this.#serveLater(exchange, response);
    else this.#respond(exchange, response);
  }

  async #serveLater(exchange: ServerExchange<Address>, promise: Promise<ServerResponse | undefined>): Promise<void> {
    try {
      this.#respond(exchange, await promise);
    } catch (error) {
      this.#refuse(exchange, error);
    }
    this.#drain();
  }

  #refuse(exchange: ServerExchange<Address>, error: unknown): void {
    this.#options.onError?.(error);
    this.#respond(exchange, { code: coapCode(error) });
  }

  /** A response that cannot be sent is a defect of the handler, and none of the client's business. */
  #respond(exchange: ServerExchange<Address>, response: ServerResponse | undefined): void {
    if (this.#closed) return;
    try {
      this.endpoint.handle({ kind: 'respond', exchange, response }, this.#now());
    } catch (error) {
      this.#options.onError?.(error);
      this.endpoint.handle({ kind: 'respond', exchange, response: { code: '5.00' } }, this.#now());
    }
  }

  #cancel(id: number, reject: (error: SelvageError) => void): void {
    if (!this.#listeners.delete(id)) return;
    this.#tell({ kind: 'cancel', id });
    reject(cancelled());
  }

  #now(): number {
    return this.#options.clock.now();
  }

  /** A timer that fires early costs less than one that is set anew for every message. */
  #setTimer(): void {
    const at = this.endpoint.deadline ?? Number.POSITIVE_INFINITY;
    if (at >= this.#timerAt || this.#closed) return;
    this.#timer?.cancel();
    this.#timerAt = at;
    this.#timer = this.#options.clock.wakeAt(at, () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#drain();
    });
  }
}

function sessionClosed(): SelvageError {
  return new SelvageError('session-closed', 'the session with the peer has ended');
}

function cancelled(): SelvageError {
  return new SelvageError('cancelled', 'the request was given up');
}
