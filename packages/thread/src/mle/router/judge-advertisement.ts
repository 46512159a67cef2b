import { comparePartitions } from '../../mesh/partition-rank.js';
import { isNewerVersion, type LeaderData } from '../partition.js';
import type { Route64 } from '../tlv/route64.js';

/** What an advertisement says of a partition. */
export interface HeardPartition {
  readonly leader: LeaderData;
  /** Of a router; undefined for an end device that could be one, which does not say how many there are. */
  readonly route64: Route64 | undefined;
  /** dB. */
  readonly margin: number;
  /** It is our parent: where it goes, we go. */
  readonly isParent: boolean;
}

/** What it is held against. */
export interface OwnPartition {
  readonly leader: LeaderData;
  readonly isSingleton: boolean;
  /** The one that we left last, while it is remembered. */
  readonly left: { readonly partitionId: number; readonly idSequence: number } | undefined;
}

/** What an advertisement means: `other-leader` is a contradiction within our own partition; a `lesser` one is to join ours. */
export type Verdict = 'ours' | 'other-leader' | 'better' | 'lesser' | 'ignored';

/** An advertisement below this is too weak to change partitions by it, dB. */
const leastMargin = 10;

/** What an advertisement means to a full device that is attached (Thread 1.3 §5.16.6). */
export function judgeAdvertisement(heard: HeardPartition, own: OwnPartition): Verdict {
  const { leader, route64, margin, isParent } = heard;
  if (leader.partitionId === own.leader.partitionId) {
    return leader.leaderRouterId === own.leader.leaderRouterId ? 'ours' : 'other-leader';
  }
  if (isParent || margin < leastMargin) return 'ignored';
  const { left } = own;
  // What is left of a partition that we gave up goes on for a while without its leader.
  if (route64 !== undefined && left?.partitionId === leader.partitionId) {
    if (!isNewerVersion(route64.idSequence, left.idSequence)) return 'ignored';
  }
  const theirs = {
    weighting: leader.weighting,
    partitionId: leader.partitionId,
    // An end device has a parent, and could have become a router: there may be any number.
    isSingleton: route64 !== undefined && route64.routes.length <= 1,
  };
  const ours = { weighting: own.leader.weighting, partitionId: own.leader.partitionId, isSingleton: own.isSingleton };
  return comparePartitions(theirs, ours) > 0 ? 'better' : 'lesser';
}
