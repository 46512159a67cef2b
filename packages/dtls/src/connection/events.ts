import type { SelvageError } from '@selvage/core';
import type { HashAlgorithm, KeyHandle } from '@selvage/crypto';
import type { MessageDescription } from '../describe/description.js';
import type { ChainVerdict } from '../handshake/role.js';
import type { DtlsSession } from './session.js';

/** What a connection is told. */
export type DtlsInput =
  | { readonly kind: 'datagram'; readonly payload: Uint8Array }
  /** Application data, one record; only after `connected`. */
  | { readonly kind: 'send'; readonly data: Uint8Array }
  /** Sends close_notify and ends. */
  | { readonly kind: 'close' }
  /** The answer to a `key-operation`. */
  | { readonly kind: 'key-operation-done'; readonly id: number; readonly signature: Uint8Array }
  | { readonly kind: 'key-operation-failed'; readonly id: number; readonly error: SelvageError }
  /** The answer to a `judge-peer`. */
  | { readonly kind: 'peer-judged'; readonly id: number; readonly verdict: ChainVerdict };

/** A private-key operation, to be carried out wherever the key lives (DESIGN §3). */
export interface SignOperation {
  readonly kind: 'sign';
  readonly key: KeyHandle;
  readonly hash: HashAlgorithm;
  /** What is to be signed, before hashing. The signature is an ECDSA-Sig-Value in DER. */
  readonly message: Uint8Array;
}

/** Why a connection ended. */
export type CloseReason =
  | { readonly by: 'us' }
  /** The peer sent close_notify. */
  | { readonly by: 'peer' }
  /** `error.code` says what failed; `peer-alert` names the peer's alert in its details. */
  | { readonly by: 'error'; readonly error: SelvageError };

/** What a connection wants done or tells. */
export type DtlsOutput =
  | { readonly kind: 'transmit'; readonly payload: Uint8Array }
  | { readonly kind: 'key-operation'; readonly id: number; readonly operation: SignOperation }
  /** Wants the peer's certificate chain (DER, leaf first) judged: trust, time, names, usage. Possession is proved. */
  | { readonly kind: 'judge-peer'; readonly id: number; readonly chain: readonly Uint8Array[] }
  | { readonly kind: 'connected'; readonly session: DtlsSession }
  | { readonly kind: 'data'; readonly data: Uint8Array }
  /**
   * Something speaks against the handshake that anybody could have forged. It goes on for the grace period in case the
   * real peer repeats itself, and then fails with this error.
   */
  | { readonly kind: 'doubt'; readonly error: SelvageError }
  /** Only with `trace`: a handshake message, ChangeCipherSpec or alert passed. */
  | { readonly kind: 'message'; readonly direction: 'sent' | 'received'; readonly message: MessageDescription }
  /** Always the last output. */
  | { readonly kind: 'closed'; readonly reason: CloseReason };
