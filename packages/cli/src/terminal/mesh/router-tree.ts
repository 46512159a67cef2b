import type { DrawnLink, DrawnRouter, LinkQuality } from './mesh-picture.js';

/** A router with those that reach the leader through it. */
export interface RouterTree {
  readonly router: DrawnRouter;
  /** Of the link to the one above; undefined for the first of a tree. */
  readonly quality: LinkQuality | undefined;
  readonly below: readonly RouterTree[];
  /** Links to others that are neither above nor below. */
  readonly others: readonly { readonly to: number; readonly quality: LinkQuality }[];
}

type Qualities = Map<number, Map<number, LinkQuality>>;

/**
 * The trees of least cost of these routers: the leader's first, and one more for each part that no link leads to. Of a
 * link the worse direction counts, as it does for Thread's routing, and either end's word.
 */
export function routerTrees(routers: readonly DrawnRouter[]): RouterTree[] {
  const byRloc16 = new Map(routers.map((router) => [router.rloc16, router]));
  const qualities = qualitiesOf(routers, byRloc16);
  const above = new Map<number, number | undefined>();
  const roots = [...routers].sort((a, b) => Number(b.isLeader) - Number(a.isLeader) || a.rloc16 - b.rloc16);
  const trees: DrawnRouter[] = [];
  for (const root of roots) {
    if (above.has(root.rloc16)) continue;
    spread(root.rloc16, qualities, above);
    trees.push(root);
  }
  return trees.map((root) => grown(root, undefined));

  function grown(router: DrawnRouter, parent: number | undefined): RouterTree {
    const neighbours = [...(qualities.get(router.rloc16) ?? [])].sort(([a], [b]) => a - b);
    const isBelow = (to: number): boolean => above.get(to) === router.rloc16;
    return {
      router,
      quality: parent === undefined ? undefined : qualities.get(router.rloc16)?.get(parent),
      below: neighbours.flatMap(([to]) => (isBelow(to) ? [grown(byRloc16.get(to) as DrawnRouter, router.rloc16)] : [])),
      others: neighbours.filter(([to]) => !isBelow(to) && to !== parent).map(([to, quality]) => ({ to, quality })),
    };
  }
}

/** Dijkstra's way from one router to all that it reaches; notes the one before each. */
function spread(root: number, qualities: Qualities, above: Map<number, number | undefined>): void {
  const costs = new Map([[root, 0]]);
  const before = new Map<number, number | undefined>([[root, undefined]]);
  const open = new Set([root]);
  while (open.size > 0) {
    const next = [...open].reduce((least, one) => ((costs.get(one) ?? 0) < (costs.get(least) ?? 0) ? one : least));
    open.delete(next);
    above.set(next, before.get(next));
    for (const [to, quality] of qualities.get(next) ?? []) {
      const cost = (costs.get(next) ?? 0) + linkCosts[quality];
      if (above.has(to) || cost >= (costs.get(to) ?? Infinity)) continue;
      costs.set(to, cost);
      before.set(to, next);
      open.add(to);
    }
  }
}

/** By link quality (Thread 1.3 §5.9.1); no link costs more than any way has. */
const linkCosts: Record<LinkQuality, number> = { 3: 1, 2: 2, 1: 4, 0: Infinity };

function qualitiesOf(routers: readonly DrawnRouter[], known: ReadonlyMap<number, DrawnRouter>): Qualities {
  const qualities: Qualities = new Map(routers.map(({ rloc16 }) => [rloc16, new Map<number, LinkQuality>()]));
  const note = (from: number, to: number, quality: LinkQuality): void => {
    const sofar = qualities.get(from)?.get(to);
    qualities.get(from)?.set(to, sofar === undefined ? quality : (Math.min(sofar, quality) as LinkQuality));
  };
  for (const { rloc16, links } of routers) {
    for (const link of links) {
      const quality = worse(link);
      if (quality === 0 || link.to === rloc16 || !known.has(link.to)) continue;
      note(rloc16, link.to, quality);
      note(link.to, rloc16, quality);
    }
  }
  return qualities;
}

function worse({ qualityIn, qualityOut }: DrawnLink): LinkQuality {
  return Math.min(qualityIn, qualityOut) as LinkQuality;
}
