import type { CborInput, CborValue } from '@selvage/core';
import { listOf } from '../property/list.js';
import type { Valued } from '../property/property-type.js';
import { record } from '../property/record.js';
import { credential, credentialInput } from './credential.js';

/** Role certificates in one update, at most. */
const mostRoles = 64;

const roles = record({ roles: listOf(credential) }, { unknown: 'ignore' });
const rolesUpdate = record({ roles: listOf(credentialInput, { maximum: mostRoles }) }, { unknown: 'ignore' });

/** `/oic/sec/roles`: the role certificates that were shown in this session. */
export type Roles = Valued<typeof roles>;
/** An assertion of roles: certificates that are shown. */
export type RolesUpdate = Valued<typeof rolesUpdate>;

/** Reads the roles of one's own session. @throws FormatError `invalid-value` */
export function readRoles(value: CborValue): Roles {
  return roles.read(value);
}

export function writeRoles(value: Roles): CborInput {
  return roles.write(value);
}

/** Reads an assertion of roles. @throws FormatError `invalid-value` */
export function readRolesUpdate(value: CborValue): RolesUpdate {
  return rolesUpdate.read(value);
}

export function writeRolesUpdate(value: RolesUpdate): CborInput {
  return rolesUpdate.write(value);
}
