import { CoapTransport, type Handler, type SessionAddress, SessionPort } from '@selvage/coap';
import type { PeerAddress, SelvageError } from '@selvage/core';
import { signerOf } from '@selvage/crypto';
import { type ChainVerdict, type DtlsSocket, DtlsTransport, type ServerSelection } from '@selvage/dtls';
import { ocfOptions } from '../payload/content.js';
import type { DeviceLimits, OcfDeviceOptions } from './options.js';
import type { RequestHandler } from './request/handler.js';
import type { PeerSession } from './session/peer-session.js';

/** What a device's transports stand on, and whom they ask and tell. */
export interface TransportsOptions<Address extends PeerAddress> {
  readonly options: OcfDeviceOptions<Address>;
  readonly limits: DeviceLimits;
  readonly handler: RequestHandler<Address>;
  readonly selection: ServerSelection;
  readonly judge: (chain: readonly Uint8Array[]) => ChainVerdict;
  readonly onSession: (socket: DtlsSocket<Address>) => void;
  readonly onFailure: (error: SelvageError, from: Address) => void;
  readonly onError: (error: unknown) => void;
}

/** CoAP in the clear, with its groups, and CoAP in sessions: what a device is reached by. */
export class DeviceTransports<Address extends PeerAddress> {
  readonly plain: CoapTransport<Address>;
  readonly secured: CoapTransport<SessionAddress<PeerSession<Address>>>;
  readonly #sessions = new SessionPort<PeerSession<Address>>();
  readonly #dtls: DtlsTransport<Address>;

  constructor(parts: TransportsOptions<Address>) {
    const { options, handler } = parts;
    const { groups: groupPorts } = options;
    this.plain = new CoapTransport<Address>({
      ...coapConfiguration(parts),
      port: options.plain,
      groupPorts,
      handler: (request) => handler.handle(request, { address: request.from, session: undefined }),
    });
    const inSession: Handler<SessionAddress<PeerSession<Address>>> = (request) => {
      const { session } = request.from;
      return handler.handle(request, { address: session.address, session });
    };
    this.secured = new CoapTransport({ ...coapConfiguration(parts), port: this.#sessions, handler: inSession });
    this.#dtls = new DtlsTransport<Address>({
      port: options.secured,
      clock: options.clock,
      server: parts.selection,
      sign: signerOf(options.keys),
      judge: parts.judge,
      onSession: parts.onSession,
      onFailure: parts.onFailure,
      maximumSessions: parts.limits.sessions,
      maximumHandshakes: parts.limits.handshakes,
    });
  }

  /** Serves a session from now on. */
  serve(session: PeerSession<Address>): void {
    this.#sessions.add(session);
  }

  /** Says close_notify to all peers, and closes the ports. */
  close(): void {
    this.secured.close();
    this.#dtls.close();
    this.plain.close();
  }
}

/**
 * Observers in the clear or in sessions, bodies in blocks: enough for a device with some dozen clients. Half of the
 * room for bodies is more than one client can fill, in all sessions that it may have.
 */
const coapLimits = {
  peers: 512,
  observers: 256,
  exchanges: 128,
  transfers: 16,
  transfersPerPeer: 2,
  transferBytes: 262_144,
};

function coapConfiguration<Address extends PeerAddress>({ options, limits, onError }: TransportsOptions<Address>) {
  const { clock, entropy } = options;
  return { clock, entropy, onError, understands: ocfOptions, limits: { ...coapLimits, body: limits.body } };
}
