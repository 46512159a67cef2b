import { SelvageError } from '@selvage/core';
import type { MessageDescription } from '@selvage/dtls';
import { withAdvice } from './advice.js';

/** How far handshakes came, by peer, so that an error can say where it struck. */
export class Progress {
  readonly #last = new Map<string, { sent?: string; received?: string }>();

  note(peer: string, direction: 'sent' | 'received', message: MessageDescription): void {
    // An alert says that a handshake fails, not how far it came.
    if (message.name === 'Alert') return;
    this.#last.set(peer, { ...this.#last.get(peer), [direction]: message.name });
  }

  /** The handshake with this peer is over. */
  forget(peer: string): void {
    this.#last.delete(peer);
  }

  /** The error with the step at which the handshake stood, and with what to do where the peer's alert is all we know. */
  located(error: SelvageError, peer: string): SelvageError {
    const { sent, received } = this.#last.get(peer) ?? {};
    const { code, message, details, remedy, fault } = withAdvice(error);
    const step = { ...(sent && { lastSent: sent }), ...(received && { lastReceived: received }) };
    return new SelvageError(code, `the handshake with ${peer} failed: ${message}`, {
      ...(error.cause !== undefined && { cause: error.cause }),
      details: { ...step, ...details },
      remedy,
      fault,
    });
  }
}
