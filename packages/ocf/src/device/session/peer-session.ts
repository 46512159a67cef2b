import type { SecuredSession } from '@selvage/coap';
import type { Instant, PeerAddress } from '@selvage/core';
import type { DtlsSocket } from '@selvage/dtls';
import type { StoredCredential } from '../state/stored-credential.js';
import type { AssertedRole } from './asserted-role.js';
import type { Authentication } from './authentication.js';

/** What a session begins with. */
export interface SessionStart {
  readonly authentication: Authentication;
  /** Whether it is the onboarding connection, for as long as it lives. */
  readonly onboarding: boolean;
  /** The monotonic clock. */
  readonly now: () => Instant;
}

/** A secured session with a peer, and the roles that the peer has shown in it, which end with it. */
export class PeerSession<Address extends PeerAddress = PeerAddress> implements SecuredSession {
  readonly authentication: Authentication;
  readonly onboarding: boolean;
  roles: readonly AssertedRole[] = [];
  /** The credentials as this session has left them, where it has changed them: they do not end it. */
  vouchedBy: readonly StoredCredential[] | undefined;
  /** When it was opened or last heard of. */
  lastHeard: Instant;
  readonly #socket: DtlsSocket<Address>;
  readonly #now: () => Instant;
  #closeListeners: readonly (() => void)[] = [];
  #closed = false;

  constructor(socket: DtlsSocket<Address>, { authentication, onboarding, now }: SessionStart) {
    this.authentication = authentication;
    this.onboarding = onboarding;
    this.#socket = socket;
    this.#now = now;
    this.lastHeard = now();
    socket.onClosed(() => this.#end());
  }

  get address(): Address {
    return this.#socket.address;
  }

  get maximumData(): number {
    return this.#socket.maximumData;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  send(data: Uint8Array): void {
    this.#socket.send(data);
  }

  onData(receiver: (data: Uint8Array) => void): void {
    this.#socket.onData((data) => {
      this.lastHeard = this.#now();
      receiver(data);
    });
  }

  /** Adds one who hears that the session has ended; at once if it has. */
  onClosed(listener: () => void): void {
    if (this.#closed) listener();
    else this.#closeListeners = [...this.#closeListeners, listener];
  }

  close(): void {
    if (!this.#closed) this.#socket.close();
  }

  /** Whether its secrets are bound to the whole handshake (RFC 7627): what is exported of others is not theirs alone. */
  get isBoundToHandshake(): boolean {
    return this.#socket.session.extendedMasterSecret;
  }

  /** RFC 5705. */
  exportKeyingMaterial(label: string, length: number, context: Uint8Array): Uint8Array {
    return this.#socket.exportKeyingMaterial(label, length, context);
  }

  /** The TLS key block, which owners' keys are made of. */
  keyBlock(): Uint8Array {
    return this.#socket.keyBlock();
  }

  #end(): void {
    this.#closed = true;
    const listeners = this.#closeListeners;
    this.#closeListeners = [];
    for (const listener of listeners) listener();
  }
}
