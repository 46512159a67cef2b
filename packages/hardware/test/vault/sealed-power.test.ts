import { Secret } from '@selvage/core';
import { SeededEntropy, SeededRandom } from '@selvage/core/virtual';
import { nativeCore } from '@selvage/crypto';
import { SealedStore } from '@selvage/hardware';
import { FileCounter, SealedLogFile } from '@selvage/hardware/node';
import { describe, expect, it } from 'vitest';
import { PowerLosingDisk } from '../../../core/test/support/power-losing-disk.js';
import { NonceWitness } from '../support/nonce-witness.js';
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
  valueLength,
} from '../../../core/test/support/store-script.js';

const seedsPerCut = 6;

describe('SealedStore on a disk that loses power', () => {
  it('has all that was acknowledged, and what else up to some moment, after a cut at any operation', async () => {
    const whole = await wholeRun();
    expect([whole.operations > 40, whole.rewrites > 1]).toEqual([true, true]);
    const broken: string[] = [];
    for (let cut = 0; cut <= whole.operations; cut++) {
      for (let seed = 0; seed < seedsPerCut; seed++) {
        broken.push(...(await violations(await World.create(cut, seed), (world) => world.losePower())));
      }
    }
    expect(broken).toEqual([]);
  });

  it('reads nothing after a kill at any operation that a power cut afterwards takes away', async () => {
    const { operations } = await wholeRun();
    const broken: string[] = [];
    for (let cut = 0; cut <= operations; cut++) {
      for (let seed = 0; seed < seedsPerCut; seed++) {
        const world = await World.create(cut, seed);
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
      for (let again = 0; again < 10; again++) {
        const world = await World.create(cut, again);
        const recover = async (): Promise<void> => {
          world.losePower();
          world.disk.cutBefore = world.disk.operations + again;
          const store = await world.open().catch(() => undefined);
          await store?.put('counter', new Uint8Array(valueLength).fill(5)).catch(() => undefined);
          world.losePower();
        };
        // The value that is put is what the script ends with: it is one of the possible states where it got through.
        broken.push(...(await violations(world, recover, [['counter', 5]])));
      }
    }
    expect(broken).toEqual([]);
  });

  it('would be caught if its disk did not sync', async () => {
    const { operations } = await wholeRun();
    let caught = 0;
    for (let seed = 0; seed < seedsPerCut; seed++) {
      const world = await World.create(operations, seed, { lies: true }).catch(() => undefined);
      if (world === undefined) continue;
      const broken = await violations(world, () => world.losePower()).catch(() => ['cannot be opened']);
      caught += broken.length;
    }
    expect(caught).toBeGreaterThan(0);
  });
});

/** A disk and a chip, the processes on them one after the other, and what the script came to. */
class World {
  readonly disk: PowerLosingDisk;
  readonly name: string;
  readonly witness = new NonceWitness(nativeCore);
  /** How many changes were acknowledged. */
  acknowledged = 0;
  found: State = new Map();
  readonly #random: SeededRandom;
  readonly #entropy: SeededEntropy;

  private constructor(disk: PowerLosingDisk, name: string) {
    this.disk = disk;
    this.name = name;
    this.#random = new SeededRandom(name);
    this.#entropy = new SeededEntropy(name);
  }

  /** A world with a counter at 0, where the power goes after `cut` more operations. */
  static async create(cut: number, seed: number, options: { readonly lies?: boolean } = {}): Promise<World> {
    const world = new World(new PowerLosingDisk(options), `cut ${cut}, seed ${seed}`);
    const counter = await FileCounter.create('/chip/counter', { files: world.disk });
    await counter.close();
    world.disk.cutBefore = world.disk.operations + cut;
    return world;
  }

  async open(): Promise<SealedStore> {
    const counter = await FileCounter.open('/chip/counter', { files: this.disk });
    const file = new SealedLogFile('/flash/store', this.disk);
    const key = Secret.of(new Uint8Array(32).fill(3));
    return SealedStore.open({ core: this.witness.core, entropy: this.#entropy, file, counter, key });
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

async function wholeRun(): Promise<{ operations: number; rewrites: number }> {
  const world = await World.create(Infinity, 0);
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
async function violations(
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
  if (!isSameState(later, new Map([...world.found, ['later', 99]])))
    broken.push(`${world.name}: then ${stateText(later)}`);
  if (world.witness.repeated.length > 0) broken.push(`${world.name}: a nonce was used twice under one key`);
  world.found = later;
  return broken;
}
