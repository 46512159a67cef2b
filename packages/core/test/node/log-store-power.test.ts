import { LogStore } from '@selvage/core/node';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { PowerLosingDisk } from '../support/power-losing-disk.js';
import { VirtualProcesses } from '../support/processes.js';
import {
  apply,
  changes,
  isSameState,
  runScript,
  type State,
  stateAfter,
  stateOf,
  stateText,
} from '../support/store-script.js';

const seedsPerCut = 12;

describe('LogStore on a disk that loses power', () => {
  it('has all that was acknowledged, and what else up to some moment, after a cut at any operation', async () => {
    const { operations, rewrites } = await wholeRun();
    expect([operations > 30, rewrites > 1]).toEqual([true, true]);
    const broken: string[] = [];
    for (let cut = 0; cut <= operations; cut++) {
      for (let seed = 0; seed < seedsPerCut; seed++) {
        broken.push(...(await violations(new World(cut, seed), (world) => world.losePower())));
      }
    }
    expect(broken).toEqual([]);
  });

  it('reads nothing after a kill at any operation that a power cut afterwards takes away', async () => {
    const { operations } = await wholeRun();
    const broken: string[] = [];
    for (let cut = 0; cut <= operations; cut++) {
      for (let seed = 0; seed < seedsPerCut; seed++) {
        const world = new World(cut, seed);
        broken.push(...(await violations(world, () => world.kill())));
        const before = world.found;
        world.losePower();
        const after = await stateOf(await world.open());
        if (!isSameState(before, after))
          broken.push(`cut ${cut}, seed ${seed}: ${stateText(before)} became ${stateText(after)}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it('comes through power cuts while it recovers from power cuts', async () => {
    const { operations } = await wholeRun();
    const broken: string[] = [];
    for (let cut = 0; cut <= operations; cut += 3) {
      for (let again = 0; again < 12; again++) {
        const world = new World(cut, again);
        const recover = async (): Promise<void> => {
          world.losePower();
          world.disk.cutBefore = world.disk.operations + again;
          await world.open().catch(() => undefined);
          world.losePower();
        };
        broken.push(...(await violations(world, recover)));
      }
    }
    expect(broken).toEqual([]);
  });

  it('would be caught if it did not sync', async () => {
    const { operations } = await wholeRun();
    const broken: string[] = [];
    for (let seed = 0; seed < seedsPerCut; seed++) {
      const world = new World(operations, seed, { lies: true });
      broken.push(...(await violations(world, () => world.losePower()).catch(() => ['cannot be opened'])));
    }
    expect(broken.length).toBeGreaterThan(0);
  });

  it('leaves one file and its lock, whatever was interrupted', async () => {
    const { operations } = await wholeRun();
    for (let cut = 0; cut <= operations; cut++) {
      const world = new World(cut, cut);
      await world.run();
      world.losePower();
      const store = await world.open();
      expect({ cut, files: (await world.disk.list()).sort() }).toEqual({ cut, files: ['lock', 'values.log'] });
      await store.close();
      expect(await world.disk.list()).toEqual(['values.log']);
    }
  });
});

/** A disk, the processes on it one after the other, and what the script came to. */
class World {
  readonly disk: PowerLosingDisk;
  readonly name: string;
  /** How many changes were acknowledged. */
  acknowledged = 0;
  found: State = new Map();
  readonly #processes = new VirtualProcesses();
  readonly #random: SeededRandom;

  constructor(cut: number, seed: number, options: { readonly lies?: boolean } = {}) {
    this.disk = new PowerLosingDisk(options);
    this.disk.cutBefore = cut;
    this.name = `cut ${cut}, seed ${seed}`;
    this.#random = new SeededRandom(this.name);
  }

  /** Opens the store in a new process, of a number that was there before. */
  open(): Promise<LogStore> {
    return LogStore.open('/store', { files: this.disk, processes: this.#processes.start(1) });
  }

  /** Runs the script until the power goes. */
  run(): Promise<void> {
    return runScript(
      () => this.open(),
      () => this.acknowledged++,
    );
  }

  losePower(): void {
    this.#processes.endAll();
    this.disk.powerOn(this.#random);
  }

  kill(): void {
    this.#processes.endAll();
    this.disk.restart();
  }
}

async function wholeRun(): Promise<{ operations: number; rewrites: number }> {
  const world = new World(Infinity, 0);
  const renames: string[] = [];
  const rename = world.disk.rename.bind(world.disk);
  world.disk.rename = (from, to) => {
    renames.push(to);
    return rename(from, to);
  };
  await world.run();
  expect(world.acknowledged).toBe(changes.length);
  return { operations: world.disk.operations, rewrites: renames.length };
}

/** Runs the script into a crash, and says what a store opened afterwards has that it should not, or cannot do. */
async function violations(world: World, crash: (world: World) => void | Promise<void>): Promise<string[]> {
  await world.run();
  await crash(world);
  const store = await world.open();
  world.found = await stateOf(store);
  const possible = changes
    .map((_, i) => i + 1)
    .concat(0)
    .filter((count) => count >= world.acknowledged);
  const broken: string[] = [];
  if (!possible.some((count) => isSameState(stateAfter(changes.slice(0, count)), world.found))) {
    broken.push(`${world.name}: ${stateText(world.found)} after ${world.acknowledged} acknowledged`);
  }
  await apply(store, ['later', 99]);
  await store.close();
  const later = await stateOf(await world.open());
  if (!isSameState(later, new Map([...world.found, ['later', 99]])))
    broken.push(`${world.name}: then ${stateText(later)}`);
  world.found = later;
  return broken;
}
