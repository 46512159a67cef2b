import type { Entropy } from '@selvage/core';

/** A random number from 0 to 1, 1 left out. */
export function randomFraction(entropy: Entropy): number {
  const bytes = new Uint8Array(4);
  entropy.fill(bytes);
  return new DataView(bytes.buffer).getUint32(0) / 0x1_0000_0000;
}
