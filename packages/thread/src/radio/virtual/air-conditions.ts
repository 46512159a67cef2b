import type { SeededRandom } from '@selvage/core/virtual';

/** How the air between two radios is, one way. */
export interface AirConditions {
  /** Whether the one hears the other at all; true by default. */
  readonly reaches?: boolean;
  /** Probability that a frame is lost; 0 by default. */
  readonly loss?: number;
  /** dBm at the receiver; −40 by default. */
  readonly rssi?: number;
  /** How long a frame takes beyond its air time, milliseconds; 0 by default. Beyond 1 ms acknowledgements come too late. */
  readonly delay?: number;
  /** Probability that a frame arrives twice; 0 by default. */
  readonly duplication?: number;
  /** Probability that a frame is held back, so that later ones overtake it, and for how long at most, milliseconds. */
  readonly reordering?: number;
  readonly reorderingDelay?: number;
}

const [defaultRssi, defaultHold] = [-40, 20] as const;

/** dBm at the receiver. */
export function rssiOf({ rssi = defaultRssi }: AirConditions): number {
  return rssi;
}

/**
 * The delays with which copies of one frame arrive; none when it is lost. The draws are always as many, so that a
 * changed condition leaves the fate of other frames as it was.
 */
export function arrivals(conditions: AirConditions, random: SeededRandom): readonly number[] {
  const { loss = 0, delay = 0, duplication = 0, reordering = 0, reorderingDelay = defaultHold } = conditions;
  const isLost = random.chance(loss);
  const isDoubled = random.chance(duplication);
  const isHeld = random.chance(reordering);
  const hold = random.unit() * reorderingDelay;
  if (isLost) return [];
  const first = isHeld ? delay + hold : delay;
  return isDoubled ? [first, first + hold] : [first];
}
