import type { MeshNode, MeshWorld } from './mesh-world.js';
import type { Edge } from './shapes.js';

/** The names of nodes that are grown, by number from 1. */
export function nodeName(number: number): string {
  return `node-${number}`;
}

/** Nodes hear those that the shape says. */
export function shape(world: MeshWorld, nodes: number, edges: readonly Edge[]): void {
  const heard = new Set(edges.flatMap(([a, b]) => [`${a}-${b}`, `${b}-${a}`]));
  for (let a = 1; a <= nodes; a++) {
    for (let b = 1; b < a; b++) {
      world.ether.setLinks(nodeName(a), nodeName(b), heard.has(`${a}-${b}`) ? undefined : { reaches: false });
    }
  }
}

/** Starts nodes 1 to n in a shape, the first as the leader, each when the one before is a router. */
export async function growMesh(world: MeshWorld, nodes: number, edges: readonly Edge[]): Promise<MeshNode[]> {
  shape(world, nodes, edges);
  const mesh: MeshNode[] = [];
  for (let number = 1; number <= nodes; number++) {
    const node = await world.open(nodeName(number));
    mesh.push(node);
    node.runner.run((engine, now) => (number === 1 ? engine.lead(now) : engine.attach(now)));
    await world.until(() => node.runner.node.role === (number === 1 ? 'leader' : 'router'));
  }
  return mesh;
}
