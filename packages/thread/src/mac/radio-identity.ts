import type { RadioIdentity } from '../radio/radio.js';
import type { NeighbourTable } from './neighbour-table.js';
import type { OwnIdentity } from './own-identity.js';
import type { SendQueue } from './send-queue.js';

/** What a radio that acknowledges by itself must know: who we are, and for whom something waits. */
export function radioIdentity(own: OwnIdentity, queue: SendQueue, neighbours: NeighbourTable): RadioIdentity {
  const { panId, short, extended } = own;
  const pendingExtended = queue.waitingChildren();
  const pendingShort = pendingExtended
    .map((child) => neighbours.byExtended(child)?.short)
    .filter((child) => child !== undefined);
  return { panId, short, extended: Uint8Array.from(extended), pendingShort, pendingExtended };
}
