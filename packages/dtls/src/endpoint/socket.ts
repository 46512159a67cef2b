import type { PeerAddress } from '@selvage/core';
import type { CloseReason, DtlsOutput } from '../connection/events.js';
import type { DtlsSession } from '../connection/session.js';
import type { DtlsPeer } from './peer.js';

/** What a socket asks of the transport it belongs to. */
export type SocketCommand = (input: { kind: 'send'; data: Uint8Array } | { kind: 'close' }) => void;

/** One open session, for sending and receiving. */
export class DtlsSocket<Address extends PeerAddress> {
  readonly session: DtlsSession;
  readonly #peer: DtlsPeer<Address>;
  readonly #command: SocketCommand;
  readonly #early: Uint8Array[] = [];
  #onData: ((data: Uint8Array) => void) | undefined;
  #onClosed: ((reason: CloseReason) => void) | undefined;
  #closed: CloseReason | undefined;

  constructor(peer: DtlsPeer<Address>, session: DtlsSession, command: SocketCommand) {
    this.#command = command;
    this.#peer = peer;
    this.session = session;
  }

  /** Where the peer is reached now. */
  get address(): Address {
    return this.#peer.address;
  }

  /** The most bytes that one `send` takes. */
  get maximumData(): number {
    return this.#peer.connection.maximumData;
  }

  /** @throws SelvageError `session-closed`, `payload-too-large`. */
  send(data: Uint8Array): void {
    this.#command({ kind: 'send', data });
  }

  /** Sets the one receiver; what came before is handed to it at once. */
  onData(receiver: (data: Uint8Array) => void): void {
    this.#onData = receiver;
    for (const data of this.#early.splice(0)) receiver(data);
  }

  /** Calls back once, when the session has ended, with the reason; at once if it has. */
  onClosed(receiver: (reason: CloseReason) => void): void {
    this.#onClosed = receiver;
    if (this.#closed !== undefined) receiver(this.#closed);
  }

  /** Says close_notify and ends. */
  close(): void {
    this.#command({ kind: 'close' });
  }

  /** RFC 5705. */
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array): Uint8Array {
    return this.#peer.connection.exportKeyingMaterial(label, length, context);
  }

  /** The TLS key block; see `DtlsConnection.keyBlock`. */
  keyBlock(): Uint8Array {
    return this.#peer.connection.keyBlock();
  }

  /** See `DtlsConnection.resumableSession`. */
  resumableSession() {
    return this.#peer.connection.resumableSession();
  }

  /** @internal What the transport has to tell. */
  deliver(output: Extract<DtlsOutput, { kind: 'data' | 'closed' }>): void {
    if (output.kind === 'closed') {
      this.#closed = output.reason;
      this.#onClosed?.(output.reason);
    } else if (this.#onData === undefined) {
      if (this.#early.length < maximumEarly) this.#early.push(output.data);
    } else {
      this.#onData(output.data);
    }
  }
}

/** Records kept for a receiver that is not set yet. */
const maximumEarly = 64;
