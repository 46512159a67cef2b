import { linkQualityOf } from '../mesh/link-quality.js';
import { routerRloc16 } from '../mesh/mesh-routes.js';
import type { ChildTable } from './parent/child-table.js';
import type { Standing } from './standing.js';
import type { Connectivity } from './tlv/connectivity.js';

/** What a sleepy child may have waiting: bytes, and datagrams (Thread 1.3 §4.4.15). */
const [sedBufferSize, sedDatagramCount] = [1280, 1] as const;

/**
 * The value of the Connectivity TLV (Thread 1.3 §4.4.16).
 * @param parentMargin of an end device's link to its parent, dB
 */
export function connectivityOf(
  { table, leaderData }: Standing,
  children: ChildTable,
  parentMargin: number | undefined,
): Connectivity {
  const counts = [0, 0, 0, 0];
  const count = (quality: number): number => (counts[quality] = (counts[quality] as number) + 1);
  if (parentMargin !== undefined) count(linkQualityOf(parentMargin));
  for (const { qualityIn, qualityOut } of table.links) count(Math.min(qualityIn, qualityOut));
  const [, linkQuality1, linkQuality2, linkQuality3] = counts as [number, number, number, number];
  return {
    // A router with little room left is asked last.
    priority: { parent: 3 * children.free < children.most ? 'low' : 'medium', reserved: 0 },
    linkQuality3,
    linkQuality2,
    linkQuality1,
    leaderCost: table.cost(routerRloc16(leaderData.leaderRouterId)),
    idSequence: table.idSequence,
    activeRouters: table.activeRouters,
    sleepyBuffer: { bytes: sedBufferSize, datagrams: sedDatagramCount },
  };
}
