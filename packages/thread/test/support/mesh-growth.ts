import { addressOf, type MeshNode, type MeshWorld } from './mesh-world.js';
import type { Edge } from './shapes.js';

const tries = 3;

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

/** Starts nodes 1 to n in a shape, the leader first, and then all others. */
export async function growMesh(
  world: MeshWorld,
  nodes: number,
  edges: readonly Edge[],
  leader = 1,
): Promise<MeshNode[]> {
  shape(world, nodes, edges);
  const mesh = new Map<number, MeshNode>();
  const others = Array.from({ length: nodes }, (_, i) => i + 1).filter((number) => number !== leader);
  for (const number of [leader, ...others]) {
    const node = await world.open(nodeName(number), { child: { full: true }, router: { selectionJitter: 1 } });
    mesh.set(number, node);
    node.runner.run((engine, now) => (number === leader ? engine.lead(now) : engine.attach(now)));
    if (number === leader) await world.until(() => node.runner.node.role === 'leader');
  }
  await world.until(() => [...mesh.values()].every(({ runner }) => /leader|router/.test(runner.node.role)));
  return [...mesh].sort(([a], [b]) => a - b).map(([, node]) => node);
}

/** The pairs that do not answer each other, each tried three times. */
export async function unreachable(world: MeshWorld, nodes: readonly MeshNode[], size?: number): Promise<string[]> {
  const failed: string[] = [];
  for (const from of nodes) {
    for (const to of nodes) {
      if (from === to) continue;
      let answered: number | undefined;
      for (let i = 0; i < tries && answered === undefined; i++) {
        answered = await world.ping(from, addressOf(to, 'mesh-local'), size);
      }
      if (answered === undefined) failed.push(`${from.name} > ${to.name}`);
    }
  }
  return failed;
}
