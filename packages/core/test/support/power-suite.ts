import type { Store } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { expect, it } from 'vitest';
import type { PowerLosingDisk } from './power-losing-disk.js';
import {
  apply,
  type Change,
  changes,
  isSameState,
  runScript,
  type State,
  stateAfter,
  stateOf,
  stateText,
} from './store-script.js';

type ClosableStore = Store & { close(): Promise<void> };

/** A disk, the processes on it one after the other, and what the script came to. */
export abstract class PowerWorld {
  readonly disk: PowerLosingDisk;
  readonly name: string;
  /** How many changes were acknowledged. */
  acknowledged = 0;
  found: State = new Map();
  readonly #random: SeededRandom;

  constructor(disk: PowerLosingDisk, name: string) {
    this.disk = disk;
    this.name = name;
    this.#random = new SeededRandom(name);
  }

  /** Opens the store in a new process. */
  abstract open(): Promise<ClosableStore>;

  /** What else is wrong with what was done so far. */
  get problems(): readonly string[] {
    return [];
  }

  /** Runs the script until the power goes. */
  run(): Promise<void> {
    return runScript(
      () => this.open(),
      () => this.acknowledged++,
    );
  }

  losePower(): void {
    this.disk.powerOn(this.#random);
  }

  kill(): void {
    this.disk.restart();
  }
}

/** How a world is made, where the power goes after `cut` operations; a disk that lies says of nothing durable that it is. */
export type MakeWorld<World> = (
  cut: number,
  seed: number,
  options?: ConstructorParameters<typeof PowerLosingDisk>[0],
) => Promise<World>;

/** What is held of a store. */
export interface PowerSuiteOptions<World> {
  readonly make: MakeWorld<World>;
  readonly seedsPerCut: number;
  /** The operations that the script takes at least: less, and it tests nothing. */
  readonly leastOperations: number;
  /** Done to a store that has recovered and may lose its power meanwhile, and what that may have changed. */
  readonly whileRecovering?: { readonly act: (store: Store) => Promise<void>; readonly changes: readonly Change[] };
}

const recoveries = 12;

/** A store on a disk that loses power has what it acknowledged, whatever happens when. */
export function powerSuite<World extends PowerWorld>(options: PowerSuiteOptions<World>): void {
  const { make, seedsPerCut, leastOperations, whileRecovering } = options;

  it('has all that was acknowledged, and what else up to some moment, after a cut at any operation', async () => {
    const { operations, rewrites } = await wholeRun(make);
    expect([operations > leastOperations, rewrites > 1]).toEqual([true, true]);
    const broken: string[] = [];
    for (let cut = 0; cut <= operations; cut++) {
      for (let seed = 0; seed < seedsPerCut; seed++) {
        broken.push(...(await violations(await make(cut, seed), (world) => world.losePower())));
      }
    }
    expect(broken).toEqual([]);
  });

  it('reads nothing after a kill at any operation that a power cut afterwards takes away', async () => {
    const { operations } = await wholeRun(make);
    const broken: string[] = [];
    for (let cut = 0; cut <= operations; cut++) {
      for (let seed = 0; seed < seedsPerCut; seed++) {
        const world = await make(cut, seed);
        broken.push(...(await violations(world, () => world.kill())));
        const before = world.found;
        world.losePower();
        const after = await stateOf(await world.open());
        if (!isSameState(before, after)) {
          broken.push(`${world.name}: ${stateText(before)} became ${stateText(after)}`);
        }
      }
    }
    expect(broken).toEqual([]);
  });

  it('comes through power cuts while it recovers from power cuts', async () => {
    const { operations } = await wholeRun(make);
    const broken: string[] = [];
    for (let cut = 0; cut <= operations; cut += 3) {
      for (let again = 0; again < recoveries; again++) {
        const world = await make(cut, again);
        const recover = async (): Promise<void> => {
          world.losePower();
          world.disk.cutBefore = world.disk.operations + again;
          const store = await world.open().catch(() => undefined);
          if (store !== undefined) await whileRecovering?.act(store).catch(() => undefined);
          world.losePower();
        };
        broken.push(...(await violations(world, recover, whileRecovering?.changes)));
      }
    }
    expect(broken).toEqual([]);
  });

  it('would be caught if its disk did not sync', async () => {
    const { operations } = await wholeRun(make);
    let caught = 0;
    for (let seed = 0; seed < seedsPerCut; seed++) {
      const world = await make(operations, seed, { lies: true }).catch(() => undefined);
      if (world === undefined) continue;
      const broken = await violations(world, () => world.losePower()).catch(() => ['cannot be opened']);
      caught += broken.length;
    }
    expect(caught).toBeGreaterThan(0);
  });
}

/** The operations of a run that nothing cuts short, and how often it writes a file anew. */
export async function wholeRun(make: MakeWorld<PowerWorld>): Promise<{ operations: number; rewrites: number }> {
  const world = await make(Infinity, 0);
  const before = world.disk.operations;
  let rewrites = 0;
  const rename = world.disk.rename.bind(world.disk);
  world.disk.rename = (from, to) => {
    rewrites++;
    return rename(from, to);
  };
  await world.run();
  expect(world.acknowledged).toBe(changes.length);
  return { operations: world.disk.operations - before, rewrites };
}

/**
 * Runs the script into a crash, and says what a store opened afterwards has that it should not, or cannot do.
 * @param more changes that the crash itself may have made on top
 */
async function violations<World extends PowerWorld>(
  world: World,
  crash: (world: World) => void | Promise<void>,
  more: readonly Change[] = [],
): Promise<string[]> {
  await world.run();
  await crash(world);
  const store = await world.open();
  world.found = await stateOf(store);
  const counts = Array.from({ length: changes.length + 1 }, (_, i) => i).filter((i) => i >= world.acknowledged);
  const possible = counts.flatMap((count) => [
    stateAfter(changes.slice(0, count)),
    stateAfter([...changes.slice(0, count), ...more]),
  ]);
  const broken: string[] = [];
  if (!possible.some((state) => isSameState(state, world.found))) {
    broken.push(`${world.name}: ${stateText(world.found)} after ${world.acknowledged} acknowledged`);
  }
  await apply(store, ['later', 99]);
  await store.close();
  const later = await stateOf(await world.open());
  if (!isSameState(later, new Map([...world.found, ['later', 99]]))) {
    broken.push(`${world.name}: then ${stateText(later)}`);
  }
  broken.push(...world.problems.map((problem) => `${world.name}: ${problem}`));
  world.found = later;
  return broken;
}
