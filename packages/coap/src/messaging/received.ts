import type { Instant } from '@selvage/core';

/** Who has a message in hand that is not answered yet. */
export interface Pending {
  /** The peer has sent it again. */
  copied(now: Instant): void;
}

/** A message that was received, remembered so that a copy of it is known for what it is. */
export interface ReceivedMessage {
  readonly messageId: number;
  readonly checksum: number;
  readonly expires: Instant;
  /** The datagram that answered it, sent again for every copy. */
  reply: Uint8Array | undefined;
  /** Who is working on the reply, and hears of copies until then. */
  pending: Pending | undefined;
}

/**
 * The messages that came from one peer lately (RFC 7252 §4.5). A copy is what has the message ID **and the bytes** of an
 * earlier message: so a forged datagram with a guessed ID cannot make the real one look like a copy, and a peer that
 * uses its 65,536 IDs up within EXCHANGE_LIFETIME is still answered.
 */
export class ReceivedMessages {
  /** In the order of arrival. */
  readonly #byId = new Map<number, ReceivedMessage>();

  get size(): number {
    return this.#byId.size;
  }

  /** The earlier message that this one is a copy of. */
  copyOf(messageId: number, checksum: number, now: Instant): ReceivedMessage | undefined {
    const earlier = this.#byId.get(messageId);
    return earlier !== undefined && earlier.checksum === checksum && earlier.expires > now ? earlier : undefined;
  }

  /** Remembers a message; an earlier one of the same ID is forgotten. */
  record(messageId: number, checksum: number, expires: Instant): ReceivedMessage {
    const message: ReceivedMessage = { messageId, checksum, expires, reply: undefined, pending: undefined };
    // Taken out first, so that the order stays that of arrival.
    this.#byId.delete(messageId);
    this.#byId.set(messageId, message);
    return message;
  }

  /** Forgets the message that came first. */
  forgetOldest(): void {
    for (const messageId of this.#byId.keys()) {
      this.#byId.delete(messageId);
      return;
    }
  }

  /** Forgets what has expired. */
  sweep(now: Instant): void {
    for (const { messageId, expires } of this.#byId.values()) {
      if (expires <= now) this.#byId.delete(messageId);
    }
  }
}
