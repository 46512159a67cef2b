import type { ServerResponse } from '@selvage/coap';
import { type CborValue, type PeerAddress } from '@selvage/core';
import type { Query } from '../../model/query.js';
import { ocfResponse } from '../../payload/response.js';
import { ownerKey } from '../../security/owner-psk.js';
import type { SecurityResourceName } from '../../security/paths.js';
import { readRolesUpdate } from '../../security/roles.js';
import { transferMethodOf } from '../../security/transfer-method.js';
import { randomId } from '../random-id.js';
import { securityRemovals, securityUpdates } from '../resource/carry-out.js';
import type { UpdateContext } from '../resource/update.js';
import type { PeerSession } from '../session/peer-session.js';
import { assertRoles } from '../session/roles.js';
import type { DurableState } from '../state/durable-state.js';
import { isGood, type Origin } from './origin.js';
import { idIn } from './retrieve.js';
import type { SecurityWorld } from './world.js';

/** A request to change a security resource, whose access was granted: now, in its turn. */
export interface SecurityChange<Address extends PeerAddress> {
  readonly name: SecurityResourceName;
  readonly method: 'POST' | 'DELETE';
  readonly query: Query;
  readonly value: CborValue;
  readonly origin: Origin<Address>;
}

/**
 * Carries out a request to change a security resource: when it resolves, what was changed is durable.
 * @throws SelvageError `invalid-value` (4.00), `access-refused` (4.03), `payload-too-large` (4.13), `store-failed`
 *   (5.03)
 */
export async function changeSecurity<Address extends PeerAddress>(
  change: SecurityChange<Address>,
  world: SecurityWorld<Address>,
): Promise<ServerResponse> {
  const { method, name, origin } = change;
  if (name === 'roles') return changeRoles(change, world);
  const next = method === 'POST' ? updated(change, world) : removed(change, world);
  if (next === undefined) return ocfResponse('4.04');
  const before = world.keeper.state;
  await world.keeper.replace(next);
  if (next.credentials !== before.credentials) endSessions(origin.session, world);
  if (name === 'doxm' && isChoice(change)) {
    world.onboarding.choose(transferMethodOf(next.oxmsel), next.deviceuuid);
  }
  return ocfResponse(method === 'POST' ? '2.04' : '2.02');
}

/** Whether a security resource has a method at all. */
export function hasMethod(name: SecurityResourceName, method: string): boolean {
  switch (method) {
    case 'GET':
      return true;
    case 'POST':
      return name === 'roles' || securityUpdates[name] !== undefined;
    case 'DELETE':
      return name === 'roles' || securityRemovals[name] !== undefined;
    default:
      return false;
  }
}

function updated<Address extends PeerAddress>(
  { name, value, origin }: SecurityChange<Address>,
  world: SecurityWorld<Address>,
): DurableState | undefined {
  return securityUpdates[name]?.(world.keeper.state, value, contextOf(origin.session, world));
}

function removed<Address extends PeerAddress>(
  { name, query }: SecurityChange<Address>,
  { keeper }: SecurityWorld<Address>,
): DurableState | undefined {
  const removal = securityRemovals[name];
  return removal?.remove(keeper.state, idIn(query, removal.id));
}

function changeRoles<Address extends PeerAddress>(
  { method, query, value, origin: { session } }: SecurityChange<Address>,
  { keeper: { state }, core, clock, entropy }: SecurityWorld<Address>,
): ServerResponse {
  if (session === undefined) return ocfResponse('4.01');
  if (method === 'DELETE') return deleteRoles(session, idIn(query, 'credid'));
  const { authentication, onboarding: overOnboarding } = session;
  session.roles = assertRoles(session.roles, readRolesUpdate(value), {
    state,
    authentication,
    overOnboarding,
    core,
    now: clock.wallTime(),
    newId: (taken) => randomId(entropy, taken),
  });
  return ocfResponse('2.04');
}

function deleteRoles(session: PeerSession, credid: number | undefined): ServerResponse {
  const left = credid === undefined ? [] : session.roles.filter((one) => one.credid !== credid);
  if (credid !== undefined && left.length === session.roles.length) return ocfResponse('4.04');
  session.roles = left;
  return ocfResponse('2.02');
}

/** Sessions end whose credential is gone; the one that made the change stays, so that it can come to an end. */
function endSessions<Address extends PeerAddress>(
  acting: PeerSession<Address> | undefined,
  { keeper: { state }, sessions, clock }: SecurityWorld<Address>,
): void {
  if (acting !== undefined) acting.vouchedBy = state.credentials;
  sessions.close((session) => !isGood(session, state, clock.wallTime()));
}

/** Whether an update chooses an owner transfer method, be it the same as before. */
function isChoice<Address extends PeerAddress>({ value }: SecurityChange<Address>): boolean {
  return value instanceof Map && value.has('oxmsel');
}

function contextOf<Address extends PeerAddress>(
  session: PeerSession<Address> | undefined,
  { core, clock, entropy, keeper, ownKey, methods, built }: SecurityWorld<Address>,
): UpdateContext {
  const overOnboarding = session?.onboarding ?? false;
  const onboards = overOnboarding && keeper.state.dos === 'RFOTM' ? session : undefined;
  return {
    overOnboarding,
    methods,
    publicKey: ownKey.handle.publicKey ?? new Uint8Array(0),
    core,
    now: clock.wallTime(),
    reservedIds: built.map(({ credid }) => credid),
    newId: (taken) => randomId(entropy, taken),
    ownerKey(owner, device, number) {
      const method = transferMethodOf(number);
      if (onboards === undefined || method === undefined) return undefined;
      const keyBlock = onboards.keyBlock();
      const key = ownerKey(core, { keyBlock, method, owner, device });
      keyBlock.fill(0);
      return key;
    },
  };
}
