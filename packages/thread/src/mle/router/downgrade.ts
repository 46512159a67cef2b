import type { RouterLink } from '../../mesh/router-table.js';
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
 * Whether a router may become an end device again, as far as an advertising neighbour shows it (Thread 1.3 §5.9.9): there
 * are too many routers, it has many good links and few children, and that neighbour reaches all of them as well.
 */
export function isDispensable(facts: DowngradeFacts, neighbour: number, { routes }: Route64): boolean {
  const excess = facts.activeRouters - facts.threshold;
  if (excess <= 0 || facts.children >= childrenPerExcess * excess) return false;
  const good = [...facts.links].filter(({ qualityIn, qualityOut }) => Math.min(qualityIn, qualityOut) >= goodQuality);
  if (good.length < leastNeighbours) return false;
  return good.every(({ routerId, qualityIn, qualityOut }) => {
    if (routerId === neighbour || routerId === facts.ownRouterId) return true;
    const theirs = routes.find((route) => route.routerId === routerId);
    const quality = theirs === undefined ? 0 : Math.min(theirs.linkQualityIn, theirs.linkQualityOut);
    return quality >= Math.min(qualityIn, qualityOut);
  });
}
