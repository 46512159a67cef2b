import { SelvageError } from '@selvage/core';
import type { Ael, AelUpdate } from '../../security/ael.js';
import type { AuditLog } from '../audit/audit-log.js';
import { checkAllWritable } from '../rules/check-writable.js';
import { isWritable, writeRules } from '../rules/writability.js';
import type { DurableState } from '../state/durable-state.js';
import type { Update } from './update.js';

/** ael as it is read. */
export function aelOf({ filters }: DurableState, log: AuditLog): Ael {
  return {
    categoryfilter: filters.category,
    priorityfilter: filters.priority,
    maxspace: log.maximum,
    usedspace: log.used,
    events: log.events,
  };
}

/**
 * Carries out an update of what the audit log takes.
 * @throws SelvageError `access-refused` (4.03) where the state does not allow it, `invalid-value` (4.00)
 */
export const updateAel: Update<AelUpdate> = (state, update, { overOnboarding }) => {
  if (!isWritable(writeRules.ael.categoryfilter, state.dos, overOnboarding)) {
    throw new SelvageError('access-refused', `the filters of the audit log are fixed in ${state.dos}`);
  }
  checkAllWritable('ael', update, { dos: state.dos, overOnboarding });
  const { categoryfilter = state.filters.category, priorityfilter = state.filters.priority } = update;
  return { ...state, filters: { category: categoryfilter, priority: priorityfilter } };
};
