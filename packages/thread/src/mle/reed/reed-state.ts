import type { Instant } from '@selvage/core';

/**
 * A full device between end device and router (Thread 1.3 §5.9.8): a REED is one that could be a router.
 * ```
 *             too few routers                 jitter over, still too few        granted
 *  content ────────────────────▶ waiting ─────────────────────────▶ soliciting ───────▶ (router)
 *     ▲  ▲                          │ enough by then                   ▲   │ refused, or lost
 *     │  └──────────────────────────┘    a device asks for a child id, │   │
 *     │                             or routers do not reach each other │   │
 *     └────────────────────────────────────────────────────────────────┴───┘
 * ```
 */
export type ReedState =
  | { readonly kind: 'content' }
  /** Each waits a while of its own, so that not all become routers at once. */
  | { readonly kind: 'waiting'; readonly until: Instant }
  /** The leader was asked for a router id. */
  | { readonly kind: 'soliciting'; readonly status: SolicitStatus };

/** Why a router id is wanted, as Address Solicit says it (Thread 1.3 §5.9.10). */
export type SolicitStatus = 'too-few-routers' | 'child-id-request' | 'partition-change';

/** What the state depends on, beside the clock. */
export type ReedInput =
  /** It is a child from now on; `wants` says why a router id is wanted at once. */
  | { readonly kind: 'attached'; readonly wants: SolicitStatus | undefined }
  /** The parent said how many routers there are. */
  | { readonly kind: 'routers' }
  /** A device would be our child. */
  | { readonly kind: 'asked' }
  /** Routers that are heard do not reach each other, or only from afar. */
  | { readonly kind: 'gap' }
  /** The leader answered with a refusal, or did not answer. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'timer' };

/** What is wanted done. */
export type ReedEffect =
  | { readonly kind: 'solicit'; readonly status: SolicitStatus }
  /** It stays an end device for now, and says that it is there. */
  | { readonly kind: 'stay' }
  /** There will be no router id: children, and those that asked, are given up. */
  | { readonly kind: 'resign' };

/** What a full device is, as far as its states depend on it. */
export interface ReedFacts {
  /** False for one that shall never be a router. */
  readonly eligible: boolean;
  readonly activeRouters: number;
  /** Routers from which on there are enough. */
  readonly upgradeThreshold: number;
  /** Seconds within which it decides. */
  readonly selectionJitter: number;
  /** Some neighbour is heard well. */
  readonly hasGoodNeighbour: boolean;
}
