import { SelvageError } from '@selvage/core';
import { type DeviceStateName, deviceStateOf, deviceStates } from '../../security/device-state.js';
import type { Pstat, PstatUpdate } from '../../security/pstat.js';
import { checkWritable } from '../rules/check-writable.js';
import { mayTransit, missingForOperation } from '../rules/transition.js';
import type { DurableState } from '../state/durable-state.js';
import type { Update } from './update.js';

/** Only a client may direct the provisioning of a device. */
const clientDirected = 4;

/** Current provisioning mode by state: being reset, being owned, soft-reset, or nothing of the kind. */
const currentModes: Record<DeviceStateName, number> = { RESET: 1, RFOTM: 2, RFPRO: 0, RFNOP: 0, SRESET: 1 };

/** pstat as it is read. */
export function pstatOf(state: DurableState): Pstat {
  return {
    dos: { p: state.dos === 'RESET', s: deviceStates[state.dos] },
    cm: currentModes[state.dos],
    tm: state.tm,
    om: state.om,
    sm: clientDirected,
    isop: state.dos === 'RFNOP',
    rowneruuid: state.rowners.pstat,
  };
}

/**
 * Carries out an update of pstat: all of it or nothing. Where a new state is named before `rowneruuid`, that is judged
 * as in the new state, as the reference does.
 */
export const updatePstat: Update<PstatUpdate> = (state, update, { overOnboarding }) => {
  let { dos } = state;
  for (const property of propertiesOf(update)) {
    checkWritable('pstat', property, { dos: property === 'rowneruuid' ? dos : state.dos, overOnboarding });
    if (property === 'dos.s') dos = target(state.dos, update.dos?.s);
  }
  const { tm = state.tm, om = state.om, rowneruuid = state.rowners.pstat } = update;
  const changed = { ...state, tm, om, rowners: { ...state.rowners, pstat: rowneruuid } };
  return update.dos === undefined ? changed : enter(changed, dos);
};

/** The properties that an update sets, as the rules name them, in the order they came in. */
function propertiesOf(update: PstatUpdate): string[] {
  const { rt: _rt, if: _if, ...meant } = update;
  return Object.keys(meant).flatMap((name) =>
    name === 'dos' ? Object.keys(update.dos ?? {}).map((inner) => `dos.${inner}`) : [name],
  );
}

function target(from: DeviceStateName, number: number | undefined): DeviceStateName {
  const to = number === undefined ? undefined : deviceStateOf(number);
  if (to === undefined) throw new SelvageError('invalid-value', `pstat.dos.s: ${number} is no state of a device`);
  if (!mayTransit(from, to)) throw new SelvageError('invalid-value', `a device cannot go from ${from} to ${to}`);
  return to;
}

function enter(state: DurableState, dos: DeviceStateName): DurableState {
  if (dos === 'RESET') return { ...state, dos };
  const missing = dos === 'RFOTM' ? undefined : missingForOperation(state);
  if (missing === undefined) return { ...state, dos, tm: 0 };
  throw new SelvageError('invalid-value', `the device cannot enter ${dos}: ${missing}`, { details: { missing } });
}
