import type { Role } from '@selvage/thread';
import type { NodeKind } from '../world/node-kind.js';
import type { World } from '../world/world.js';
import type { WorldNode } from '../world/world-node.js';

/** A node of a world as somebody sees it who sees everything. */
export interface NodeView {
  readonly name: string;
  readonly kind: NodeKind;
  readonly role: Role | 'off';
  readonly rloc16?: number | undefined;
  readonly partitionId?: number | undefined;
}

/** All nodes of a world, in the order in which they were added. */
export function viewOf(world: World): NodeView[] {
  return [...world.nodes].map(nodeView);
}

function nodeView(node: WorldNode): NodeView {
  const { name, kind, thread } = node;
  if (thread === undefined) return { name, kind, role: node.isOn ? 'disabled' : 'off' };
  const { role, rloc16, partition } = thread.status;
  return { name, kind, role, rloc16, partitionId: partition?.partitionId };
}

/** The names of those that take part, by the partition that they are in; under undefined those that are in none. */
export function partitionsOf(world: World): Map<number | undefined, string[]> {
  const partitions = new Map<number | undefined, string[]>();
  for (const { name, role, partitionId } of viewOf(world)) {
    if (role === 'off' || role === 'disabled') continue;
    const members = partitions.get(partitionId);
    if (members === undefined) partitions.set(partitionId, [name]);
    else members.push(name);
  }
  return partitions;
}
