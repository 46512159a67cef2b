import { mapped, sequence, struct, u16 } from '@selvage/core';
import { type DeviceMode, deviceMode } from '../../mle/tlv/mode.js';

/** A child as the Child Table TLV has it. */
export interface ChildTableEntry {
  /** 1 to 511. */
  readonly childId: number;
  readonly mode: DeviceMode;
  /** Seconds: a power of two, the least that is not below the child's timeout. */
  readonly timeout: number;
  /** 0 to 3, of its frames at its parent. */
  readonly linkQuality: number;
}

/** What is added to the exponent of the timeout. */
const exponentOffset = 4;
const largestExponent = 31;

/**
 * ```
 * { uint5 timeoutExponent + 4; uint2 linkQuality; uint9 childId; uint8 mode; } children[…];
 * ```
 * TLV 16 (Thread 1.3 §10.11.4.11).
 */
export const childTable = sequence(
  mapped(
    struct({ packed: u16, mode: deviceMode }),
    ({ packed, mode }): ChildTableEntry => ({
      childId: packed & 0x1ff,
      linkQuality: (packed >> 9) & 3,
      timeout: 2 ** ((packed >> 11) - exponentOffset),
      mode,
    }),
    ({ childId, linkQuality, timeout, mode }) => ({
      packed: (exponentOf(timeout) << 11) | ((linkQuality & 3) << 9) | (childId & 0x1ff),
      mode,
    }),
  ),
);

function exponentOf(timeout: number): number {
  const exponent = Math.ceil(Math.log2(timeout)) + exponentOffset;
  return Math.max(0, Math.min(largestExponent, exponent));
}
