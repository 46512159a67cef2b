import { LogStore } from '@selvage/core/node';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { PowerLosingDisk } from '../support/power-losing-disk.js';
import { VirtualProcesses } from '../support/processes.js';

type Change = readonly [name: string, value: number | undefined];
type State = ReadonlyMap<string, number>;

/** What is asked for in one turn, turn after turn: values, replacements, deletes, a name that comes back. */
const script: readonly (readonly Change[])[] = [
  [['counter', 1]],
  [
    ['key', 10],
    ['counter', 2],
    ['other', 20],
  ],
  [
    ['key', undefined],
    ['counter', 3],
  ],
  [['counter', 4]],
  [
    ['key', 11],
    ['key', 12],
    ['other', undefined],
  ],
  [['counter', 5]],
];
const changes = script.flat();
/** So large that the log is written anew on the way. */
const valueLength = 20_000;
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
        if (!isSame(before, after)) broken.push(`cut ${cut}, seed ${seed}: ${text(before)} became ${text(after)}`);
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
  async run(): Promise<void> {
    try {
      const store = await this.open();
      for (const turn of script) {
        const results = await Promise.allSettled(turn.map((change) => apply(store, change)));
        for (const { status } of results) if (status === 'fulfilled') this.acknowledged++;
        if (results.some(({ status }) => status === 'rejected')) return;
      }
      await store.close();
    } catch {
      // The power is off.
    }
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
  if (!possible.some((count) => isSame(stateAfter(count), world.found))) {
    broken.push(`${world.name}: ${text(world.found)} after ${world.acknowledged} acknowledged`);
  }
  await apply(store, ['later', 99]);
  await store.close();
  const later = await stateOf(await world.open());
  if (!isSame(later, new Map([...world.found, ['later', 99]]))) broken.push(`${world.name}: then ${text(later)}`);
  world.found = later;
  return broken;
}

/** What the first changes of the script leave. */
function stateAfter(count: number): State {
  const state = new Map<string, number>();
  for (const [name, value] of changes.slice(0, count)) {
    if (value === undefined) state.delete(name);
    else state.set(name, value);
  }
  return state;
}

async function stateOf(store: LogStore): Promise<State> {
  const names = await store.names();
  return new Map(await Promise.all(names.map(async (name) => [name, valueOf(await store.get(name))] as const)));
}

function isSame(a: State, b: State): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);
}

function text(state: State): string {
  return JSON.stringify(Object.fromEntries(state));
}

function apply(store: LogStore, [name, value]: Change): Promise<void> {
  return value === undefined ? store.delete(name) : store.put(name, new Uint8Array(valueLength).fill(value));
}

/** The byte that a value is full of; -1 for a value that is torn. */
function valueOf(bytes: Uint8Array | undefined): number {
  const whole = bytes?.length === valueLength && bytes.every((byte) => byte === bytes[0]);
  return whole ? (bytes[0] as number) : -1;
}
