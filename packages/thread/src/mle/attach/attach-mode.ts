import { comparePartitions, type PartitionRank } from '../../mesh/partition-rank.js';
import { isNewerVersion } from '../partition.js';
import { type ParentCandidate, partitionOf } from './parent-candidate.js';

/** What a node that is in a partition looks for (Thread 1.3 §4.5, §5.16). */
export type AttachMode =
  /** Its leader is silent: somebody who heard of it since. */
  | 'same-partition'
  /** Nobody did: any partition that lives. */
  | 'any-partition'
  /** A greater partition was heard. */
  | 'better-partition'
  /** A router that is not needed: any parent of its partition. */
  | 'downgrade';

/** Where the node is while it looks. */
export interface OwnRank extends PartitionRank {
  readonly idSequence: number;
}

/** Whether a candidate is what is looked for. */
export function isLookedFor(mode: AttachMode, candidate: ParentCandidate, own: OwnRank): boolean {
  const { leader, connectivity } = candidate;
  const isSame = leader.partitionId === own.partitionId;
  const isNewer = isNewerVersion(connectivity.idSequence, own.idSequence);
  switch (mode) {
    case 'same-partition':
      return isSame && isNewer;
    case 'any-partition':
      return !isSame || isNewer;
    case 'better-partition':
      return !isSame && comparePartitions(partitionOf(candidate), own) > 0;
    case 'downgrade':
      return isSame && (isNewer || connectivity.idSequence === own.idSequence);
  }
}
