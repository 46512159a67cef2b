import type { Secret } from '@selvage/core';
import type { Uuid } from '../../uuid/uuid.js';
import { anchorsOf } from '../credential/anchors.js';
import { pairwiseCredential } from '../credential/pairwise.js';
import type { DurableState } from '../state/durable-state.js';
import type { JudgedChain } from './judged-chain.js';

/** By what the peer of a session showed who it is. */
export type Authentication =
  /** By nothing, or by what counts for an onboarding connection alone. */
  | { readonly kind: 'none' }
  /** By the key that the two share. */
  | { readonly kind: 'pairwise'; readonly peer: Uuid; readonly key: Secret }
  /** By a certificate, whose public key is an uncompressed point. */
  | {
      readonly kind: 'certificate';
      readonly peer: Uuid;
      readonly identity: JudgedChain;
      readonly publicKey: Uint8Array;
    };

/** The device at the other end of a session, if it has shown who it is. */
export function peerOf(authentication: Authentication): Uuid | undefined {
  return authentication.kind === 'none' ? undefined : authentication.peer;
}

/**
 * Whether what a session was opened with still holds: the pairwise credential is there, the certificate is trusted and
 * has not expired. @param now wall clock, ms since 1970
 */
export function stillHolds(authentication: Authentication, state: DurableState, now: number): boolean {
  switch (authentication.kind) {
    case 'none':
      return true;
    case 'pairwise':
      return pairwiseCredential(state, authentication.peer)?.key === authentication.key;
    case 'certificate':
      return authentication.identity.standing(anchorsOf(state), now)?.identity === authentication.peer;
  }
}
