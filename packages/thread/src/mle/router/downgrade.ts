import { mostRouters } from '../../mesh/mesh-routes.js';
import type { RouterLink } from '../../mesh/router-link.js';
import type { Route64 } from '../tlv/route64.js';

/** What says whether a router is needed. */
export interface DowngradeFacts {
  readonly ownRouterId: number;
  readonly activeRouters: number;
  /** Routers above which some are too many. */
  readonly threshold: number;
  readonly children: number;
  readonly links: Iterable<RouterLink>;
}

/** What makes a router dispensable: it stays so while there are more routers, and it has few children. */
export interface Dispensable {
  /** Routers that are enough without it. */
  readonly above: number;
  /** It has fewer children than this for each router above those. */
  readonly childrenPerExcess: number;
}

/** Neighbours of a good link that a router must have to be dispensable. */
const leastNeighbours = 7;
const goodQuality = 2;

/**
 * What lets this router become an end device again, as far as an advertising neighbour shows it; undefined
 * where it is needed. Thread 1.3 §5.9.9: there are too many routers, it has many good links and few children, and that
 * neighbour reaches all of them as well.
 *
 * Where every router id is given, a device that hears end devices alone finds no parent. There one that has no children
 * gives its id back already if that neighbour can stand in for it: it reaches all that this one does, and well what this
 * one reaches well. Thus one id is left for whoever needs it, wherever it is.
 */
export function judgeDispensable(
  facts: DowngradeFacts,
  neighbour: number,
  { routes }: Route64,
): Dispensable | undefined {
  const { activeRouters, threshold, children } = facts;
  const oneOfMany: Dispensable = { above: threshold, childrenPerExcess: 3 };
  const stoodInFor: Dispensable = { above: mostRouters - 1, childrenPerExcess: 1 };
  const isSpare = (as: Dispensable): boolean => isDispensable(as, activeRouters, children);
  if (!isSpare(oneOfMany)) return undefined;
  const all = [...facts.links].map((link) => ({
    routerId: link.routerId,
    quality: twoWay(link.qualityIn, link.qualityOut),
  }));
  const good = all.filter(({ quality }) => quality >= goodQuality);
  const isMatched = (links: typeof all, enough: number): boolean =>
    links.every(({ routerId, quality }) => {
      if (routerId === neighbour || routerId === facts.ownRouterId) return true;
      const theirs = routes.find((route) => route.routerId === routerId);
      return theirs !== undefined && twoWay(theirs.linkQualityIn, theirs.linkQualityOut) >= Math.min(quality, enough);
    });
  if (good.length >= leastNeighbours && isMatched(good, 3)) return oneOfMany;
  const isStoodIn = good.some(({ routerId }) => routerId === neighbour) && isMatched(all, goodQuality);
  return isStoodIn && isSpare(stoodInFor) ? stoodInFor : undefined;
}

/** Whether there are routers enough to do without this one, with so many children. */
export function isDispensable(as: Dispensable, activeRouters: number, children: number): boolean {
  return children < as.childrenPerExcess * (activeRouters - as.above);
}

function twoWay(qualityIn: number, qualityOut: number): number {
  return Math.min(qualityIn, qualityOut);
}
