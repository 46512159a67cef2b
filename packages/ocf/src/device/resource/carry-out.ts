import type { CborValue } from '@selvage/core';
import { readAcl2Update } from '../../security/acl2.js';
import { readAelUpdate } from '../../security/ael.js';
import { readCredUpdate } from '../../security/cred.js';
import { readDoxmUpdate } from '../../security/doxm.js';
import type { SecurityResourceName } from '../../security/paths.js';
import { readPstatUpdate } from '../../security/pstat.js';
import { readSdiUpdate } from '../../security/sdi.js';
import { readSpUpdate } from '../../security/sp.js';
import type { DurableState } from '../state/durable-state.js';
import { updateAcl2 } from './acl2.js';
import { updateAel } from './ael.js';
import { updateCred } from './cred.js';
import { updateDoxm } from './doxm.js';
import { updatePstat } from './pstat.js';
import { removeCredentials, removeEntries } from './remove.js';
import { updateSdi, updateSp } from './settings.js';
import type { Update, UpdateContext } from './update.js';

/**
 * Carries out what was sent to a security resource.
 * @throws SelvageError `invalid-value` (4.00), `access-refused` (4.03)
 */
export type CarryOut = (state: DurableState, value: CborValue, context: UpdateContext) => DurableState;

/** The security resources that can be updated, but for `roles`, which belong to a session and not to the state. */
export const securityUpdates: Partial<Readonly<Record<SecurityResourceName, CarryOut>>> = {
  doxm: carryOut(readDoxmUpdate, updateDoxm),
  pstat: carryOut(readPstatUpdate, updatePstat),
  cred: carryOut(readCredUpdate, updateCred),
  acl2: carryOut(readAcl2Update, updateAcl2),
  sp: carryOut(readSpUpdate, updateSp),
  sdi: carryOut(readSdiUpdate, updateSdi),
  ael: carryOut(readAelUpdate, updateAel),
};

/** How entries of a list are deleted: one by its ID, or all. `undefined`: there is none of that ID. */
export interface Removal {
  /** The query's name of the ID. */
  readonly id: string;
  readonly remove: (state: DurableState, id: number | undefined) => DurableState | undefined;
}

/** The lists of which entries can be deleted, but for `roles`. */
export const securityRemovals: Partial<Readonly<Record<SecurityResourceName, Removal>>> = {
  cred: { id: 'credid', remove: removeCredentials },
  acl2: { id: 'aceid', remove: removeEntries },
};

function carryOut<T>(read: (value: CborValue) => T, update: Update<T>): CarryOut {
  return (state, value, context) => update(state, read(value), context);
}
