import { isRouterRloc16, routerIdOf, routerRloc16 } from '@selvage/thread';
import { durationText, type NodeView } from '@selvage/sim';
import type { ChildKind, DrawnChild, DrawnRouter, MeshPicture } from '../terminal/mesh/mesh-picture.js';

const childKinds: Readonly<Record<NodeView['kind'], ChildKind>> = {
  router: 'full',
  'end-device': 'minimal',
  sleepy: 'sleepy',
};

/** A world as it is drawn: its nodes by partition, children under their parents, each under its name. */
export function pictureOf(name: string, nodes: readonly NodeView[], now: number): MeshPicture {
  const partitions = new Map<number, DrawnRouter[]>();
  const detached: string[] = [];
  for (const node of nodes) {
    const { name: label, role, rloc16, partitionId, links } = node;
    if (rloc16 === undefined || partitionId === undefined) {
      if (role !== 'off') detached.push(label);
    } else if (isRouterRloc16(rloc16)) {
      const children = nodes.filter((child) => isChildOf(child, node)).map(drawnChild);
      const router = { rloc16, label, isLeader: role === 'leader', links, children };
      partitions.set(partitionId, [...(partitions.get(partitionId) ?? []), router]);
    }
  }
  const note = durationText(Math.floor(now / 1000) * 1000);
  return { name, note, partitions: [...partitions].map(([id, routers]) => ({ id, routers })), detached };
}

function isChildOf({ rloc16, partitionId }: NodeView, parent: NodeView): boolean {
  return (
    rloc16 !== undefined &&
    !isRouterRloc16(rloc16) &&
    routerRloc16(routerIdOf(rloc16)) === parent.rloc16 &&
    partitionId === parent.partitionId
  );
}

function drawnChild({ name, rloc16 = 0, kind }: NodeView): DrawnChild {
  return { rloc16, label: name, kind: childKinds[kind] };
}
