import type { Instant } from '@selvage/core';
import type { ParentCandidate } from '../attach/parent-candidate.js';
import type { LeaderData } from '../partition.js';

/**
 * The states of a node that is nobody's router (Thread 1.3 §4.5, §4.7):
 * ```
 * disabled ──► restoring ──► parent-request ◄──► child-id-request ──► child
 *                  │               ▲  │                                │
 *                  └───► child     │  └──► idle (waits, longer each time)
 *                                  └────────────── parent lost ────────┘
 * ```
 */
export type ChildState = Disabled | Idle | Restoring | ParentRequest | ChildIdRequest | Child;

/** It takes part in nothing. */
export interface Disabled {
  readonly kind: 'disabled';
}

/** Detached: no parent was found, and the search begins anew later. */
export interface Idle {
  readonly kind: 'idle';
  readonly until: Instant;
  /** Searches that failed in a row. */
  readonly failures: number;
}

/** Detached: the parent of before the restart is asked whether it still knows us. */
export interface Restoring {
  readonly kind: 'restoring';
  readonly parent: StoredParent;
  readonly challenge: Uint8Array;
  readonly tries: number;
  readonly until: Instant;
}

/** Detached: parents were asked for. */
export interface ParentRequest {
  readonly kind: 'parent-request';
  readonly failures: number;
  /** Which request of the round this is. */
  readonly request: number;
  /** Of this request; answers to an older one are discarded. */
  readonly challenge: Uint8Array;
  /** Routers have answered until then: a good one is taken. */
  readonly settles: Instant;
  readonly until: Instant;
  readonly best?: ParentCandidate | undefined;
}

/** Detached: a parent was chosen and asked for a child id. */
export interface ChildIdRequest {
  readonly kind: 'child-id-request';
  readonly failures: number;
  readonly request: number;
  readonly candidate: ParentCandidate;
  readonly until: Instant;
}

/** Attached. */
export interface Child {
  readonly kind: 'child';
  readonly parent: Parent;
  readonly rloc16: number;
  readonly leader: LeaderData;
  readonly since: Instant;
  /** Searches that failed before this parent, until it has lasted. */
  readonly failures: number;
  readonly update: UpdateState;
  readonly data: DataState;
  /** When something secured came from the parent. */
  readonly heardAt: Instant;
  /** Frames to the parent in a row that nobody acknowledged. */
  readonly unacknowledged: number;
}

/** A parent. */
export interface Parent {
  readonly extended: Uint8Array;
  readonly rloc16: number;
  readonly version: number;
}

/** What is durable of a parent. */
export interface StoredParent extends Parent {
  /** Our own RLOC16 as its child. */
  readonly childRloc16: number;
}

/** Child Update Requests to the parent. */
export type UpdateState =
  | { readonly kind: 'quiet'; readonly at: Instant }
  | {
      readonly kind: 'asked';
      readonly tries: number;
      readonly until: Instant;
      /** Where it is doubted that the parent is who it was. */
      readonly challenge?: Uint8Array | undefined;
      /** The addresses changed since: it is asked again. */
      readonly isStale?: boolean;
    };

/** Data Requests to the parent. */
export type DataState =
  | { readonly kind: 'current' }
  /** Newer network data or datasets are known to exist. */
  | { readonly kind: 'due'; readonly at: Instant; readonly tries: number };
