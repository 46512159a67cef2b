import type { Certificate } from '../certificate/certificate.js';
import { attributeTypes } from '../names/attribute-types.js';
import { type Name, textsOf } from '../names/name.js';

/** A role and who grants it, as access control lists name them. */
export interface Role {
  readonly role: string;
  readonly authority: string;
}

/** Roles that OCF keeps for itself; of them only the owner's can be asserted with a certificate. */
const reservedPrefix = 'oic.role.';
const ownerRole = 'oic.role.owner';

/**
 * The roles that a certificate grants: each directoryName of its subjectAltName has one common name, the role, and at
 * most one organizational unit, the authority; without it the issuer's common name is the authority. `undefined` where
 * there is none, or one that has another form.
 */
export function rolesOf({ extensions, issuer }: Pick<Certificate, 'extensions' | 'issuer'>): Role[] | undefined {
  const names = (extensions.subjectAltName ?? []).flatMap((one) => (one.kind === 'directoryName' ? [one.name] : []));
  const roles = names.flatMap((name) => roleIn(name, issuer) ?? []);
  return roles.length > 0 && roles.length === names.length ? roles : undefined;
}

/** Whether a role may be asserted with a certificate. */
export function isAssertable({ role }: Role): boolean {
  return !role.startsWith(reservedPrefix) || role === ownerRole;
}

function roleIn(name: Name, issuer: Name): Role | undefined {
  const [role, ...moreRoles] = textsOf(name, attributeTypes.CN);
  const [unit, ...moreUnits] = textsOf(name, attributeTypes.OU);
  const authority = unit ?? textsOf(issuer, attributeTypes.CN)[0];
  const isClear = moreRoles.length === 0 && moreUnits.length === 0;
  return isClear && role !== undefined && authority !== undefined ? { role, authority } : undefined;
}
