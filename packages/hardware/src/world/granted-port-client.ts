import { type Decoded, encode, SelvageError } from '@selvage/core';
import type { UdpAddress } from '@selvage/core/node';
import type { Channel } from '../channel/channel.js';
import { closedPort, datagram, type openedPort, operations, services } from './board-protocol.js';
import type { GrantedPort } from './granted-api.js';

/** The firmware's end of a port that it was granted. What the board does not take in time is lost, as on any network. */
export class GrantedPortClient implements GrantedPort {
  readonly maximumPayload: number;
  readonly locals: readonly UdpAddress[];
  readonly #channel: Channel;
  readonly #port: number;
  readonly #closed: () => void;
  #isClosed = false;
  #receiver: (payload: Uint8Array, from: UdpAddress) => void = () => undefined;

  constructor(channel: Channel, { port, maximumPayload, locals }: Decoded<typeof openedPort>, closed: () => void) {
    this.#channel = channel;
    this.#port = port;
    this.#closed = closed;
    this.maximumPayload = maximumPayload;
    this.locals = locals;
  }

  send(payload: Uint8Array, to: UdpAddress): void {
    this.#requireOpen();
    if (payload.length > this.maximumPayload) {
      throw new SelvageError('payload-too-large', 'the payload does not fit a datagram of this port', {
        details: { length: payload.length, maximum: this.maximumPayload },
      });
    }
    this.#channel.notify(
      services.board,
      operations.datagram,
      encode(datagram, { port: this.#port, peer: to, payload }),
    );
  }

  onDatagram(receiver: (payload: Uint8Array, from: UdpAddress) => void): void {
    this.#requireOpen();
    this.#receiver = receiver;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed();
    this.#channel.notify(services.board, operations.close, encode(closedPort, { port: this.#port }));
  }

  /** A datagram came in; its bytes are the receiver's. */
  receive(payload: Uint8Array, from: UdpAddress): void {
    if (!this.#isClosed) this.#receiver(payload.slice(), from);
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new SelvageError('port-closed', 'the port is closed');
  }
}
