import type { Clock, Entropy } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { type CryptoCore, LocalKeyHome } from '@selvage/crypto';
import { generateDataset } from '../dataset/generate.js';
import type { Radio } from '../radio/radio.js';
import type { NodeRunner } from './node-runner.js';
import { openThreadNode } from './open-thread-node.js';

/** What {@link openTemporaryNode} needs. */
export interface TemporaryNodeOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly clock: Clock;
  /** Is closed with the node. */
  readonly radio: Radio;
}

/**
 * A node that only listens and asks, under a name that nobody will know it by later. It has a network of its own, in which
 * it never takes part; nothing of it is kept.
 */
export function openTemporaryNode({ core, entropy, clock, radio }: TemporaryNodeOptions): Promise<NodeRunner> {
  const dataset = generateDataset({ core, entropy });
  const home = new LocalKeyHome({ core, entropy });
  return openThreadNode({ core, entropy, clock, radio, home, store: new MemoryStore(), dataset });
}
