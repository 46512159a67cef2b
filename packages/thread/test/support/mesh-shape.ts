import { addressOf, type MeshNode, type MeshWorld } from './mesh-world.js';

/** Only neighbours in this order hear each other. */
export function line(world: MeshWorld, names: readonly string[]): void {
  for (const [i, a] of names.entries()) {
    for (const [j, b] of names.entries()) if (j > i + 1) world.ether.setLinks(a, b, { reaches: false });
  }
}

/** The pairs that do not answer each other at their ML-EIDs, each tried three times. */
export async function unreachable(world: MeshWorld, nodes: readonly MeshNode[]): Promise<string[]> {
  const failed: string[] = [];
  for (const from of nodes) {
    for (const to of nodes) {
      if (from === to) continue;
      let isThere = false;
      for (let i = 0; i < 3 && !isThere; i++)
        isThere = (await world.ping(from, addressOf(to, 'mesh-local'))) !== undefined;
      if (!isThere) failed.push(`${from.name} > ${to.name}`);
    }
  }
  return failed;
}

/** How many partitions there are. */
export function partitionsOf(nodes: readonly MeshNode[]): number {
  return new Set(nodes.map(({ runner }) => runner.node.status.partition?.partitionId)).size;
}

/** Their roles, sorted. */
export function rolesOf(nodes: readonly MeshNode[]): string[] {
  return nodes.map(({ runner }) => runner.node.role).sort();
}
