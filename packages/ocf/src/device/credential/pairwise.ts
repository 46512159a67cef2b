import { credentialTypes } from '../../security/credential.js';
import type { Uuid } from '../../uuid/uuid.js';
import type { DurableState } from '../state/durable-state.js';
import type { RoleId, StoredCredential } from '../state/stored-credential.js';

/** The credential of the key that a device shares with another; `undefined` where it shares none. */
export function pairwiseCredential(
  { credentials }: Pick<DurableState, 'credentials'>,
  peer: Uuid,
): StoredCredential | undefined {
  return credentials.find(
    ({ credtype, subjectuuid }) => credtype === credentialTypes.symmetricPairwise && subjectuuid === peer,
  );
}

/** The roles that the credentials of a pair give its other side. */
export function pairwiseRoles({ credentials }: Pick<DurableState, 'credentials'>, peer: Uuid): readonly RoleId[] {
  return credentials.flatMap(({ credtype, subjectuuid, roleid }) =>
    credtype === credentialTypes.symmetricPairwise && subjectuuid === peer && roleid !== undefined ? [roleid] : [],
  );
}
