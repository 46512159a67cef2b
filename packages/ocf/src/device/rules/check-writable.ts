import { SelvageError } from '@selvage/core';
import type { DeviceStateName } from '../../security/device-state.js';
import type { SecurityResourceName } from '../../security/paths.js';
import { isWritable, type WriteRule, writeRules } from './writability.js';

/** Where a write comes from, as far as the rules ask. */
export interface WriteOrigin {
  readonly dos: DeviceStateName;
  /** Whether it comes over the onboarding connection. */
  readonly overOnboarding: boolean;
}

/**
 * Refuses to write a property when its rule does not allow it. A property that has no rule is none of the resource's.
 * @throws SelvageError `invalid-value` (4.00)
 */
export function checkWritable(resource: SecurityResourceName, property: string, origin: WriteOrigin): void {
  const rules: Readonly<Record<string, WriteRule>> = writeRules[resource];
  const rule = rules[property];
  if (rule !== undefined && isWritable(rule, origin.dos, origin.overOnboarding)) return;
  const where = origin.overOnboarding ? 'over the onboarding connection' : 'outside an onboarding connection';
  throw new SelvageError('invalid-value', `${resource}.${property} cannot be written in ${origin.dos} ${where}`, {
    details: { resource, property, state: origin.dos },
  });
}

/** {@link checkWritable} for every property of an update. @throws SelvageError `invalid-value` (4.00) */
export function checkAllWritable(resource: SecurityResourceName, update: object, origin: WriteOrigin): void {
  for (const property of Object.keys(update)) checkWritable(resource, property, origin);
}
