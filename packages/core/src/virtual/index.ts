/** Virtual implementations of the platform ports: time, randomness, network and storage that replay from a seed. */
export { VirtualClock, type VirtualClockOptions } from './clock.js';
export { eventLoopTurn } from './turn.js';
export { type Seed, SeededRandom } from './seeded-random.js';
export { FailingEntropy, FixedEntropy, SeededEntropy } from './entropy.js';
export type { LinkConditions } from './conditions.js';
export {
  type Tamper,
  type TapEvent,
  type TapKind,
  VirtualNetwork,
  type VirtualNetworkOptions,
  VirtualPort,
} from './network.js';
export { VirtualLink } from './link.js';
export { type CutOutcome, MemoryStore } from './store.js';
