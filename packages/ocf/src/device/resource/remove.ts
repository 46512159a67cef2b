import { SelvageError } from '@selvage/core';
import { deleteRules, isWritable } from '../rules/writability.js';
import type { DurableState } from '../state/durable-state.js';

/**
 * A state without a credential, or without any, which is the same where there was none; `undefined` where there is none
 * of that ID.
 * @throws SelvageError `access-refused` (4.03) where the state does not allow it
 */
export function removeCredentials(state: DurableState, credid: number | undefined): DurableState | undefined {
  checkRemovable(state, 'cred');
  const left = credid === undefined ? [] : state.credentials.filter((one) => one.credid !== credid);
  if (left.length === state.credentials.length) return credid === undefined ? state : undefined;
  return { ...state, credentials: left };
}

/**
 * A state without an access control entry, or without any, which is the same where there was none; `undefined` where
 * there is none of that ID.
 * @throws SelvageError `access-refused` (4.03) where the state does not allow it
 */
export function removeEntries(state: DurableState, aceid: number | undefined): DurableState | undefined {
  checkRemovable(state, 'acl2');
  const left = aceid === undefined ? [] : state.entries.filter((one) => one.aceid !== aceid);
  if (left.length === state.entries.length) return aceid === undefined ? state : undefined;
  return { ...state, entries: left };
}

function checkRemovable({ dos }: DurableState, resource: keyof typeof deleteRules): void {
  if (isWritable(deleteRules[resource], dos, false)) return;
  throw new SelvageError('access-refused', `nothing of ${resource} is deleted in ${dos}`, {
    details: { resource, state: dos },
  });
}
