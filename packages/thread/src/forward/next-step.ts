import { hasPrefix, type Ip6Prefix } from '../ip6/address/prefix.js';
import { locatorOf } from '../ip6/address/thread-address.js';
import { ip6HeaderLength, ip6Offsets } from '../ip6/header/ip6-header.js';
import { type MeshRoutes, routerIdOf, routerRloc16 } from '../mesh/mesh-routes.js';
import { anycastNode, externalRoute, isOnMesh } from '../netdata/lookup.js';
import type { NetworkData } from '../netdata/network-data.js';

/** Where a unicast packet goes from a node that routes: a router, or a full device that is a child. */
export type NextStep =
  /** To the node that has this RLOC16, whatever is between. */
  | { readonly kind: 'node'; readonly rloc16: number }
  /** To whoever has the address, which is to be found out. */
  | { readonly kind: 'resolve' }
  /** Out of the mesh, and this node is the way. */
  | { readonly kind: 'beyond' }
  | { readonly kind: 'unreachable' };

/** What the choice depends on. */
export interface RoutingFacts {
  readonly routes: MeshRoutes;
  readonly meshLocal: Ip6Prefix;
  readonly networkData: NetworkData;
  /** The RLOC16 of our child that registered an address. */
  childOf(address: Uint8Array): number | undefined;
}

/** The forwarding decision of Thread 1.3 §5.9 for a destination that is neither ours nor on the link. */
export function nextStep(packet: Uint8Array, facts: RoutingFacts): NextStep {
  const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
  const { routes, meshLocal, networkData } = facts;
  const isMeshLocal = hasPrefix(destination, meshLocal);
  const locator = isMeshLocal ? locatorOf(destination) : undefined;
  if (locator?.kind === 'rloc') return toNode(locator.locator, routes);
  if (locator?.kind === 'aloc') return toAnycast(locator.locator, facts);
  const child = facts.childOf(destination);
  if (child !== undefined) return { kind: 'node', rloc16: child };
  if (isMeshLocal || isOnMesh(networkData, destination)) return { kind: 'resolve' };
  const source = packet.subarray(ip6Offsets.source, ip6Offsets.destination);
  const router = externalRoute(networkData, source, destination, (rloc16) => routes.cost(rloc16));
  if (router === routes.rloc16) return { kind: 'beyond' };
  return router === undefined ? { kind: 'unreachable' } : toNode(router, routes);
}

/** A locator of ours that is none of our addresses is nobody's. */
function toNode(rloc16: number, routes: MeshRoutes): NextStep {
  return rloc16 === routes.rloc16 ? { kind: 'unreachable' } : { kind: 'node', rloc16 };
}

/** What a child serves is sent to its parent, which knows what to do with it. */
function toAnycast(locator: number, { routes, networkData }: RoutingFacts): NextStep {
  const leader = routerRloc16(routes.leaderRouterId);
  const node = anycastNode(networkData, locator, leader, (rloc16) => routes.cost(rloc16));
  if (node === undefined) return { kind: 'unreachable' };
  const router = routerRloc16(routerIdOf(node));
  return toNode(router === routes.rloc16 || routerIdOf(routes.rloc16) === routerIdOf(node) ? node : router, routes);
}
