/** Devices that join a mesh of 25 routers by their passphrases, in virtual time. */
import { SelvageError } from '@selvage/core';
import { type Admitted, World, type WorldNode } from '@selvage/sim';

/** How many join, and how many of them at a time. */
export interface JoinGridOptions {
  readonly seed: string;
  readonly devices: number;
  readonly atOnce: number;
  /** How often each tries; once by default. */
  readonly tries?: number;
  /** Called when the grid stands, before the first device is switched on. */
  readonly onGrid?: (world: World) => void;
}

/** What became of it; times in milliseconds of virtual time. */
export interface JoinGridOutcome {
  /** Of each that joined: from its start to the network key, and to its place in the network. */
  readonly joined: readonly { readonly keyAfter: number; readonly placeAfter: number; readonly tries: number }[];
  readonly failed: number;
  /** Why tries failed, and how many of each. */
  readonly failures: Readonly<Record<string, number>>;
  /** From the first start until the last has its place. */
  readonly took: number;
  readonly mostChildren: number;
  readonly frames: number;
}

const side = 5;
/** Metres: as in OTNS's stress tests a radio reaches one and a half times to the next router, so that of the diagonal too. */
const [range, spacing] = [100, 60] as const;
const loss = 0.05;
/** The last channel that joiners look at. */
const channel = 26;
const [minute, second] = [60_000, 1000] as const;
/** All of the grid route. */
const router = { upgradeThreshold: 32, downgradeThreshold: 33, selectionJitter: 1 } as const;
const patience = { form: 30 * minute, join: 30 * minute } as const;

export async function joinGrid(options: JoinGridOptions): Promise<JoinGridOutcome> {
  const { seed, devices: count, atOnce, tries = 1, onGrid } = options;
  const world = await grid(seed);
  const list: Admitted[] = Array.from({ length: count }, (_, i) => ({ eui64: eui64(i), passphrase: 'J01NME' }));
  const commissioner = world.commission('r1');
  commissioner.admit(list);
  await until(world, () => commissioner.commissioner.state === 'active', minute, 'the commissioner is not active');
  await world.run(5 * second);
  const devices = list.map((admitted, i) =>
    world.add({ name: `d${i + 1}`, kind: 'end-device', position: place(i, count), join: { ...admitted, tries } }),
  );
  onGrid?.(world);
  const begun = world.now();
  const { transmitted } = world.ether.counters;
  const waiting = [...devices];
  let running: WorldNode[] = [];
  // Those that are not in by then have failed.
  await world.until(() => {
    running = running.filter((node) => !isOver(node, tries));
    for (const node of waiting.splice(0, atOnce - running.length)) {
      running.push(node);
      // Nobody switches several on in the same instant.
      world.at(world.now() + world.random.unit() * 100, () => node.start('attach'));
    }
    return running.length === 0;
  }, patience.join);
  const stories = devices.map(({ joinStory }) => joinStory);
  const failures: Record<string, number> = {};
  for (const story of stories) {
    for (const { details } of story?.failures ?? []) {
      const name = String(details?.['failure']);
      failures[name] = (failures[name] ?? 0) + 1;
    }
  }
  const joined = stories.flatMap((story) => {
    if (story?.entrustedAt === undefined || story.attachedAt === undefined) return [];
    const { begunAt, entrustedAt, attachedAt } = story;
    return [{ keyAfter: entrustedAt - begunAt, placeAfter: attachedAt - begunAt, tries: story.tries }];
  });
  return {
    joined,
    failed: count - joined.length,
    failures,
    took: world.now() - begun,
    mostChildren: Math.max(...childCounts(devices).values(), 0),
    frames: world.ether.counters.transmitted - transmitted,
  };
}

async function grid(seed: string): Promise<World> {
  const world = new World({ seed, range, conditions: { loss }, channel });
  const routers = Array.from({ length: side * side }, (_, i) => {
    const position = { x: (i % side) * spacing, y: Math.floor(i / side) * spacing };
    return world.add({ name: `r${i + 1}`, kind: 'router', position, router });
  });
  for (const [i, node] of routers.entries()) {
    node.start(i === 0 ? 'lead' : 'attach');
    await world.run(second);
  }
  const isRouting = ({ thread }: WorldNode): boolean => thread?.role === 'router' || thread?.role === 'leader';
  await until(world, () => routers.every(isRouting), patience.form, 'the routers do not become routers');
  await world.run(2 * minute);
  return world;
}

/** Rows of places over the whole of the grid. */
function place(i: number, count: number): { readonly x: number; readonly y: number } {
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  const extent = (side - 1) * spacing;
  // Neighbours do not start one after the other.
  const at = (i * 7) % count;
  return { x: (((at % columns) + 0.5) / columns) * extent, y: ((Math.floor(at / columns) + 0.5) / rows) * extent };
}

function eui64(i: number): string {
  return `18b43000${(i + 1).toString(16).padStart(8, '0')}`;
}

/** It has its place, or has given up. */
function isOver({ joinStory, thread }: WorldNode, tries: number): boolean {
  if (joinStory === undefined) return false;
  return thread?.rloc16 !== undefined || joinStory.failures.length >= tries;
}

function childCounts(devices: readonly WorldNode[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { thread } of devices) {
    if (thread?.rloc16 === undefined) continue;
    const parent = thread.rloc16 & 0xfc00;
    counts.set(parent, (counts.get(parent) ?? 0) + 1);
  }
  return counts;
}

async function until(world: World, condition: () => boolean, within: number, otherwise: string): Promise<void> {
  if ((await world.until(condition, within)) === undefined) throw new SelvageError('timed-out', otherwise);
}
