import type { Instant } from '@selvage/core';

/** How a node sees a router of its partition. */
export interface RouterView {
  /** 0 to 62. */
  readonly routerId: number;
  /** The router id of the neighbour through which it is reached; undefined: by its own link, or not at all. */
  readonly nextHop: number | undefined;
  /** Of the path to it, 1 to 15; 16 for none. */
  readonly cost: number;
  /** Of its frames here, and of ours there; 0 is no link. */
  readonly qualityIn: LinkQuality;
  readonly qualityOut: LinkQuality;
}

/** 3 is best; 0 is no link (Thread 1.3 §5.4.2). */
export type LinkQuality = 0 | 1 | 2 | 3;

/** The highest router id. */
export const lastRouterId = 62;

/** How many routers a partition may have (Thread 1.3 §5.9.9). */
export const mostRouters = 32;

/** The cost of a path that there is not. */
export const infiniteCost = 16;

/** Where a frame goes next, in this node's view of its partition (Thread 1.3 §5.9). */
export interface MeshRoutes {
  readonly rloc16: number;
  readonly leaderRouterId: number;
  /**
   * The neighbour to whom a frame for this RLOC16 is handed, by its short address: the address itself where it is a
   * neighbour or an own child. Undefined where there is no route.
   */
  nextHop(rloc16: number): number | undefined;
  /** Of the path to an RLOC16, 0 to 15; 16 for none. */
  cost(rloc16: number): number;
  isAllocated(routerId: number): boolean;
  /** All that have an id, ourselves included. */
  readonly routers: Iterable<RouterView>;
  /**
   * A frame for this RLOC16 came from the very neighbour that it would be handed to: that route is given up, and
   * neighbours are told (Thread 1.3 §5.9.2).
   */
  looped(rloc16: number, from: number, now: Instant): void;
}

/** The router id of an RLOC16: of the router itself, or of the parent. */
export function routerIdOf(rloc16: number): number {
  return rloc16 >> 10;
}

/** The RLOC16 of a router. */
export function routerRloc16(routerId: number): number {
  return routerId << 10;
}

/** Whether an RLOC16 is a router's, and not a child's. */
export function isRouterRloc16(rloc16: number): boolean {
  return (rloc16 & 0x3ff) === 0;
}
