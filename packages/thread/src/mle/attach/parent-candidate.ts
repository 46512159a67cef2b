import { comparePartitions, type PartitionRank } from '../../mesh/partition-rank.js';
import type { LinkQuality } from '../../mesh/mesh-routes.js';
import type { LeaderData } from '../partition.js';

/** What a Parent Response says of one that would be our parent (Thread 1.3 §4.5.2). */
export interface ParentCandidate {
  /** 8 bytes in printed order. */
  readonly extended: Uint8Array;
  readonly rloc16: number;
  readonly leader: LeaderData;
  /** Under which its message was sealed, and the counters that it goes on with. */
  readonly keySequence: number;
  readonly linkFrameCounter: number;
  readonly mleFrameCounter: number;
  readonly version: number;
  /** Its challenge, which our Child ID Request echoes. */
  readonly challenge: Uint8Array;
  /** dB: the smaller of both directions'. */
  readonly linkMargin: number;
  /** 0 to 3, of both directions. */
  readonly linkQuality: LinkQuality;
  readonly connectivity: ParentConnectivity;
  /** When its response came: a challenge does not live long. */
  readonly heardAt: number;
}

/** What chooses among parents of one quality. */
export interface ParentConnectivity {
  readonly idSequence: number;
  readonly activeRouters: number;
  /** From the candidate to its leader. */
  readonly leaderCost: number;
  /** 1 high, 0 medium, −1 low. */
  readonly priority: number;
  readonly linkQuality3: number;
  readonly linkQuality2: number;
  readonly linkQuality1: number;
  readonly sedBufferSize: number;
  readonly sedDatagrams: number;
}

/** The partition that a candidate is in, as partitions are compared. */
export function partitionOf({ leader, connectivity }: ParentCandidate): PartitionRank {
  const { weighting, partitionId } = leader;
  return { weighting, partitionId, isSingleton: connectivity.activeRouters <= 1 };
}

/**
 * Whether `candidate` is a better parent than `other`: the better link, then a router before an end device that would
 * become one, then what its connectivity says, in the order of Thread 1.3 §4.5.3.
 */
export function isBetterParent(candidate: ParentCandidate, other: ParentCandidate, isFull = false): boolean {
  // A full device joins the greater partition, whatever the link.
  const partitions = isFull ? comparePartitions(partitionOf(candidate), partitionOf(other)) : 0;
  if (partitions !== 0) return partitions > 0;
  const [a, b] = [rank(candidate), rank(other)];
  for (const [i, value] of a.entries()) {
    const difference = value - (b[i] as number);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

function rank({ linkQuality, linkMargin, rloc16, version, connectivity }: ParentCandidate): readonly number[] {
  const isRouter = (rloc16 & 0x1ff) === 0 ? 1 : 0;
  const { priority, linkQuality3, linkQuality2, linkQuality1, sedBufferSize, sedDatagrams } = connectivity;
  return [
    linkQuality,
    isRouter,
    priority,
    linkQuality3,
    version,
    sedBufferSize,
    sedDatagrams,
    linkQuality2,
    linkQuality1,
    linkMargin,
  ];
}
