import { SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { encodePemChain, ocfRolePurpose } from '@selvage/pki';
import { credentialTypes, credentialUsages, encodings } from '../../security/credential.js';
import type { Roles, RolesUpdate } from '../../security/roles.js';
import { anchorsOf } from '../credential/anchors.js';
import { readChain } from '../credential/read-data.js';
import { checkAllWritable } from '../rules/check-writable.js';
import type { DurableState } from '../state/durable-state.js';
import type { AssertedRole } from './asserted-role.js';
import type { Authentication } from './authentication.js';
import { JudgedChain } from './judged-chain.js';

/** Role certificates that one session may show. */
const mostRoles = 32;

/** What the assertion of roles depends on. */
export interface AssertionContext {
  readonly state: DurableState;
  readonly authentication: Authentication;
  readonly overOnboarding: boolean;
  readonly core: CryptoCore;
  /** The wall clock, ms since 1970. */
  readonly now: number;
  readonly newId: (taken: readonly number[]) => number;
}

/** roles as a session reads it: its own. */
export function rolesOfSession(asserted: readonly AssertedRole[]): Roles {
  const roles = asserted.map(({ credid, certificate }) => ({
    credid,
    credtype: credentialTypes.certificate,
    credusage: credentialUsages.role,
    publicdata: { data: encodePemChain(certificate.chain), encoding: encodings.pem },
  }));
  return { roles };
}

/**
 * The roles of a session with further ones: all that are shown or none. Each must be of the session's own device and
 * key, and issued by an authority that this device trusts. What is shown again is passed over.
 * @throws SelvageError `invalid-value` (4.00), whose cause says what is wrong with a chain
 */
export function assertRoles(
  asserted: readonly AssertedRole[],
  update: RolesUpdate,
  context: AssertionContext,
): readonly AssertedRole[] {
  const { state, overOnboarding } = context;
  checkAllWritable('roles', update, { dos: state.dos, overOnboarding });
  const roles = update.roles.reduce((held, input) => withRole(held, input, context), asserted);
  if (roles.length <= mostRoles) return roles;
  throw new SelvageError('payload-too-large', `a session may show ${mostRoles} roles at most`);
}

function withRole(
  held: readonly AssertedRole[],
  { credtype, credusage, publicdata }: RolesUpdate['roles'][number],
  { authentication, state, core, now, newId }: AssertionContext,
): readonly AssertedRole[] {
  if (credtype !== credentialTypes.certificate || credusage !== credentialUsages.role) {
    throw refused('roles are shown by role certificates');
  }
  if (authentication.kind !== 'certificate') throw refused('roles are shown in sessions that certificates opened');
  const chain = readChain(publicdata);
  if (held.some(({ certificate }) => isSame(certificate.chain, chain))) return held;
  const holder = { device: authentication.peer, publicKey: authentication.publicKey };
  const certificate = new JudgedChain(chain, { core, purpose: ocfRolePurpose, holder });
  const verdict = certificate.judge(anchorsOf(state), now);
  if ('error' in verdict) throw refused(verdict.error.message, verdict.error);
  return [...held, { credid: newId(held.map(({ credid }) => credid)), certificate }];
}

function isSame(some: readonly Uint8Array[], other: readonly Uint8Array[]): boolean {
  return encodePemChain(some) === encodePemChain(other);
}

function refused(problem: string, cause?: SelvageError): SelvageError {
  return new SelvageError('invalid-value', problem, cause && { cause });
}
