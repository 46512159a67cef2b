/** A pending dataset on its way from the leader to everybody, before its delay is over (Thread 1.3 §8.4.3). */
import { Secret } from '@selvage/core';
import { timestampOf } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { line } from '../support/mesh-shape.js';
import { type MeshNode, MeshWorld } from '../support/mesh-world.js';

const delay = 6000;

/** A leader with two routers in a line behind it, a third beside the first, and children of the last, one of them asleep. */
async function house(seed: string): Promise<{ world: MeshWorld; leader: MeshNode; others: MeshNode[] }> {
  const world = new MeshWorld(seed);
  line(world, ['leader', 'near', 'far', 'child']);
  line(world, ['leader', 'near', 'far', 'sleepy']);
  for (const name of ['child', 'sleepy']) world.ether.setLinks('beside', name, { reaches: false });
  const leader = await world.lead('leader');
  const routers = [await world.route('near'), await world.route('beside'), await world.route('far')];
  const children = [
    await world.attach('child'),
    await world.attach('sleepy', { child: { sleepy: true, pollPeriod: 100 } }),
  ];
  await world.pass(20_000);
  return { world, leader, others: [...routers, ...children] };
}

describe('a pending dataset with another network key', () => {
  it.each(['one', 'two', 'three', 'four', 'five', 'six'])(
    'is with all of a house in time, and all move with it (seed %s)',
    async (seed) => {
      const { world, leader, others } = await house(seed);
      const { dataset } = leader.runner.node;
      const networkKey = Secret.of(new Uint8Array(16).fill(7));
      const next = dataset.with({
        networkKey,
        activeTimestamp: timestampOf(2),
        pendingTimestamp: timestampOf(2),
        delay,
      });
      leader.runner.run((node, now) => node.setPending(next, now));
      await world.pass(delay - 500);
      const without = others.filter(({ runner }) => runner.node.pendingDataset === undefined);
      expect(without.map(({ name }) => name)).toEqual([]);
      await world.pass(2000);
      const moved = others.filter(({ events }) => events.some((event) => event.kind === 'dataset' && event.moved));
      expect(moved.map(({ name }) => name)).toEqual(others.map(({ name }) => name));
      for (const { runner } of others) expect(runner.node.role).not.toBe('detached');
    },
  );
});
