import type { Instant } from '@selvage/core';

/** When a notification came, and its Observe value. */
export interface Seen {
  readonly sequence: number;
  readonly at: Instant;
}

/** Half of the 24-bit sequence space. */
const half = 2 ** 23;
/** After so long the newest to arrive is the newest, ms. */
const alwaysFresh = 128_000;

/** Whether a notification is of a later state than the one seen before, RFC 7641 §3.4. */
export function isNewer(before: Seen, now: Seen): boolean {
  const [v1, v2] = [before.sequence, now.sequence];
  return (v1 < v2 && v2 - v1 < half) || (v1 > v2 && v1 - v2 > half) || now.at > before.at + alwaysFresh;
}
