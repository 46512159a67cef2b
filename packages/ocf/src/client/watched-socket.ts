import type { SecuredSession } from '@selvage/coap';
import type { PeerAddress } from '@selvage/core';
import type { CloseReason, DtlsSocket } from '@selvage/dtls';

/** A session's socket that tells of its end to everybody who wants to know: CoAP, and whoever keeps the session. */
export class WatchedSocket<Address extends PeerAddress> implements SecuredSession {
  readonly socket: DtlsSocket<Address>;
  readonly #listeners: ((reason: CloseReason) => void)[] = [];
  #closed: CloseReason | undefined;

  constructor(socket: DtlsSocket<Address>) {
    this.socket = socket;
    socket.onClosed((reason) => {
      this.#closed = reason;
      for (const listener of this.#listeners.splice(0)) listener(reason);
    });
  }

  get address(): Address {
    return this.socket.address;
  }

  get maximumData(): number {
    return this.socket.maximumData;
  }

  /** Why it ended; `undefined` while it is open. */
  get closed(): CloseReason | undefined {
    return this.#closed;
  }

  send(data: Uint8Array): void {
    this.socket.send(data);
  }

  onData(receiver: (data: Uint8Array) => void): void {
    this.socket.onData(receiver);
  }

  /** Adds a listener; it is called once, at once if the session has ended. */
  onClosed(listener: (reason: CloseReason) => void): void {
    if (this.#closed === undefined) this.#listeners.push(listener);
    else listener(this.#closed);
  }

  close(): void {
    if (this.#closed === undefined) this.socket.close();
  }
}
