import type { MacAddress } from './address.js';
import type { Neighbour } from './neighbour.js';

/** How a received frame was protected. */
export type FrameProtection =
  | { readonly kind: 'none' }
  /** Key id mode 1: the network key's MAC key of this sequence, from a known neighbour. */
  | { readonly kind: 'network'; readonly keySequence: number }
  /** Key id mode 0: a key that was given for this sender (Joiner Entrust: the KEK). */
  | { readonly kind: 'given' }
  /** Key id mode 2: the well-known key that protects nothing (MLE Announce). */
  | { readonly kind: 'announce' };

/** What the link hands up: a data frame that was meant for this node, authentic, and no duplicate. */
export interface LinkIndication {
  readonly source: MacAddress;
  readonly destination: MacAddress;
  readonly destinationPan: number;
  /** The sender's PAN id: `destinationPan` where the frame names none of its own. */
  readonly sourcePan: number;
  /** Plain bytes: the 6LoWPAN packet. They belong to the receiver. */
  readonly payload: Uint8Array;
  readonly protection: FrameProtection;
  /** Who sent it, proved by the network's key; undefined for every other frame. */
  readonly neighbour: Neighbour | undefined;
  /** The sender has more for us. */
  readonly framePending: boolean;
  readonly channel: number;
  /** dBm. */
  readonly rssi: number;
}

/** What became of a frame that was to be sent. */
export type SendOutcome =
  /** Sent; acknowledged if it was not to everybody. */
  | 'sent'
  /** Sent as often as allowed without an acknowledgement, or polled for as often as allowed. */
  | 'no-acknowledgement'
  /** The channel was never free. */
  | 'channel-busy'
  /** Dropped before it was sent: the link was reset, its receiver was removed, or the request was withdrawn. */
  | 'dropped'
  /** Refused: it does not fit a frame, the queue is full, or there is no key. */
  | 'refused';

/** What the link tells beside frames. */
export type LinkEvent =
  /** Polls of this sleepy child went unanswered this many times in a row. */
  | { readonly kind: 'poll-failed'; readonly failures: number }
  /** Our poll was acknowledged: `pending` says whether the parent has something. */
  | { readonly kind: 'polled'; readonly pending: boolean }
  /**
   * Polls were acknowledged as if something waited, and nothing came, six times in a row: the parent's radio knows us,
   * and its security does not. It may be key sequences ahead: ask it awake, with a challenge (see `ThreadKeys`).
   */
  | { readonly kind: 'polls-unanswered' }
  /** One of our children polled, authentically. */
  | { readonly kind: 'child-polled'; readonly neighbour: Neighbour }
  /** A neighbour's frame is authentic under a key sequence that we must not follow without asking it (`ThreadKeys`). */
  | { readonly kind: 'left-behind'; readonly neighbour: Neighbour; readonly keySequence: number }
  /** The radio failed for good. */
  | { readonly kind: 'radio-failed'; readonly reason: string };

/** Upward: what stands on the link. The calls come from within `handle` and `poll`; they may call the link at once. */
export interface LinkUser {
  onFrame(frame: LinkIndication, now: number): void;
  /** Once for each request, by the id that `send` gave. */
  onSent(id: number, outcome: SendOutcome, now: number): void;
  onEvent(event: LinkEvent, now: number): void;
}
