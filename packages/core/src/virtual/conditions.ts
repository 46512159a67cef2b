import type { SeededRandom } from './seeded-random.js';

/** What a link does to datagrams. Probabilities are 0 to 1, times milliseconds; everything is 0 by default. */
export interface LinkConditions {
  /** Probability that a datagram is lost. */
  readonly loss?: number;
  /** Probability that a datagram arrives twice, each with a delay of its own. */
  readonly duplication?: number;
  /** Probability that a datagram is held back so that later ones overtake it. */
  readonly reordering?: number;
  /** The longest that a datagram is held back beyond its delay; by default four times the delay, at least 20 ms. */
  readonly reorderingDelay?: number;
  /** How long a datagram takes: always the same, or evenly spread between two bounds. */
  readonly delay?: number | readonly [least: number, most: number];
}

/**
 * The delays after which copies of one datagram arrive; empty when it is lost. The number of draws does not depend on
 * the conditions, so that changing one of them leaves the fate of other datagrams as it was.
 */
export function planDeliveries(conditions: LinkConditions, random: SeededRandom): readonly number[] {
  const lost = random.chance(conditions.loss ?? 0);
  const duplicated = random.chance(conditions.duplication ?? 0);
  const delays = [drawDelay(conditions, random), drawDelay(conditions, random)];
  if (lost) return [];
  return duplicated ? delays : delays.slice(0, 1);
}

function drawDelay(conditions: LinkConditions, random: SeededRandom): number {
  const { delay = 0, reordering = 0 } = conditions;
  const [least, most] = typeof delay === 'number' ? [delay, delay] : delay;
  const longestHold = conditions.reorderingDelay ?? Math.max(4 * most, 20);
  const base = least + random.unit() * (most - least);
  const held = random.chance(reordering);
  const hold = random.unit() * longestHold;
  return held ? base + hold : base;
}
