import type { DrawnRouter, MeshPicture } from '../../../terminal/mesh/mesh-picture.js';

/** How many radios send a frame until another node has it, at least; `undefined` where there is no way. */
export function hopsBetween({ partitions }: MeshPicture, from: string, to: string): number | undefined {
  const routers = partitions.flatMap(({ routers: some }) => some);
  const start = homeOf(routers, from);
  const end = homeOf(routers, to);
  if (start === undefined || end === undefined) return undefined;
  const between = distances(routers, start).get(end.rloc16);
  return between === undefined ? undefined : between + Number(start.label !== from) + Number(end.label !== to);
}

/** The router itself, or the parent. */
function homeOf(routers: readonly DrawnRouter[], name: string): DrawnRouter | undefined {
  return routers.find(({ label, children }) => label === name || children.some((child) => child.label === name));
}

/** Links from a router to each other. */
function distances(routers: readonly DrawnRouter[], start: DrawnRouter): Map<number, number> {
  const byRloc16 = new Map(routers.map((router) => [router.rloc16, router]));
  const found = new Map([[start.rloc16, 0]]);
  const queue = [start];
  for (let router = queue.shift(); router !== undefined; router = queue.shift()) {
    for (const { to, qualityIn, qualityOut } of router.links) {
      const next = byRloc16.get(to);
      if (next === undefined || found.has(to) || qualityIn === 0 || qualityOut === 0) continue;
      found.set(to, (found.get(router.rloc16) ?? 0) + 1);
      queue.push(next);
    }
  }
  return found;
}
