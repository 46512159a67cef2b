import type { Instant } from '@selvage/core';

/**
 * The link to another router (Thread 1.3 §4.7.7):
 * ```
 *        advertisement, or its request            accept                    silence
 *  none ──────────────────────────────▶ asked ─────────▶ linked ◀────────────────────▶ doubted
 *    ▲                                    │ no answer       ▲          accept            │ no answer, 3 times
 *    └────────────────────────────────────┘◀────────────────┼────────────────────────────┘
 *                                                           └── it was our parent, or our child
 * ```
 */
export type LinkState =
  | { readonly kind: 'none' }
  /** A Link Request, or an Accept and Request, is to be answered. */
  | {
      readonly kind: 'asked';
      readonly extended: Uint8Array;
      readonly challenge: Uint8Array;
      readonly until: Instant;
    }
  | { readonly kind: 'linked'; readonly extended: Uint8Array; readonly silentAt: Instant }
  /** It did not advertise for long: it is asked whether it is there. */
  | {
      readonly kind: 'doubted';
      readonly extended: Uint8Array;
      readonly challenge: Uint8Array;
      readonly tries: number;
      readonly until: Instant;
    };

/** What the state of a link depends on, beside the clock. Messages are authentic, and of our partition. */
export type LinkInput =
  /** An Advertisement of a router; `isStrong` where its margin is worth a link. */
  | { readonly kind: 'advertised'; readonly from: Uint8Array; readonly isStrong: boolean }
  /** A Link Request; `answers` is what its Challenge is to be answered with. */
  | { readonly kind: 'requested'; readonly from: Uint8Array; readonly answers: Uint8Array }
  /** A Link Accept, and a request of its own where there is a challenge in it. */
  | {
      readonly kind: 'accepted';
      readonly from: Uint8Array;
      readonly response: Uint8Array;
      readonly challenge: Uint8Array | undefined;
    }
  /** It was our parent, or our child, and is known already. */
  | { readonly kind: 'known'; readonly from: Uint8Array }
  | { readonly kind: 'timer' }
  | { readonly kind: 'removed' };

/** What a link wants done. */
export type LinkEffect =
  | { readonly kind: 'request'; readonly to: Uint8Array; readonly challenge: Uint8Array; readonly isKnown: boolean }
  /** A Link Accept; with `challenge` it asks in turn. */
  | {
      readonly kind: 'accept';
      readonly to: Uint8Array;
      readonly response: Uint8Array;
      readonly challenge: Uint8Array | undefined;
    }
  | { readonly kind: 'established'; readonly extended: Uint8Array }
  | { readonly kind: 'lost'; readonly extended: Uint8Array };

/** Milliseconds (OpenThread's). */
export const linkTimes = {
  answer: 2000,
  /** Without an advertisement: neighbours advertise at least every 32 s. */
  silence: 100_000,
  doubt: 1000,
  doubts: 3,
} as const;
