import type { Instant } from '@selvage/core';
import type { CoapOption } from '../message/option-codec.js';

/** What a message says: a request or a response. */
export interface Content {
  readonly code: number;
  readonly options: readonly CoapOption[];
  readonly payload: Uint8Array;
}

/** A message to be sent, without its type and message ID, which the message layer gives it. */
export interface Outgoing extends Content {
  readonly token: Uint8Array;
}

/** The message of a token that says this. */
export function outgoing(token: Uint8Array, { code, options, payload }: Content): Outgoing {
  return { code, token, options, payload };
}

/** Who wants to know what becomes of a message that was sent. */
export interface Delivery {
  /** The peer has it: an Empty Acknowledgement came. Only for a Confirmable message. */
  acknowledged(now: Instant): void;
  /** The peer rejects it. */
  reset(now: Instant): void;
  /** It was sent as often as allowed, and there is no answer. Only for a Confirmable message. */
  gaveUp(now: Instant): void;
  /** What to send instead of the same once more, under a message ID of its own (RFC 7641 §4.5.2). */
  renew?(now: Instant): Outgoing | undefined;
}

/** Nobody wants to know. */
export const unwatched: Delivery = { acknowledged() {}, reset() {}, gaveUp() {} };
