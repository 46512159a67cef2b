import { securityPaths, securityResourceOf } from '../../security/paths.js';
import { nilUuid } from '../../uuid/uuid.js';
import type { ResourceOwners } from '../state/durable-state.js';
import { grantedPermissions, suffices } from './permissions.js';
import { type AccessQuestion, isConfiguration } from './question.js';

/** What a rule says; `undefined` leaves it to the next. */
export type Ruling = 'allow' | 'deny' | undefined;

/** One rule of the access decision. */
export type AccessRule = (question: AccessQuestion) => Ruling;

/** While a device resets, it serves nobody. */
export function resetServesNobody({ state }: AccessQuestion): Ruling {
  return state === 'RESET' ? 'deny' : undefined;
}

/** What a device was booted from is for whoever is about to own it, over the onboarding connection: for nobody else, ever. */
export function attestationIsForOnboarding({ state, resource, connection }: AccessQuestion): Ruling {
  if (resource.kind !== 'attestation') return undefined;
  return state === 'RFOTM' && connection.kind === 'secured' && connection.onboarding ? 'allow' : 'deny';
}

/** 1. While there is an onboarding connection, nothing is served beside it. */
export function onboardingExcludesPlain({ state, connection, onboardingOpen }: AccessQuestion): Ruling {
  return state === 'RFOTM' && connection.kind === 'plain' && onboardingOpen ? 'deny' : undefined;
}

/** 2. What does not configure the device is served in normal operation only. */
export function applicationNeedsOperation({ state, resource }: AccessQuestion): Ruling {
  return !isConfiguration(resource) && state !== 'RFNOP' ? 'deny' : undefined;
}

/** 3. The application is never served in the clear, whatever an entry says. */
export function applicationNeedsSecurity({ resource, connection }: AccessQuestion): Ruling {
  return resource.kind === 'application' && connection.kind === 'plain' ? 'deny' : undefined;
}

/** 4. Over the onboarding connection the device is configured, whatever entries say. */
export function onboardingConfigures({ resource, connection }: AccessQuestion): Ruling {
  return isConfiguration(resource) && connection.kind === 'secured' && connection.onboarding ? 'allow' : undefined;
}

/** 5. A device that is ready for owner transfer lets itself be discovered. */
export function unownedIsDiscoverable({ state, method, resource }: AccessQuestion): Ruling {
  return state === 'RFOTM' && method === 'GET' && resource.kind === 'core' ? 'allow' : undefined;
}

/** 6. Before the onboarding connection, doxm is open (its properties have rules of their own) and pstat can be read. */
export function beforeOnboarding({ state, method, resource, onboardingOpen }: AccessQuestion): Ruling {
  if (state !== 'RFOTM' || onboardingOpen) return undefined;
  if (resource.path === securityPaths.doxm) return 'allow';
  return resource.path === securityPaths.pstat && method === 'GET' ? 'allow' : 'deny';
}

/** 7. Security resources are not served in the clear once there is an owner, whatever an entry says. */
export function securityNeedsSecurity({ resource, connection }: AccessQuestion): Ruling {
  return resource.kind === 'security' && connection.kind === 'plain' ? 'deny' : undefined;
}

/** 8. The owner of a resource may all with it. */
export function resourceOwnerMay({ resource, connection, rowners }: AccessQuestion): Ruling {
  const name = securityResourceOf(resource.path);
  const owner = name !== undefined && name in rowners ? rowners[name as keyof ResourceOwners] : undefined;
  if (owner === undefined || connection.kind === 'plain') return undefined;
  return owner !== nilUuid && owner === connection.peer ? 'allow' : undefined;
}

/** 9. Everybody with a secured connection may show roles. */
export function rolesAreOpen({ state, resource, connection }: AccessQuestion): Ruling {
  return state !== 'RFOTM' && resource.path === securityPaths.roles && connection.kind === 'secured'
    ? 'allow'
    : undefined;
}

/** 10 and 11. The permissions of all entries that match, added up, have what the method needs, or they have not. */
export function entriesDecide(question: AccessQuestion): Ruling {
  return suffices(question.method, grantedPermissions(question)) ? 'allow' : 'deny';
}

/** The rules in the order in which they are asked; the first that rules decides. */
export const accessRules: readonly AccessRule[] = [
  resetServesNobody,
  attestationIsForOnboarding,
  onboardingExcludesPlain,
  applicationNeedsOperation,
  applicationNeedsSecurity,
  onboardingConfigures,
  unownedIsDiscoverable,
  beforeOnboarding,
  securityNeedsSecurity,
  resourceOwnerMay,
  rolesAreOpen,
  entriesDecide,
];
