import { type AccessResource, permissions, type Subject, type Wildcard } from '../../security/access-entry.js';
import type { RoleId } from '../state/stored-credential.js';
import type { AccessedResource, AccessMethod, AccessQuestion, Connection } from './question.js';
import { isConfiguration } from './question.js';

/** The role whose holder may everything without an entry; only a certificate can grant it. */
const ownerRole = 'oic.role.owner';

/** All permissions at once. */
const everyPermission = Object.values(permissions).reduce((sum, bit) => sum | bit, 0);

/** The permissions that the entries give to the one who asks, for the resource that it asks for. */
export function grantedPermissions({ resource, connection, entries }: AccessQuestion): number {
  if (hasOwnerRole(connection)) return everyPermission;
  let granted = 0;
  for (const { subject, resources, permission } of entries) {
    if (matchesSubject(subject, connection, resource) && resources.some((one) => matchesResource(one, resource))) {
      granted |= permission;
    }
  }
  return granted;
}

/** Whether permissions have what a method needs: any one of its bits. */
export function suffices(method: AccessMethod, granted: number): boolean {
  return (granted & needs[method]) !== 0;
}

const needs: Record<AccessMethod, number> = {
  GET: permissions.retrieve | permissions.notify,
  POST: permissions.create | permissions.update,
  PUT: permissions.create | permissions.update,
  DELETE: permissions.delete,
};

/** Whether an entry speaks of the one who asks. Security resources are nobody's by connection type alone. */
export function matchesSubject(subject: Subject, connection: Connection, resource: AccessedResource): boolean {
  if ('conntype' in subject) {
    if (resource.kind === 'security') return false;
    // What is open to everybody in the clear is open to those who authenticate as well.
    return subject.conntype === 'anon-clear' || (connection.kind === 'secured' && connection.peer !== undefined);
  }
  if (connection.kind === 'plain') return false;
  if ('uuid' in subject) return connection.peer === subject.uuid;
  return connection.roles.some((role) => isRole(role, subject));
}

/** Whether an entry's resource is the one that is asked for; wildcards never match what configures the device. */
export function matchesResource(named: AccessResource, resource: AccessedResource): boolean {
  if ('href' in named) return named.href === resource.path;
  return !isConfiguration(resource) && matchesWildcard(named.wc, resource);
}

function matchesWildcard(wildcard: Wildcard, { discoverable, secure }: AccessedResource): boolean {
  switch (wildcard) {
    case '*':
      return true;
    case '+':
      return discoverable;
    case '-':
      return discoverable && !secure;
  }
}

function isRole(held: RoleId, wanted: RoleId): boolean {
  return held.role === wanted.role && (wanted.authority === undefined || wanted.authority === held.authority);
}

function hasOwnerRole(connection: Connection): boolean {
  if (connection.kind === 'plain' || !connection.byCertificate) return false;
  return connection.roles.some(({ role }) => role === ownerRole);
}
