/** What partitions are compared by. */
export interface PartitionRank {
  readonly weighting: number;
  /** It has no more than one router. */
  readonly isSingleton: boolean;
  readonly partitionId: number;
}

/** Above 0 where `a` is the partition that `b` is to join (Thread 1.3 §5.16.6): weight, then size, then its id. */
export function comparePartitions(a: PartitionRank, b: PartitionRank): number {
  if (a.weighting !== b.weighting) return a.weighting - b.weighting;
  if (a.isSingleton !== b.isSingleton) return a.isSingleton ? -1 : 1;
  return a.partitionId - b.partitionId;
}
