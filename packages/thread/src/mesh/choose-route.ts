import { infiniteCost } from './mesh-routes.js';

/** How a router is reached now, through a neighbour. */
export interface CurrentRoute {
  /** The router id of the neighbour. */
  readonly nextHop: number;
  /** From us, over that neighbour: 16 or more for none. */
  readonly total: number;
}

/** What a neighbour's Route64 offers of a router. */
export interface OfferedRoute {
  readonly neighbour: number;
  /** From the neighbour: 16 for none. */
  readonly cost: number;
  /** Of the link to the neighbour. */
  readonly linkCost: number;
}

/** Through whom a router is reached from now on: as before, through the neighbour, or through nobody. */
export type RouteChoice = 'keep' | 'take' | 'drop';

/**
 * The distance-vector rule of Thread 1.3 §5.9.1: what the next hop says of its own route counts, be it worse; of others a
 * better one is taken.
 */
export function chooseRoute(
  current: CurrentRoute | undefined,
  { neighbour, cost, linkCost }: OfferedRoute,
): RouteChoice {
  const total = cost + linkCost;
  if (current === undefined || current.nextHop === neighbour) {
    if (total < infiniteCost) return 'take';
    return current === undefined ? 'keep' : 'drop';
  }
  return total < current.total ? 'take' : 'keep';
}
