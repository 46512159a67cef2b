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

/** Neighbours of a good link that a router must have to be dispensable. */
const leastNeighbours = 7;
const [goodQuality, childrenPerExcess] = [2, 3] as const;

/**
 * Above how many routers this one may become an end device again, as far as an advertising neighbour shows it; undefined
 * where it is needed. Thread 1.3 §5.9.9: there are too many routers, it has many good links and few children, and that
 * neighbour reaches all of them as well.
 *
 * Where every router id is given, a device that hears end devices alone finds no parent. There one that has no children
 * gives its id back already if that neighbour can stand in for it: it reaches all that this one does, and well what this
 * one reaches well. Thus one id is left for whoever needs it, wherever it is.
 */
export function dispensableAbove(facts: DowngradeFacts, neighbour: number, { routes }: Route64): number | undefined {
  const { activeRouters, threshold, children } = facts;
  const excess = activeRouters - threshold;
  if (excess <= 0 || children >= childrenPerExcess * excess) return undefined;
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
  if (good.length >= leastNeighbours && isMatched(good, 3)) return threshold;
  const isStoodIn =
    children === 0 && good.some(({ routerId }) => routerId === neighbour) && isMatched(all, goodQuality);
  return activeRouters >= mostRouters && isStoodIn ? mostRouters - 1 : undefined;
}

function twoWay(qualityIn: number, qualityOut: number): number {
  return Math.min(qualityIn, qualityOut);
}
