import type { Secret } from '@selvage/core';
import { constantTimeEqual, type CryptoCore } from '@selvage/crypto';
import type { DtlsSession, PeerIdentity } from '@selvage/dtls';
import { ocfIdentityPurpose } from '@selvage/pki';
import { pinIdentity } from '../../security/pin.js';
import { transferMethodOf, transferMethods } from '../../security/transfer-method.js';
import { type Uuid, uuidOf } from '../../uuid/uuid.js';
import { anchorsOf } from '../credential/anchors.js';
import { pairwiseCredential } from '../credential/pairwise.js';
import type { DurableState } from '../state/durable-state.js';
import type { Authentication } from './authentication.js';
import { JudgedChain } from './judged-chain.js';

/** What whether a session is admitted depends on beside itself. */
export interface AdmissionContext {
  readonly state: DurableState;
  readonly core: CryptoCore;
  /** The wall clock, ms since 1970. */
  readonly now: number;
  /** Whether there is an onboarding connection already. */
  readonly isOnboarding: boolean;
  /** Whether a key is that of the PIN that is shown now. */
  readonly isOfPin: (key: Secret | undefined) => boolean;
}

/** As what a session is admitted. */
export interface Admission {
  readonly authentication: Authentication;
  readonly onboarding: boolean;
}

/**
 * As what a completed handshake is admitted; `undefined`: not at all. The device may have changed since the handshake
 * began: what counts is what it would accept now.
 */
export function admit(session: DtlsSession, context: AdmissionContext): Admission | undefined {
  const { state, isOnboarding } = context;
  switch (state.dos) {
    case 'RESET':
      return undefined;
    case 'RFOTM':
      if (isOnboarding || !isByMethod(session, context)) return undefined;
      return { authentication: { kind: 'none' }, onboarding: true };
    case 'RFPRO':
    case 'RFNOP':
    case 'SRESET': {
      const authentication = authenticationOf(session.peer, context);
      return authentication && { authentication, onboarding: false };
    }
  }
}

/** Whether a handshake was made by the owner transfer method that is chosen now. */
function isByMethod({ suite, peer }: DtlsSession, { state, isOfPin }: AdmissionContext): boolean {
  const method = transferMethodOf(state.oxmsel);
  if (method === undefined || !transferMethods[method].suites.some((name) => name === suite.name)) return false;
  if (method !== 'random-pin') return peer.kind === 'anonymous';
  return peer.kind === 'psk' && constantTimeEqual(peer.identity, pinIdentity) && isOfPin(peer.key);
}

function authenticationOf(peer: PeerIdentity, context: AdmissionContext): Authentication | undefined {
  switch (peer.kind) {
    case 'psk':
      return pairwise(peer, context);
    case 'certificate':
      return certified(peer, context);
    case 'anonymous':
    case 'passphrase':
      return undefined;
  }
}

function pairwise(
  { identity, key }: Extract<PeerIdentity, { kind: 'psk' }>,
  { state }: AdmissionContext,
): Authentication | undefined {
  if (identity.length !== 16 || key === undefined) return undefined;
  const peer = uuidOf(identity);
  return pairwiseCredential(state, peer)?.key === key ? { kind: 'pairwise', peer, key } : undefined;
}

function certified(
  { chain, publicKey }: Extract<PeerIdentity, { kind: 'certificate' }>,
  { state, core, now }: AdmissionContext,
): Authentication | undefined {
  const identity = new JudgedChain(chain, { core, purpose: ocfIdentityPurpose });
  const peer = identity.standing(anchorsOf(state), now)?.identity;
  return peer === undefined ? undefined : { kind: 'certificate', peer: peer as Uuid, identity, publicKey };
}
