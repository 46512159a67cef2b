import type { Entropy } from '@selvage/core';

/**
 * A number in 1 .. 2^31 − 1 that is not among those taken. Random, so that an ID that somebody remembers never comes to
 * mean another thing.
 */
export function randomId(entropy: Entropy, taken: readonly number[]): number {
  const bytes = new Uint8Array(4);
  for (;;) {
    entropy.fill(bytes);
    const id = new DataView(bytes.buffer).getUint32(0) >>> 1;
    if (id > 0 && !taken.includes(id)) return id;
  }
}
