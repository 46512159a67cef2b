import type { CoapResponse, CoapTransport, SessionAddress } from '@selvage/coap';
import { type CborLimits, type Clock, type Instant, type PeerAddress, SelvageError } from '@selvage/core';
import type { CloseReason, PeerIdentity } from '@selvage/dtls';
import { ocfRequest } from '../payload/request.js';
import type { Uuid } from '../uuid/uuid.js';
import { answerOf, type OcfAnswer, type OcfRequest, requireSuccess } from './request.js';
import type { WatchedSocket } from './watched-socket.js';

/** Who listens to a resource of a device. */
export interface ResourceListener {
  /** A state of the resource. */
  readonly onState: (answer: OcfAnswer) => void;
  /** There will be no more. */
  readonly onEnd?: ((error: SelvageError | undefined) => void) | undefined;
}

/** What an answer may hold, where that differs from the usual. */
export interface RequestSetting {
  readonly limits?: CborLimits | undefined;
  /** When to give up, ms. */
  readonly timeout?: number | undefined;
}

/** What a session is made of. */
export interface SessionParts<Address extends PeerAddress> {
  readonly device: Uuid;
  readonly socket: WatchedSocket<Address>;
  readonly address: SessionAddress<WatchedSocket<Address>>;
  readonly coap: CoapTransport<SessionAddress<WatchedSocket<Address>>>;
  readonly clock: Clock;
  readonly timeout: number;
}

/** A session is taken for good for as long as this after the last answer, ms. */
const freshFor = 20_000;
/** How long a device is given for a sign of life, ms. */
const pongTime = 5000;

/** A secured session with one device. */
export class OcfSession<Address extends PeerAddress> {
  /** Whom it is with. */
  readonly device: Uuid;
  readonly #parts: SessionParts<Address>;
  /** When the device was heard of last in it. */
  #heard: Instant;

  constructor(parts: SessionParts<Address>) {
    this.device = parts.device;
    this.#parts = parts;
    this.#heard = parts.clock.now();
  }

  /** Where the device is reached. */
  get address(): Address {
    return this.#parts.socket.address;
  }

  /** Who the device proved to be. */
  get peer(): PeerIdentity {
    return this.#parts.socket.socket.session.peer;
  }

  get isOpen(): boolean {
    return this.#parts.socket.closed === undefined;
  }

  /** Whether it is open, and the device has answered in it a moment ago. */
  get isFresh(): boolean {
    return this.isOpen && this.#parts.clock.now() - this.#heard < freshFor;
  }

  /** Whether the device still knows the session: one that was restarted says nothing to what comes in it. */
  async isAlive(): Promise<boolean> {
    if (this.isFresh || !this.isOpen) return this.isOpen;
    const { coap, address, clock } = this.#parts;
    const isAlive = await new Promise<boolean>((resolve) => {
      const timer = clock.wakeAt(clock.now() + pongTime, () => resolve(false));
      const settle = (pong: boolean): void => {
        timer.cancel();
        resolve(pong);
      };
      coap.ping(address).then(
        () => settle(true),
        () => settle(false),
      );
    });
    if (isAlive) this.#heard = clock.now();
    return isAlive;
  }

  /**
   * Asks the device; resolves with its answer, whatever its code.
   * @throws SelvageError (rejects) `timed-out`, `session-closed`, `request-reset`, `transfer-failed`; `unsupported-format`
   *   and as `decodeCbor` for an answer that cannot be read.
   */
  async request(
    request: OcfRequest,
    { limits, timeout = this.#parts.timeout }: RequestSetting = {},
  ): Promise<OcfAnswer> {
    const { coap, address } = this.#parts;
    if (!this.isOpen) throw new SelvageError('session-closed', `the session with ${this.device} has ended`);
    const { method, path, query, value } = request;
    const response = await coap.request(address, ocfRequest(method, path, { query, value }), { timeout });
    this.#heard = this.#parts.clock.now();
    return answerOf(response, limits);
  }

  /**
   * The same for an answer that says that the request was carried out.
   * @throws SelvageError (rejects) `access-refused`, `request-refused` too.
   */
  async require(request: OcfRequest, setting?: RequestSetting): Promise<OcfAnswer> {
    return requireSuccess(request, await this.request(request, setting));
  }

  /**
   * Observes a resource; returns how to stop. A failure is told as the end, and so is a state that cannot be read.
   * @throws SelvageError `session-closed`, `too-many-requests`.
   */
  observe({ path, query }: Omit<OcfRequest, 'method' | 'value'>, { onState, onEnd }: ResourceListener): () => void {
    const { coap, address } = this.#parts;
    if (!this.isOpen) throw new SelvageError('session-closed', `the session with ${this.device} has ended`);
    const request: OcfRequest = { method: 'GET', path, query };
    const stop = coap.observe(address, ocfRequest('GET', path, { query }), {
      onNotification: (response) => {
        const problem = told(request, response, onState);
        if (problem === undefined) return;
        stop();
        onEnd?.(problem);
      },
      onEnd: ({ error, response }) => onEnd?.(error ?? (response && told(request, response, onState))),
    });
    return stop;
  }

  /** Whether its secrets are bound to the whole handshake (RFC 7627): what is exported of others is not theirs alone. */
  get isBoundToHandshake(): boolean {
    return this.#parts.socket.socket.session.extendedMasterSecret;
  }

  /** RFC 5705. */
  exportKeyingMaterial(label: string, length: number, context: Uint8Array): Uint8Array {
    return this.#parts.socket.socket.exportKeyingMaterial(label, length, context);
  }

  /** The TLS key block, from which an owner's key is made. */
  keyBlock(): Uint8Array {
    return this.#parts.socket.socket.keyBlock();
  }

  /** Calls back once when the session has ended; at once if it has. */
  onClosed(listener: (reason: CloseReason) => void): void {
    this.#parts.socket.onClosed(listener);
  }

  /** Says close_notify and ends. */
  close(): void {
    this.#parts.socket.close();
  }
}

/** Tells a state, or returns why there is none. */
function told(
  request: OcfRequest,
  response: Pick<CoapResponse, 'code' | 'options' | 'payload'>,
  onState: ResourceListener['onState'],
): SelvageError | undefined {
  let answer: OcfAnswer;
  try {
    answer = requireSuccess(request, answerOf(response));
  } catch (error) {
    if (error instanceof SelvageError) return error;
    throw error;
  }
  onState(answer);
  return undefined;
}
