import { SelvageError } from '@selvage/core';
import type { Doxm, DoxmUpdate } from '../../security/doxm.js';
import { credentialTypes } from '../../security/credential.js';
import { checkAllWritable } from '../rules/check-writable.js';
import type { DurableState } from '../state/durable-state.js';
import type { Update } from './update.js';

/** The kinds of credentials that a device can use; those of OSCORE it only keeps. */
const supportedCredentials = credentialTypes.symmetricPairwise | credentialTypes.certificate;

/** doxm as it is read. @param methods the numbers of the methods on offer */
export function doxmOf(state: DurableState, methods: readonly number[]): Doxm {
  return {
    oxms: methods,
    oxmsel: state.oxmsel,
    sct: supportedCredentials,
    owned: state.owned,
    devowneruuid: state.devowneruuid,
    deviceuuid: state.deviceuuid,
    rowneruuid: state.rowners.doxm,
  };
}

/** Carries out an update of doxm: all of it or nothing. */
export const updateDoxm: Update<DoxmUpdate> = (state, update, { overOnboarding, methods }) => {
  checkAllWritable('doxm', update, { dos: state.dos, overOnboarding });
  const { oxmsel = state.oxmsel, rowneruuid = state.rowners.doxm } = update;
  if (update.oxmsel !== undefined && !methods.includes(oxmsel)) {
    throw new SelvageError('invalid-value', `the owner transfer method ${oxmsel} is not on offer`);
  }
  return {
    ...state,
    oxmsel,
    owned: update.owned ?? state.owned,
    devowneruuid: update.devowneruuid ?? state.devowneruuid,
    deviceuuid: update.deviceuuid ?? state.deviceuuid,
    rowners: { ...state.rowners, doxm: rowneruuid },
  };
};
