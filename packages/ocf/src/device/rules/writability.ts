import type { DeviceStateName } from '../../security/device-state.js';
import type { SecurityResourceName } from '../../security/paths.js';

/** When a property of a security virtual resource may be written. */
export interface WriteRule {
  readonly states: readonly DeviceStateName[];
  /** Whether the request must come over the onboarding connection, must not, or either. */
  readonly connection: 'inside' | 'outside' | 'either';
}

const never: WriteRule = { states: [], connection: 'either' };
const either = (...states: DeviceStateName[]): WriteRule => ({ states, connection: 'either' });
const inside = (...states: DeviceStateName[]): WriteRule => ({ states, connection: 'inside' });
const outside = (...states: DeviceStateName[]): WriteRule => ({ states, connection: 'outside' });

/**
 * Every property of the security virtual resources, and when it may be written. In RESET nothing may. What is not here
 * is no property; `csr` has none that could be written, and `roles` belongs to a session.
 */
export const writeRules = {
  doxm: {
    oxms: never,
    oxmsel: outside('RFOTM'),
    sct: never,
    owned: inside('RFOTM'),
    devowneruuid: inside('RFOTM'),
    deviceuuid: inside('RFOTM'),
    rowneruuid: inside('RFOTM', 'SRESET'),
  },
  pstat: {
    'dos.s': either('RFOTM', 'RFPRO', 'RFNOP', 'SRESET'),
    'dos.p': never,
    cm: never,
    tm: either('RFOTM', 'RFPRO', 'RFNOP', 'SRESET'),
    om: either('RFOTM', 'RFPRO', 'RFNOP', 'SRESET'),
    sm: never,
    isop: never,
    rowneruuid: either('RFOTM', 'SRESET'),
  },
  cred: {
    creds: either('RFOTM', 'RFPRO', 'SRESET'),
    rowneruuid: either('RFOTM', 'SRESET'),
  },
  acl2: {
    aclist2: either('RFOTM', 'RFPRO', 'SRESET'),
    rowneruuid: either('RFOTM', 'SRESET'),
  },
  roles: { roles: either('RFPRO', 'RFNOP', 'SRESET') },
  csr: { csr: never, encoding: never },
  sp: {
    currentprofile: either('RFOTM', 'RFPRO', 'SRESET'),
    supportedprofiles: either('RFOTM', 'RFPRO', 'SRESET'),
  },
  sdi: {
    uuid: either('RFOTM'),
    name: either('RFOTM', 'RFPRO', 'SRESET'),
    priv: either('RFOTM', 'RFPRO', 'SRESET'),
  },
  ael: {
    categoryfilter: either('RFOTM', 'RFPRO', 'SRESET'),
    priorityfilter: either('RFOTM', 'RFPRO', 'SRESET'),
    maxspace: never,
    usedspace: never,
    unit: never,
    events: never,
  },
} as const satisfies Record<SecurityResourceName, Record<string, WriteRule>>;

/** When entries of the lists may be deleted. */
export const deleteRules = {
  cred: either('RFOTM', 'RFPRO', 'SRESET'),
  acl2: either('RFOTM', 'RFPRO', 'SRESET'),
} as const satisfies Partial<Record<SecurityResourceName, WriteRule>>;

/** Whether a rule allows a write in a state, over the onboarding connection or not. */
export function isWritable(rule: WriteRule, state: DeviceStateName, overOnboarding: boolean): boolean {
  if (!rule.states.includes(state)) return false;
  return rule.connection === 'either' || (rule.connection === 'inside') === overOnboarding;
}
