import type { ErrorCode } from '@selvage/core';
import { identifierName, keyPurposes } from '../certificate/extension-ids.js';
import type { KeyPurposeRule, KeyUsageRule } from './purpose.js';
import { type Link, refusal } from './refusal.js';

/** Holds keyUsage against a rule. @throws SelvageError with `code`. */
export function checkKeyUsage(link: Link, rule: KeyUsageRule, code: ErrorCode): void {
  const problem = keyUsageProblem(link, rule);
  if (problem === undefined) return;
  const has = link.certificate.extensions.keyUsage;
  throw refusal(link, {
    code,
    check: 'key usage',
    problem,
    details: { keyUsage: has?.join(', ') ?? 'none', required: rule.required.join(', ') },
  });
}

function keyUsageProblem({ certificate }: Link, rule: KeyUsageRule): string | undefined {
  const has = certificate.extensions.keyUsage;
  if (has === undefined)
    return rule.mayBeAbsent ? undefined : `it has no keyUsage; ${rule.required.join(', ')} is wanted`;
  const missing = rule.required.filter((usage) => !has.includes(usage));
  if (missing.length > 0) return `keyUsage is ${has.join(', ')}, without ${missing.join(', ')}`;
  const { oneOf, allowed } = rule;
  if (oneOf !== undefined && !oneOf.some((usage) => has.includes(usage))) {
    return `keyUsage is ${has.join(', ')}; ${oneOf.join(' or ')} is wanted`;
  }
  const excess = allowed && has.filter((usage) => !rule.required.includes(usage) && !allowed.includes(usage));
  return excess?.[0] === undefined ? undefined : `keyUsage is ${has.join(', ')}; ${excess.join(', ')} may not be there`;
}

/** Holds extendedKeyUsage of the last certificate against a rule. @throws SelvageError `unsupported-certificate`. */
export function checkLeafPurposes(link: Link, rule: KeyPurposeRule): void {
  const has = link.certificate.extensions.extendedKeyUsage;
  const problem = purposeProblem(has, rule);
  if (problem === undefined) return;
  throw purposeRefusal(link, 'unsupported-certificate', problem, has);
}

function purposeProblem(has: readonly string[] | undefined, rule: KeyPurposeRule): string | undefined {
  const names = (ids: readonly string[]): string => ids.map(identifierName).join(', ');
  if (has === undefined)
    return rule.mayBeAbsent ? undefined : `it has no extendedKeyUsage; ${names(rule.required)} is wanted`;
  const excess = has.filter((id) => rule.forbidden.includes(id));
  if (excess.length > 0) return `extendedKeyUsage is ${names(has)}; ${names(excess)} may not be there`;
  const missing = missingPurposes(has, rule);
  return missing.length === 0 ? undefined : `extendedKeyUsage is ${names(has)}, without ${names(missing)}`;
}

/**
 * An authority whose certificate names purposes vouches for those alone (RFC 5280 §4.2.1.12 and what every TLS stack
 * makes of it). Most name none.
 * @throws SelvageError `bad-certificate`.
 */
export function checkIssuerPurposes(link: Link, rule: KeyPurposeRule): void {
  const has = link.certificate.extensions.extendedKeyUsage;
  if (has === undefined) return;
  const missing = missingPurposes(has, rule);
  if (missing.length === 0) return;
  const [own, wanted] = [has, missing].map((ids) => ids.map(identifierName).join(', '));
  throw purposeRefusal(link, 'bad-certificate', `it vouches for ${own} alone, not for ${wanted}`, has);
}

function missingPurposes(has: readonly string[], rule: KeyPurposeRule): string[] {
  if (has.includes(keyPurposes.anyExtendedKeyUsage)) return [];
  return rule.required.filter((id) => !has.includes(id));
}

function purposeRefusal(link: Link, code: ErrorCode, problem: string, has: readonly string[] | undefined): Error {
  const extendedKeyUsage = has?.map(identifierName).join(', ') ?? 'none';
  return refusal(link, { code, check: 'extended key usage', problem, details: { extendedKeyUsage } });
}
