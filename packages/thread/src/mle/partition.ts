import type { LeaderData } from './tlv/leader-data.js';

export type { LeaderData };

/** Whether two say the same partition under the same leader. */
export function isSamePartition(a: LeaderData, b: LeaderData): boolean {
  return a.partitionId === b.partitionId && a.leaderRouterId === b.leaderRouterId && a.weighting === b.weighting;
}

/** Serial arithmetic of 8 bits: whether version `a` is newer than `b` (RFC 1982). */
export function isNewerVersion(a: number, b: number): boolean {
  return ((a - b) & 0xff) !== 0 && ((a - b) & 0x80) === 0;
}
