import type { PeerAddress } from '@selvage/core';
import type { Connection } from '../access/question.js';
import { anchorsOf } from '../credential/anchors.js';
import { pairwiseRoles } from '../credential/pairwise.js';
import { rolesHeld } from '../session/asserted-role.js';
import { peerOf, stillHolds } from '../session/authentication.js';
import type { PeerSession } from '../session/peer-session.js';
import type { DurableState } from '../state/durable-state.js';
import type { RoleId } from '../state/stored-credential.js';

/** Where a request came from. */
export interface Origin<Address extends PeerAddress> {
  readonly address: Address;
  /** `undefined` for one that came in the clear. */
  readonly session: PeerSession<Address> | undefined;
}

/**
 * The connection that a request came over, as access rules see it; `undefined` for a session that is over, or was
 * opened with what does not hold any more.
 * @param now wall clock, ms since 1970
 */
export function connectionOf(
  session: PeerSession | undefined,
  state: DurableState,
  now: number,
): Connection | undefined {
  if (session === undefined) return plain;
  if (session.isClosed || !isGood(session, state, now)) return undefined;
  const { authentication, onboarding } = session;
  const peer = peerOf(authentication);
  const byCertificate = authentication.kind === 'certificate';
  return { kind: 'secured', onboarding, peer, byCertificate, roles: rolesOf(session, state, now) };
}

/** Whether a session may go on. What it did to the credentials itself does not end it. */
export function isGood(session: PeerSession, state: DurableState, now: number): boolean {
  return session.vouchedBy === state.credentials || stillHolds(session.authentication, state, now);
}

const plain: Connection = { kind: 'plain' };
const noRoles: readonly RoleId[] = [];

function rolesOf({ authentication, roles }: PeerSession, state: DurableState, now: number): readonly RoleId[] {
  switch (authentication.kind) {
    case 'none':
      return noRoles;
    case 'pairwise':
      return pairwiseRoles(state, authentication.peer);
    case 'certificate':
      return roles.length === 0 ? noRoles : rolesHeld(roles, anchorsOf(state), now);
  }
}
