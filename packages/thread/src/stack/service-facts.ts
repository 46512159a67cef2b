import { broadcastShort } from '../mac/address.js';
import { diagnosticFacts } from './node-diagnostics.js';
import type { NodeRoles } from './node-roles.js';
import type { ServiceFacts } from './node-services.js';
import type { RoleParts } from './role-parts.js';

/** What is told of a node to whoever manages the network, as it is when it is asked for. */
export function serviceFacts(
  roles: NodeRoles,
  parts: RoleParts,
  post: ServiceFacts['post'],
  /** Whether the node answers for an address beyond the mesh. */
  answersFor: (address: Uint8Array) => boolean,
): ServiceFacts {
  const { link, ip, options, addressing } = parts;
  return {
    diagnostics: () =>
      diagnosticFacts({
        link,
        ip,
        role: roles.role,
        rloc16: roles.rloc16,
        networkData: addressing().networkData,
        settings: options.child,
        vendor: options.vendor,
        now: parts.now(),
      }),
    interfaceId: options.identity.interfaceId,
    get children() {
      const { place } = roles;
      return place.kind === 'router' ? place.children : undefined;
    },
    get rloc16() {
      return roles.rloc16 ?? broadcastShort;
    },
    get leader() {
      return roles.leader;
    },
    owns: (address) => {
      const own = ip.addresses.find(address);
      return own?.kind === 'mesh-local' || own?.kind === 'on-mesh' || answersFor(address);
    },
    post,
  };
}
