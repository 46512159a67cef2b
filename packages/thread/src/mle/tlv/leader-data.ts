import { type Decoded, struct, u32, u8 } from '@selvage/core';

/** TLV 11: which partition, how it compares with others, and how new its network data is (Thread 1.3 §4.4.12). */
export const leaderData = struct({
  partitionId: u32,
  weighting: u8,
  dataVersion: u8,
  stableDataVersion: u8,
  leaderRouterId: u8,
});

/** What a `leaderData` TLV says. */
export type LeaderData = Decoded<typeof leaderData>;
