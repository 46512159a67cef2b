import type { ParentCandidate } from '../attach/parent-candidate.js';
import type { LeaderData } from '../partition.js';
import type { StoredParent } from './child-state.js';

/** Why a child must look for a parent again. */
export type LossReason =
  /** Keep-alives, or polls, or frames: nobody answered. */
  | 'unanswered'
  /** The parent says that it does not know us, or that it is somebody else now. */
  | 'disowned'
  /** Another dataset is in force. */
  | 'moved'
  /** Somebody asked for it. */
  | 'command';

/** What the state of a child depends on, beside the clock. All messages are authentic; who sent them is checked here. */
export type ChildInput =
  | { readonly kind: 'attach'; readonly stored: StoredParent | undefined }
  | { readonly kind: 'detach' }
  | { readonly kind: 'timer' }
  /** `answers` is the Response TLV. */
  | { readonly kind: 'parent-response'; readonly candidate: ParentCandidate; readonly answers: Uint8Array }
  | {
      readonly kind: 'child-id-response';
      readonly from: Uint8Array;
      readonly sourceAddress: number;
      readonly rloc16: number;
      readonly leader: LeaderData;
    }
  | {
      readonly kind: 'child-update-response';
      readonly from: Uint8Array;
      readonly sourceAddress: number;
      readonly leader: LeaderData | undefined;
      readonly answers: Uint8Array | undefined;
      /** The Mode TLV is as ours. */
      readonly agrees: boolean;
      readonly refuses: boolean;
      /** What the parent goes on with, if it says so. */
      readonly counters: ParentCounters | undefined;
    }
  /** A Child Update Request, a Data Response or an Advertisement of somebody. */
  | {
      readonly kind: 'news';
      readonly from: Uint8Array;
      readonly sourceAddress: number;
      readonly leader: LeaderData;
      /** What it carries, or names, is newer than what we have and not all there. */
      readonly lacks: boolean;
      /** It was to everybody: all children would ask at once. */
      readonly multicast: boolean;
      /** It answers our Data Request. */
      readonly answers: boolean;
    }
  | { readonly kind: 'heard'; readonly from: Uint8Array }
  | { readonly kind: 'sent'; readonly to: Uint8Array; readonly acknowledged: boolean }
  | { readonly kind: 'polls-failed'; readonly failures: number }
  /** The parent uses a key sequence that we must not follow without asking, or keeps silent to what it should answer. */
  | { readonly kind: 'doubt' }
  | { readonly kind: 'addresses-changed' }
  /** Channel, PAN id or network key are others now: the parent moves as well, if it heard of it. */
  | { readonly kind: 'moved' }
  | { readonly kind: 'lost'; readonly reason: LossReason };

/** The frame counters that a parent goes on with. */
export interface ParentCounters {
  readonly keySequence: number;
  readonly link: number;
  readonly mle: number;
}

/** What a child wants done. */
export type ChildEffect =
  | { readonly kind: 'parent-request'; readonly challenge: Uint8Array; readonly routersOnly: boolean }
  | { readonly kind: 'child-id-request'; readonly candidate: ParentCandidate }
  | {
      readonly kind: 'child-update-request';
      readonly to: Uint8Array;
      readonly challenge: Uint8Array | undefined;
      /** Detached: nothing of a partition is said. */
      readonly restoring: boolean;
    }
  | { readonly kind: 'data-request'; readonly to: Uint8Array }
  /** A round of Parent Requests found nobody. */
  | { readonly kind: 'unheard'; readonly failures: number }
  /** `counters` of a parent of before the restart, from which on its frames are new. */
  | { readonly kind: 'attached'; readonly counters: ParentCounters | undefined }
  | { readonly kind: 'detached'; readonly reason: LossReason };

/** Who is asked by a Parent Request. */
export type ParentSearch = 'routers' | 'all';

/** What a node is, as far as its states depend on it. */
export interface ChildFacts {
  readonly sleepy: boolean;
  /** Seconds after which a parent forgets a silent child. */
  readonly timeout: number;
  /** Seconds without anything secured from the parent after which it is asked whether it is there; 0 for never. */
  readonly supervision: number;
  /** It is a full device: partitions count before links. */
  readonly full?: boolean;
  /** Whom to ask, request after request; the usual round where none is given. */
  readonly round?: readonly ParentSearch[] | undefined;
  /** Whether a candidate is one that is looked for; all are where it is not given. */
  readonly admits?: ((candidate: ParentCandidate) => boolean) | undefined;
}

/** Random things of one step, drawn before. */
export interface Fresh {
  /** 8 bytes. */
  readonly challenge: Uint8Array;
  /** 0 to 1. */
  readonly fraction: number;
}
