import type { SelvageError } from '@selvage/core';
import type { Derivation } from '@selvage/crypto';

/** Why the key sequence moved on. */
export type SwitchCause =
  /** Its time was up. */
  | 'rotation'
  /** A neighbour leads by one, and the guard time was over. */
  | 'peer'
  /** A neighbour proved it, by answering our challenge. */
  | 'authoritative'
  /** Somebody said so. */
  | 'command'
  /** The frame counters of the sequence are nearly spent. */
  | 'counters';

/** What a node's keys tell. */
export type KeyEvent =
  | { readonly kind: 'switched'; readonly sequence: number; readonly cause: SwitchCause }
  /** The keys of a sequence that somebody asked for are there. */
  | { readonly kind: 'derived'; readonly sequence: number }
  /** There is no sequence behind this one: the network needs a new network key. */
  | { readonly kind: 'exhausted' }
  /** The home of the network key or the store failed; it is tried again. Nothing is sent without a durable counter. */
  | { readonly kind: 'failed'; readonly error: SelvageError };

/** What a node's keys want done. */
export type KeyOutput =
  | { readonly kind: 'derive'; readonly id: number; readonly derivation: Derivation }
  | { readonly kind: 'store'; readonly id: number; readonly name: string; readonly value: Uint8Array }
  | { readonly kind: 'event'; readonly event: KeyEvent };

/** How it went. */
export type KeyInput =
  | { readonly kind: 'derived'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'stored'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SelvageError };
