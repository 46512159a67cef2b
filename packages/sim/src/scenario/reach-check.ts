import { SeededRandom, type Seed } from '@selvage/core/virtual';
import type { World } from '../world/world.js';
import type { WorldNode } from '../world/world-node.js';
import type { Pair } from './scenario.js';

/** How a {@link reachCheck} is made. */
export interface ReachOptions {
  /** How many pairs, drawn from the seed; all of them where undefined. */
  readonly pairs?: number | undefined;
  readonly seed: Seed;
  /** Until then pairs that did not answer are tried again; each is tried `leastTries` times in any case. */
  readonly until: number;
}

const [width, leastTries] = [4, 3] as const;
/** How long one ping may take, beyond the sleep of who is pinged, milliseconds. */
const patience = 5000;

/** Pings pairs of those that take part, some at a time, and gives those between which nothing came through. */
export async function reachCheck(world: World, options: ReachOptions): Promise<Pair[]> {
  let left = pairsOf(world, options);
  for (let tries = 0; left.length > 0 && (tries < leastTries || world.now() < options.until); tries++) {
    left = await pingAll(world, left);
  }
  return left;
}

async function pingAll(world: World, pairs: readonly Pair[]): Promise<Pair[]> {
  const failed: Pair[] = [];
  const waiting = [...pairs].reverse();
  const lane = async (): Promise<void> => {
    for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
      const [from, to] = [world.node(pair[0]), world.node(pair[1])];
      const roundTrip = await world.ping(from, to, { patience: patience + to.sleeps + from.sleeps });
      if (roundTrip === undefined) failed.push(pair);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return failed;
}

function pairsOf(world: World, { pairs: wanted, seed }: ReachOptions): Pair[] {
  const present = [...world.nodes].filter(takesPart);
  const all = present.flatMap((from) => present.flatMap((to) => (to === from ? [] : [[from.name, to.name] as const])));
  if (wanted === undefined || wanted >= all.length) return all;
  const random = new SeededRandom(seed);
  // The first of a shuffle.
  for (let i = 0; i < wanted; i++) {
    const other = i + random.below(all.length - i);
    [all[i], all[other]] = [all[other] as Pair, all[i] as Pair];
  }
  return all.slice(0, wanted);
}

function takesPart({ isOn, isJoining, thread }: WorldNode): boolean {
  return isOn && !isJoining && thread?.role !== 'disabled';
}
