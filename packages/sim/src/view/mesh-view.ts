import { isRouterRloc16, type LinkQuality, type MeshRoutes, type Role, routerRloc16 } from '@selvage/thread';
import type { NodeKind } from '../world/node-kind.js';
import type { World } from '../world/world.js';
import type { WorldNode } from '../world/world-node.js';

/** A node of a world as somebody sees it who sees everything. */
export interface NodeView {
  readonly name: string;
  readonly kind: NodeKind;
  readonly role: Role | 'off' | 'joining';
  readonly rloc16?: number | undefined;
  readonly partitionId?: number | undefined;
  /** Of a router: those that it has a link to. */
  readonly links: readonly LinkView[];
}

/** A link of a router to another, as it rates it. */
export interface LinkView {
  /** RLOC16 of the other. */
  readonly to: number;
  readonly qualityIn: LinkQuality;
  readonly qualityOut: LinkQuality;
}

/** All nodes of a world, in the order in which they were added. */
export function viewOf(world: World): NodeView[] {
  return [...world.nodes].map(nodeView);
}

function nodeView(node: WorldNode): NodeView {
  const { name, kind, thread } = node;
  if (thread === undefined) return { name, kind, role: roleWithoutPlace(node), links: [] };
  const { role, rloc16, partition, routes } = thread.status;
  const isRouter = rloc16 !== undefined && isRouterRloc16(rloc16);
  return { name, kind, role, rloc16, partitionId: partition?.partitionId, links: isRouter ? linksOf(routes) : [] };
}

function roleWithoutPlace({ isOn, isJoining }: WorldNode): NodeView['role'] {
  if (isJoining) return 'joining';
  return isOn ? 'disabled' : 'off';
}

function linksOf(routes: MeshRoutes | undefined): LinkView[] {
  return [...(routes?.routers ?? [])]
    .filter(({ qualityIn, qualityOut }) => qualityIn > 0 && qualityOut > 0)
    .map(({ routerId, qualityIn, qualityOut }) => ({ to: routerRloc16(routerId), qualityIn, qualityOut }));
}

/** The names of those that take part, by the partition that they are in; under undefined those that are in none. */
export function partitionsOf(world: World): Map<number | undefined, string[]> {
  const partitions = new Map<number | undefined, string[]>();
  for (const { name, role, partitionId } of viewOf(world)) {
    if (role === 'off' || role === 'disabled' || role === 'joining') continue;
    const members = partitions.get(partitionId);
    if (members === undefined) partitions.set(partitionId, [name]);
    else members.push(name);
  }
  return partitions;
}
