import type { Instant } from '@selvage/core';
import type { MeshRoutes } from '../mesh/mesh-routes.js';
import { type MeshFrame, takeHop } from './mesh-frame.js';

/** What becomes of a frame that is on its way to somebody else. */
export type RelayStep =
  /** To this neighbour; the payload has one hop less already. */
  | { readonly kind: 'forward'; readonly nextHop: number }
  /** Its hops are used up, or it comes back to whoever sent it first. */
  | { readonly kind: 'drop' }
  /** There is no way: its sender is to be told. */
  | { readonly kind: 'unreachable' };

/**
 * Where a frame with a mesh header goes next (Thread 1.3 §5.9.2). One that came from the very neighbour it would be handed
 * to goes in a circle: that route is given up, and what remains is tried.
 * @param from the neighbour it came from; undefined where that is not known by its short address
 */
export function relayStep(
  payload: Uint8Array,
  { hopsLeft, source, destination }: MeshFrame,
  routes: MeshRoutes,
  from: number | undefined,
  now: Instant,
): RelayStep {
  if (hopsLeft === 0 || source === routes.rloc16) return { kind: 'drop' };
  let nextHop = routes.nextHop(destination);
  if (nextHop !== undefined && nextHop === from) {
    routes.looped(destination, from, now);
    nextHop = routes.nextHop(destination);
    if (nextHop === from) return { kind: 'drop' };
  }
  if (nextHop === undefined || nextHop === routes.rloc16) return { kind: 'unreachable' };
  takeHop(payload);
  return { kind: 'forward', nextHop };
}

/** How long a frame may wait to be forwarded, milliseconds: whoever sent it has given it up by then. */
export const longestWait = 1000;

/** When a frame that came now is not sent on any more. */
export function relayEnd(now: Instant): Instant {
  return now + longestWait;
}
