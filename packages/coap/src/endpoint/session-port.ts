import { type DatagramPort, type PeerAddress, SelvageError } from '@selvage/core';

/** What a secured session must offer to carry CoAP; a socket of `@selvage/dtls` does. */
export interface SecuredSession {
  /** Where the peer is reached now. */
  readonly address: PeerAddress;
  /** The most bytes that one `send` takes. */
  readonly maximumData: number;
  /** Sends one message. @throws SelvageError `session-closed`, `payload-too-large`. */
  send(data: Uint8Array): void;
  onData(receiver: (data: Uint8Array) => void): void;
  onClosed(receiver: () => void): void;
  close(): void;
}

/** A peer behind a session: handlers find its identity in `session`. */
export interface SessionAddress<Session extends SecuredSession = SecuredSession> extends PeerAddress {
  readonly session: Session;
}

/** A datagram port whose peers come and go, and for which datagrams of different length are right. */
export interface PeerAwarePort<Address extends PeerAddress> extends DatagramPort<Address> {
  /** The largest payload for one peer, bytes. */
  maximumPayloadTo(to: Address): number;
  /** Sets the one receiver of the news that a peer is gone for good. */
  onGone(receiver: (peer: Address) => void): void;
}

/** Payloads before there is a session to ask, bytes. */
const defaultMaximum = 1152;

/**
 * Secured sessions as one datagram port, so that CoAP runs over DTLS without knowing it. Each session is a peer of its
 * own, also two of one address: nothing that was said in one session may be taken for the other's (RFC 7252 §9.1).
 */
export class SessionPort<Session extends SecuredSession> implements PeerAwarePort<SessionAddress<Session>> {
  readonly #addresses = new Set<SessionAddress<Session>>();
  #receiver: ((payload: Uint8Array, from: SessionAddress<Session>) => void) | undefined;
  #gone: ((peer: SessionAddress<Session>) => void) | undefined;
  #sessions = 0;
  #closed = false;

  /** What every session carries. */
  get maximumPayload(): number {
    let least = defaultMaximum;
    for (const { session } of this.#addresses) least = Math.min(least, session.maximumData);
    return least;
  }

  /**
   * Takes a session on; its data is CoAP from now on.
   * @throws SelvageError `port-closed`.
   */
  add(session: Session): SessionAddress<Session> {
    if (this.#closed) throw portClosed();
    const address = { key: `${session.address.key}#${++this.#sessions}`, session };
    this.#addresses.add(address);
    session.onClosed(() => {
      if (this.#addresses.delete(address)) this.#gone?.(address);
    });
    session.onData((data) => {
      if (this.#addresses.has(address)) this.#receiver?.(data, address);
    });
    return address;
  }

  maximumPayloadTo({ session }: SessionAddress<Session>): number {
    return session.maximumData;
  }

  /** @throws SelvageError `port-closed`, `session-closed`, `payload-too-large`. */
  send(payload: Uint8Array, to: SessionAddress<Session>): void {
    if (this.#closed) throw portClosed();
    to.session.send(payload);
  }

  onDatagram(receiver: (payload: Uint8Array, from: SessionAddress<Session>) => void): void {
    if (this.#closed) throw portClosed();
    this.#receiver = receiver;
  }

  onGone(receiver: (peer: SessionAddress<Session>) => void): void {
    this.#gone = receiver;
  }

  /** Closes all sessions. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#receiver = undefined;
    this.#gone = undefined;
    const addresses = [...this.#addresses];
    this.#addresses.clear();
    for (const { session } of addresses) session.close();
  }
}

/** Whether a port knows its peers one by one. */
export function isPeerAware<Address extends PeerAddress>(port: DatagramPort<Address>): port is PeerAwarePort<Address> {
  return 'maximumPayloadTo' in port && 'onGone' in port;
}

function portClosed(): SelvageError {
  return new SelvageError('port-closed', 'the session port is closed');
}
