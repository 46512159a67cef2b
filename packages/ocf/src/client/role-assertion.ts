import type { PeerAddress } from '@selvage/core';
import { encodePemChain } from '@selvage/pki';
import { credentialTypes, credentialUsages, encodings } from '../security/credential.js';
import { securityPaths } from '../security/paths.js';
import { writeRolesUpdate } from '../security/roles.js';
import { isSuccess, type OcfRequest } from './request.js';
import type { OcfSession } from './session.js';

/** Shows role certificates, each a chain in DER; roles last as long as the session. */
export function rolesRequest(chains: readonly (readonly Uint8Array[])[]): OcfRequest {
  const roles = chains.map((chain) => ({
    credtype: credentialTypes.certificate,
    credusage: credentialUsages.role,
    publicdata: { data: encodePemChain(chain), encoding: encodings.pem },
  }));
  return { method: 'POST', path: securityPaths.roles, value: writeRolesUpdate({ roles }) };
}

/**
 * Shows the client's roles in a session that certificates opened, so that its first request has their rights already.
 * A device refuses all for one that it does not take, such as an expired one: then each is shown by itself. Returns how
 * many it took.
 */
export async function assertRoles<Address extends PeerAddress>(
  session: OcfSession<Address>,
  chains: readonly (readonly Uint8Array[])[],
): Promise<number> {
  if (session.peer.kind !== 'certificate' || chains.length === 0) return 0;
  const { code } = await session.request(rolesRequest(chains));
  if (isSuccess(code)) return chains.length;
  if (chains.length === 1) return 0;
  let taken = 0;
  for (const chain of chains) taken += await assertRoles(session, [chain]);
  return taken;
}
