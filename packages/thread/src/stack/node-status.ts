import type { OwnAddress } from '../ip6/stack/own-addresses.js';
import type { MeshRoutes } from '../mesh/mesh-routes.js';
import type { LeaderData } from '../mle/partition.js';
import type { Network } from './network.js';
import type { Role } from './node-event.js';
import type { NodeRoles } from './node-roles.js';
import type { RoleParts } from './role-parts.js';

/** What a node is, in its network. */
export interface NodeStatus {
  readonly role: Role;
  readonly rloc16: number | undefined;
  /** Undefined while it is in none. */
  readonly partition: LeaderData | undefined;
  /** How it sees the routers of its partition; undefined for an end device. */
  readonly routes: MeshRoutes | undefined;
  /** 8 bytes in printed order. */
  readonly extended: Uint8Array;
  readonly network: Network;
  readonly keySequence: number;
  /** The extended address of the parent. */
  readonly parent: Uint8Array | undefined;
  /** How many a leader holds. */
  readonly children: number;
  readonly addresses: readonly OwnAddress[];
  readonly groups: readonly Uint8Array[];
}

/** What a node is now. */
export function nodeStatus(roles: NodeRoles, { link, ip, addressing, keys }: RoleParts): NodeStatus {
  return {
    role: roles.name,
    rloc16: roles.rloc16,
    partition: roles.leaderData,
    routes: roles.place.kind === 'none' ? undefined : roles.place.routes,
    extended: link.extended,
    network: addressing().network,
    keySequence: keys().current.sequence,
    parent: roles.parent,
    children: roles.children?.valid.length ?? 0,
    addresses: ip.addresses.unicast,
    groups: ip.addresses.groups,
  };
}
