import { Alarm, type Clock, type DatagramPort, type PeerAddress, SelvageError } from '@selvage/core';
import type { DtlsConfiguration } from '../connection/configuration.js';
import type { DtlsInput, DtlsOutput, SignOperation } from '../connection/events.js';
import type { DtlsSession } from '../connection/session.js';
import type { ChainVerdict } from '../handshake/role.js';
import type { MessageDescription } from '../describe/description.js';
import { DtlsEndpoint, type EndpointOptions, type EndpointOutput, type ServerSelection } from './endpoint.js';
import type { DtlsPeer } from './peer.js';
import { DtlsSocket } from './socket.js';

/** What a transport stands on, and whom it asks and tells. */
export interface TransportOptions<Address extends PeerAddress> extends EndpointOptions {
  readonly port: DatagramPort<Address>;
  readonly clock: Clock;
  /** Carries out private-key operations, wherever the keys live. */
  readonly sign?: (operation: SignOperation) => Promise<Uint8Array>;
  /** Judges a peer's certificate chain. Without it every chain is refused. */
  readonly judge?: (chain: readonly Uint8Array[], from: Address) => ChainVerdict | Promise<ChainVerdict>;
  /** A client opened a session with us. */
  readonly onSession?: (session: DtlsSocket<Address>) => void;
  /** A handshake that a client began with us failed, or could not be begun. */
  readonly onFailure?: (error: SelvageError, from: Address) => void;
  /** Something speaks against a handshake that goes on; see the connection's `doubt`. */
  readonly onDoubt?: (error: SelvageError, with_: Address) => void;
  /** Every message that passes, when the configuration says `trace`. */
  readonly onMessage?: (direction: 'sent' | 'received', message: MessageDescription, peer: Address) => void;
}

interface Attempt<Address extends PeerAddress> {
  readonly resolve: (socket: DtlsSocket<Address>) => void;
  readonly reject: (error: SelvageError) => void;
}

/** A {@link DtlsEndpoint} on a datagram port and a clock: the one place where DTLS does IO. */
export class DtlsTransport<Address extends PeerAddress> {
  readonly endpoint: DtlsEndpoint<Address>;
  readonly #options: TransportOptions<Address>;
  readonly #sockets = new Map<DtlsPeer<Address>, DtlsSocket<Address>>();
  readonly #attempts = new Map<DtlsPeer<Address>, Attempt<Address>>();
  readonly #alarm: Alarm;

  constructor(options: TransportOptions<Address>) {
    this.#options = options;
    this.#alarm = new Alarm(options.clock, () => this.#drain());
    const server = options.server && fittingServer(options.server, options.port);
    this.endpoint = new DtlsEndpoint<Address>({ ...options, ...(server && { server }) });
    options.port.onDatagram((payload, from) => this.#receive(payload, from));
  }

  /**
   * Opens a session with a server.
   * @throws SelvageError (rejects) with what the handshake failed of.
   */
  connect(to: Address, configuration: DtlsConfiguration): Promise<DtlsSocket<Address>> {
    const { port, clock } = this.#options;
    return new Promise((resolve, reject) => {
      const peer = this.endpoint.connect(to, fitting(configuration, port), clock.now());
      this.#attempts.set(peer, { resolve, reject });
      this.#drain();
    });
  }

  /** Says close_notify to every peer and closes the port. */
  close(): void {
    for (const peer of [...this.#sockets.keys(), ...this.#attempts.keys()]) this.#tell(peer, { kind: 'close' });
    this.#alarm.set(undefined);
    this.#options.port.close();
  }

  /** What fails here is ours, such as entropy that a cookie needs; it is told, and nobody is answered. */
  #receive(payload: Uint8Array, from: Address): void {
    try {
      this.endpoint.handle({ kind: 'datagram', payload, from }, this.#options.clock.now());
    } catch (error) {
      if (!(error instanceof SelvageError)) throw error;
      this.#options.onFailure?.(error, from);
    }
    this.#drain();
  }

  #drain(): void {
    const now = this.#options.clock.now();
    for (let output = this.endpoint.poll(now); output !== undefined; output = this.endpoint.poll(now)) {
      this.#perform(output);
    }
    this.#alarm.set(this.endpoint.deadline);
  }

  #perform(output: EndpointOutput<Address>): void {
    if (output.kind === 'transmit') return this.#options.port.send(output.payload, output.to);
    const { peer, output: event } = output;
    switch (event.kind) {
      case 'key-operation':
        void this.#sign(peer, event);
        return;
      case 'judge-peer':
        void this.#judge(peer, event);
        return;
      case 'connected':
        return this.#connected(peer, event.session);
      case 'data':
        return this.#sockets.get(peer)?.deliver(event);
      case 'doubt':
        return this.#options.onDoubt?.(event.error, peer.address);
      case 'message':
        return this.#options.onMessage?.(event.direction, event.message, peer.address);
      case 'closed':
        return this.#closed(peer, event);
    }
  }

  async #sign(peer: DtlsPeer<Address>, event: Extract<DtlsOutput, { kind: 'key-operation' }>): Promise<void> {
    const { id } = event;
    try {
      if (this.#options.sign === undefined) throw new SelvageError('key-operation-failed', 'there is nobody to sign');
      const signature = await this.#options.sign(event.operation);
      this.#tell(peer, { kind: 'key-operation-done', id, signature });
    } catch (cause) {
      const error = new SelvageError('key-operation-failed', 'signing the handshake failed', { cause });
      this.#tell(peer, { kind: 'key-operation-failed', id, error });
    }
  }

  async #judge(peer: DtlsPeer<Address>, event: Extract<DtlsOutput, { kind: 'judge-peer' }>): Promise<void> {
    const verdict = await this.#verdict(event.chain, peer.address);
    this.#tell(peer, { kind: 'peer-judged', id: event.id, verdict });
  }

  async #verdict(chain: readonly Uint8Array[], from: Address): Promise<ChainVerdict> {
    const { judge } = this.#options;
    if (judge === undefined) {
      const error = new SelvageError('unknown-ca', 'nothing says which certificates to trust', {
        remedy: 'give a trust anchor',
      });
      return { accepted: false, error };
    }
    try {
      return await judge(chain, from);
    } catch (cause) {
      return {
        accepted: false,
        error: new SelvageError('bad-certificate', 'the chain could not be judged', { cause }),
      };
    }
  }

  #tell(peer: DtlsPeer<Address>, input: Exclude<DtlsInput, { kind: 'datagram' }>): void {
    this.endpoint.handle({ kind: 'peer', peer, input }, this.#options.clock.now());
    this.#drain();
  }

  #connected(peer: DtlsPeer<Address>, session: DtlsSession): void {
    const socket = new DtlsSocket(peer, session, (input) => this.#tell(peer, input));
    this.#sockets.set(peer, socket);
    const attempt = this.#attempts.get(peer);
    this.#attempts.delete(peer);
    if (attempt !== undefined) attempt.resolve(socket);
    else this.#options.onSession?.(socket);
  }

  #closed(peer: DtlsPeer<Address>, event: Extract<DtlsOutput, { kind: 'closed' }>): void {
    const { reason } = event;
    const error =
      reason.by === 'error' ? reason.error : new SelvageError('session-closed', 'closed before it was open');
    const attempt = this.#attempts.get(peer);
    const socket = this.#sockets.get(peer);
    this.#attempts.delete(peer);
    this.#sockets.delete(peer);
    if (attempt !== undefined) attempt.reject(error);
    else if (socket !== undefined) socket.deliver(event);
    else this.#options.onFailure?.(error, peer.address);
  }
}

function fittingServer(
  server: DtlsConfiguration | ServerSelection,
  port: DatagramPort,
): DtlsConfiguration | ServerSelection {
  if (!('select' in server)) return fitting(server, port);
  const { core, entropy } = server;
  return {
    core,
    entropy,
    select(from) {
      const configuration = server.select(from);
      return typeof configuration === 'object' ? fitting(configuration, port) : configuration;
    },
  };
}

/** The configuration with datagrams that the port can carry; itself where it says so already. */
function fitting(configuration: DtlsConfiguration, port: DatagramPort): DtlsConfiguration {
  if ((configuration.maximumDatagram ?? Infinity) <= port.maximumPayload) return configuration;
  const maximumDatagram = Math.min(configuration.maximumDatagram ?? port.maximumPayload, port.maximumPayload);
  return { ...configuration, maximumDatagram };
}
