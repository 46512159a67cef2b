import { SelvageError } from '@selvage/core';
import type { Sdi, SdiUpdate } from '../../security/sdi.js';
import type { Sp, SpUpdate } from '../../security/sp.js';
import { checkAllWritable } from '../rules/check-writable.js';
import type { DurableState } from '../state/durable-state.js';
import type { Update } from './update.js';

/** sdi as it is read. */
export function sdiOf({ domain }: DurableState): Sdi {
  return domain;
}

/** Carries out an update of sdi; one that sets nothing is refused. */
export const updateSdi: Update<SdiUpdate> = (state, update, { overOnboarding }) => {
  checkAllWritable('sdi', update, { dos: state.dos, overOnboarding });
  const { uuid = state.domain.uuid, name = state.domain.name, priv = state.domain.priv } = update;
  if (Object.keys(update).length === 0) throw new SelvageError('invalid-value', 'the update of sdi sets nothing');
  return { ...state, domain: { uuid, name, priv } };
};

/** sp as it is read. */
export function spOf({ profiles }: DurableState): Sp {
  return { currentprofile: profiles.current, supportedprofiles: profiles.supported };
}

/** Carries out an update of sp; a device keeps to a profile that it supports. */
export const updateSp: Update<SpUpdate> = (state, update, { overOnboarding }) => {
  checkAllWritable('sp', update, { dos: state.dos, overOnboarding });
  const { currentprofile: current = state.profiles.current } = update;
  const supported = [...new Set(update.supportedprofiles ?? state.profiles.supported)];
  if (update.currentprofile !== undefined && !supported.includes(current)) {
    throw new SelvageError('invalid-value', `the security profile ${current} is not among those supported`);
  }
  return { ...state, profiles: { current, supported } };
};
