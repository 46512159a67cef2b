import type { Acl2, Acl2Update } from '../../security/acl2.js';
import { checkAllWritable } from '../rules/check-writable.js';
import { mergeEntries } from '../entry/merge.js';
import type { DurableState } from '../state/durable-state.js';
import type { Update } from './update.js';

/** acl2 as it is read. @param aceid of the entry that is asked for; all, where it is left out */
export function acl2Of({ entries, rowners }: DurableState, aceid?: number): Acl2 {
  const asked = aceid === undefined ? entries : entries.filter((one) => one.aceid === aceid);
  return { aclist2: asked, rowneruuid: rowners.acl2 };
}

/** Carries out an update of acl2: all of it or nothing. */
export const updateAcl2: Update<Acl2Update> = (state, update, { overOnboarding, newId }) => {
  checkAllWritable('acl2', update, { dos: state.dos, overOnboarding });
  const { aclist2 = [], rowneruuid = state.rowners.acl2 } = update;
  return {
    ...state,
    entries: mergeEntries(state.entries, aclist2, newId),
    rowners: { ...state.rowners, acl2: rowneruuid },
  };
};
