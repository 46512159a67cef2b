import { type Decoded, struct, u16, u32, u64 } from '@selvage/core';

/** TLV 9: what the link of a node received and sent (Thread 1.3 §10.11.4.10). */
export const macCounters = struct({
  inUnknown: u32,
  inErrors: u32,
  outErrors: u32,
  inUnicast: u32,
  inBroadcast: u32,
  inDiscards: u32,
  outUnicast: u32,
  outBroadcast: u32,
  outDiscards: u32,
});

/** What a `macCounters` TLV says. */
export type MacCounters = Decoded<typeof macCounters>;

/** TLV 34: how often a node took each role, and for how many milliseconds it was in each (Thread 1.4). */
export const mleCounters = struct({
  disabledRole: u16,
  detachedRole: u16,
  childRole: u16,
  routerRole: u16,
  leaderRole: u16,
  attachAttempts: u16,
  partitionIdChanges: u16,
  betterPartitionAttachAttempts: u16,
  parentChanges: u16,
  trackedTime: u64,
  disabledTime: u64,
  detachedTime: u64,
  childTime: u64,
  routerTime: u64,
  leaderTime: u64,
});

/** What a `mleCounters` TLV says. */
export type MleCountersValue = Decoded<typeof mleCounters>;
