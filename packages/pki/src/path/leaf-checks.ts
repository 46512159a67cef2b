import { deviceOf } from '../ocf/uuid.js';
import { type Role, rolesOf } from '../ocf/role.js';
import { nameText } from '../names/name-text.js';
import type { Purpose } from './purpose.js';
import { type Link, refusal } from './refusal.js';
import { checkKeyUsage, checkLeafPurposes } from './usage-checks.js';

/** Whom the peer's own certificate speaks of. */
export interface LeafFacts {
  /** The device's UUID in lower case, where the common name has one. */
  readonly device: string | undefined;
  readonly roles: readonly Role[];
}

/**
 * What the peer's own certificate must be to serve the purpose.
 * @throws SelvageError `unsupported-certificate` for one that is meant for something else, `bad-certificate` for one that
 *   does not name what it must.
 */
export function checkLeaf(link: Link, { leaf, name }: Purpose): LeafFacts {
  checkNoAuthority(link);
  checkKeyUsage(link, leaf.keyUsage, 'unsupported-certificate');
  checkLeafPurposes(link, leaf.extendedKeyUsage);
  const device = deviceOf(link.certificate.subject);
  if (leaf.namesDevice && device === undefined) throw namesNobody(link, name);
  return { device, roles: leaf.grantsRoles ? rolesIn(link) : [] };
}

function checkNoAuthority(link: Link): void {
  const { isAuthority = false, pathLength } = link.certificate.extensions.basicConstraints ?? {};
  if (!isAuthority && pathLength === undefined) return;
  throw refusal(link, {
    code: 'unsupported-certificate',
    check: 'basic constraints',
    problem: isAuthority ? 'it is that of an authority (cA true)' : 'it has a path length, which only authorities have',
    details: { isAuthority, pathLength: pathLength ?? 'none' },
  });
}

function namesNobody(link: Link, purpose: string): Error {
  const subject = nameText(link.certificate.subject);
  return refusal(link, {
    code: 'bad-certificate',
    check: 'subject',
    problem: `as ${purpose} its one common name must be uuid: and the device's UUID; the subject is ${subject}`,
  });
}

function rolesIn(link: Link): readonly Role[] {
  const roles = rolesOf(link.certificate);
  if (roles !== undefined) return roles;
  throw refusal(link, {
    code: 'bad-certificate',
    check: 'role',
    problem: 'its subjectAltName has no role: a directoryName with one CN, the role, and at most one OU, the authority',
  });
}
