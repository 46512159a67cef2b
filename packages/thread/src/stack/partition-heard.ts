import type { MleArrival } from '../mle/mle-host.js';
import type { LeaderData } from '../mle/partition.js';
import type { NodeEvent } from './node-event.js';

/** What an Advertisement says of another partition than ours; undefined for one of our own, and for what says nothing. */
export function partitionHeard(
  { command, tlvs }: MleArrival,
  own: LeaderData | undefined,
): Extract<NodeEvent, { kind: 'partition-heard' }> | undefined {
  const { leaderData: partition, sourceAddress: rloc16, route64 } = tlvs;
  if (command !== 'advertisement' || partition === undefined || rloc16 === undefined) return undefined;
  if (own === undefined || partition.partitionId === own.partitionId) return undefined;
  return { kind: 'partition-heard', partition, rloc16, route64 };
}
