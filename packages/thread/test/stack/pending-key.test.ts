import { fromHex, Secret, toHex } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { type Dataset, timestampOf } from '@selvage/thread';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';

const otherKey = '0123456789abcdef0123456789abcdef';
const delay = 30_000;

/** A dataset with another network key, PAN id and channel. */
function nextOf(world: MeshWorld, number = 2): Dataset {
  return world.dataset.with({
    activeTimestamp: timestampOf(number),
    pendingTimestamp: timestampOf(number),
    delay,
    channel: { page: 0, channel: 22 },
    panId: 0xbeef,
    networkKey: Secret.of(fromHex(otherKey)),
  });
}

/** Whether a store holds these bytes anywhere. */
async function holds(store: MemoryStore, hex: string): Promise<boolean> {
  for (const name of await store.names()) if (toHex((await store.get(name))!).includes(hex)) return true;
  return false;
}

async function expectTogether(world: MeshWorld, leader: MeshNode, child: MeshNode): Promise<void> {
  await world.until(
    () => child.runner.node.link.panId === 0xbeef && child.runner.node.role === 'child',
    2 * delay + 30_000,
  );
  expect([leader, child].map(({ runner }) => runner.node.link.channel)).toEqual([22, 22]);
  expect(await world.ping(leader, addressOf(child, 'mesh-local'), 300)).toBeGreaterThan(0);
}

const kinds = [
  ['awake', {}],
  ['asleep', { sleepy: true, pollPeriod: 500 }],
] as const;

describe('a pending dataset with another network key (Thread 1.3 §8.4.3)', () => {
  it.each(kinds)('of a child %s: its key is a handle once it is learnt, and in no store', async (_name, child) => {
    const world = new MeshWorld('pending-key');
    const leader = await world.lead();
    const node = await world.attach('child', { child });
    leader.runner.run((engine, now) => engine.setPending(nextOf(world), now));
    await world.until(() => node.runner.node.pendingDataset !== undefined, 3000);
    await world.pass(10);
    expect(node.runner.node.pendingDataset!.get('networkKey')).toBeUndefined();
    expect((await node.home.list()).length).toBe(2);
    expect([await holds(node.store, otherKey), await holds(leader.store, otherKey)]).toEqual([false, false]);
    await expectTogether(world, leader, node);
    expect((await node.home.list()).length).toBe(2);
    expect(await node.store.get('thread.dataset.pending')).toBeUndefined();
    expect(node.events.filter(({ kind }) => kind === 'failed' || kind === 'detached')).toEqual([]);
  });

  it.each(kinds)('is kept by a child %s over a restart, and in force when its delay is over', async (_name, child) => {
    const world = new MeshWorld('pending-key-restart');
    const leader = await world.lead();
    const before = await world.attach('child', { child });
    leader.runner.run((engine, now) => engine.setPending(nextOf(world), now));
    await world.until(() => before.runner.node.pendingDataset !== undefined, 3000);
    await world.pass(5000);
    await before.runner.stop();
    const { store, home } = before;
    const after = await world.attach('child-again', { child, store, home });
    expect(after.runner.node.pendingDataset?.get('panId')).toBe(0xbeef);
    await expectTogether(world, leader, after);
    await after.runner.stop();
    const later = await world.attach('child-later', { child, store, home });
    expect([later.runner.node.link.panId, later.runner.node.pendingDataset]).toEqual([0xbeef, undefined]);
  });

  it('of a leader is kept over a restart as well', async () => {
    const world = new MeshWorld('pending-key-leader');
    const before = await world.lead();
    before.runner.run((engine, now) => engine.setPending(nextOf(world), now));
    await world.pass(1000);
    await before.runner.stop();
    const { store, home } = before;
    const after = await world.lead('leader-again', { store, home });
    await world.until(() => after.runner.node.link.panId === 0xbeef, delay + 5000);
    const newest = world.dataset.with({
      ...{ networkKey: Secret.of(fromHex(otherKey)), channel: { page: 0, channel: 22 } },
      panId: 0xbeef,
    });
    const child = await world.attach('child', { dataset: newest });
    expect(await world.ping(child, addressOf(after, 'mesh-local'))).toBeGreaterThan(0);
  });

  it('gives way to a newer one, whose key takes the place of its key', async () => {
    const world = new MeshWorld('pending-key-twice');
    const leader = await world.lead();
    const node = await world.attach('child');
    const ids = async (): Promise<string[]> => (await node.home.list()).map(({ id }) => id);
    leader.runner.run((engine, now) => engine.setPending(nextOf(world), now));
    await world.until(() => node.runner.node.pendingDataset !== undefined, 3000);
    await world.pass(10);
    const first = await ids();
    leader.runner.run((engine, now) => engine.setPending(nextOf(world, 3), now));
    await world.pass(3000);
    const second = await ids();
    expect([first.length, second.length, first[1] === second[1]]).toEqual([2, 2, false]);
    await expectTogether(world, leader, node);
  });

  it('survives the power failing at any write: the child is in the network that is there', async () => {
    const writes = await lifeWithCut(undefined);
    expect(writes).toBeGreaterThan(3);
    for (let write = 0; write < writes; write++) {
      for (const outcome of ['old', 'new'] as const) await lifeWithCut({ write, outcome });
    }
  });
});

/** A child's life through the change of key, with the power cut during one write; gives how many writes there were. */
async function lifeWithCut(
  cut: { readonly write: number; readonly outcome: 'old' | 'new' } | undefined,
): Promise<number> {
  const world = new MeshWorld('pending-key-power');
  const leader = await world.lead();
  const store = new MemoryStore();
  let child = await world.attach('child', { store });
  const { home } = child;
  const start = store.writes;
  if (cut !== undefined) store.cutPowerDuring(cut.write, cut.outcome);
  leader.runner.run((engine, now) => engine.setPending(nextOf(world), now));
  const isCut = (): boolean => child.events.some(({ kind }) => kind === 'failed');
  const isThere = (): boolean => child.runner.node.link.panId === 0xbeef && child.runner.node.role === 'child';
  await world.until(() => isThere() || isCut(), 2 * delay);
  await world.pass(100);
  const writes = store.writes - start;
  if (cut !== undefined) {
    await child.runner.stop();
    store.powerOn();
    child = await world.attach('child-again', { store, home });
  }
  await expectTogether(world, leader, child);

  return writes;
}
