/** CPU time of work that two engines do, in turn: a machine that is slower for a while is slower for both. */
import type { Rounds } from './work.js';

export interface Measured {
  /** The median, ms of CPU time. */
  readonly milliseconds: number;
  readonly rounds: number;
}

/** When there is an end to it. */
export interface Bounds {
  /** For both together, ms. */
  readonly time: number;
  readonly rounds: number;
}

/** Rounds that are measured even where time is over. */
const leastRounds = 3;
/** The part of the time in which the compiler is left to its work, and nothing counts. */
const warmUp = 1 / 3;

/**
 * Measures two ways of doing the same.
 * @param stopped says whether somebody wants it to end
 */
export async function sideBySide(
  works: readonly [Rounds, Rounds],
  { time, rounds }: Bounds,
  stopped: () => boolean,
): Promise<readonly [Measured, Measured]> {
  const begun = performance.now();
  const times: readonly [number[], number[]] = [[], []];
  const hasPassed = (part: number): boolean => performance.now() - begun > part * time;
  do for (const work of works) await cpuMilliseconds(work);
  while (!hasPassed(warmUp) && !stopped());
  for (let round = 0; round < rounds && !stopped(); round++) {
    if (round >= leastRounds && hasPassed(1)) break;
    for (const at of [0, 1] as const) times[at].push(await cpuMilliseconds(works[at]));
  }
  return [measured(times[0]), measured(times[1])];
}

async function cpuMilliseconds(next: Rounds): Promise<number> {
  const work = await next();
  const begun = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

function measured(times: readonly number[]): Measured {
  const sorted = times.toSorted((a, b) => a - b);
  return { milliseconds: sorted[sorted.length >> 1] ?? Number.NaN, rounds: times.length };
}
