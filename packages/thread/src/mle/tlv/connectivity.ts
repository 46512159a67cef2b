import { type Decoded, mapped, optionalTail, struct, u16, u8 } from '@selvage/core';

/** How gladly a router takes children; `reserved` counts as medium. */
export type ParentPriority = 'medium' | 'high' | 'reserved' | 'low';

const priorities = ['medium', 'high', 'reserved', 'low'] as const;
const reservedBits = 0x3f;

const priority = mapped(
  u8,
  (bits) => ({ parent: priorities[bits >> 6] as ParentPriority, reserved: bits & reservedBits }),
  ({ parent, reserved }) => (priorities.indexOf(parent) << 6) | (reserved & reservedBits),
);

const sleepyBuffer = struct({ bytes: u16, datagrams: u8 });

/**
 * ```
 * uint2 parentPriority; uint6 reserved; uint8 linkQuality3, linkQuality2, linkQuality1, leaderCost, idSequence, activeRouters;
 * [uint16 sleepyBufferBytes; uint8 sleepyBufferDatagrams;]
 * ```
 * TLV 15: how well a possible parent is placed (Thread 1.3 §4.4.16). What is left out at the end are Thread's least
 * values: 1280 bytes, 1 datagram.
 */
export const connectivity = struct({
  priority,
  linkQuality3: u8,
  linkQuality2: u8,
  linkQuality1: u8,
  leaderCost: u8,
  idSequence: u8,
  activeRouters: u8,
  sleepyBuffer: optionalTail(sleepyBuffer),
});

/** What a `connectivity` TLV says. */
export type Connectivity = Decoded<typeof connectivity>;
