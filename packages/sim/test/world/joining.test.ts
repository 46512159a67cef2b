import { toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { AirDigest, captureAir, World, type WorldNode } from '@selvage/sim';
import { describe, expect, it } from 'vitest';

const lamp = { eui64: '18b4300000000001', passphrase: 'J01NME' };

async function commissioned(seed: string): Promise<World> {
  const world = new World({ seed, conditions: { loss: 0.02 } });
  world.add({ name: 'r1', kind: 'router' }).start('lead');
  await world.run(10_000);
  const commissioner = world.commission('r1');
  commissioner.admit([lamp]);
  await world.until(() => commissioner.commissioner.state === 'active', 5000);
  await world.run(2000);
  return world;
}

function joining(world: World, passphrase: string, tries: number): WorldNode {
  const node = world.add({ name: 'lamp', kind: 'sleepy', join: { ...lamp, passphrase, tries }, pollPeriod: 1000 });
  node.start('attach');
  return node;
}

const failures = (node: WorldNode) => node.joinStory?.failures.map(({ details }) => details?.['failure']);

describe('a device that holds nothing but its passphrase', () => {
  it('joins and attaches, and attaches again after it lost its power', async () => {
    const world = await commissioned('1');
    const node = joining(world, lamp.passphrase, 1);
    expect(node.isJoining).toBe(true);
    expect(await world.until(() => node.thread?.role === 'child', 15_000)).toBeDefined();
    const { begunAt, entrustedAt, attachedAt, tries } = node.joinStory!;
    expect([entrustedAt! > begunAt, attachedAt! > entrustedAt!, tries]).toEqual([true, true, 1]);
    node.cutPower();
    await world.run(1000);
    node.start('attach');
    expect(node.isJoining).toBe(false);
    expect(await world.until(() => node.thread?.role === 'child', 15_000)).toBeDefined();
  });

  it('finds its network again at each try: answers come to the address that asked, not to the joiner ID', async () => {
    const world = await commissioned('2');
    const node = joining(world, 'WR0NGN', 3);
    await world.run(90_000);
    expect(failures(node)).toEqual(['wrong-pskd', 'wrong-pskd', 'wrong-pskd']);
  });

  it('asks a channel again where its question, or all answers to it, were lost', async () => {
    const world = await commissioned('5');
    let lost = 0;
    world.ether.tamper = (psdu, from, to) => (from === 'lamp' && to === 'r1' && lost++ === 0 ? [] : [psdu]);
    const node = joining(world, lamp.passphrase, 1);
    await world.until(() => node.joinStory?.entrustedAt !== undefined, 15_000);
    expect([lost > 1, failures(node), node.joinStory?.entrustedAt !== undefined]).toEqual([true, [], true]);
  });

  it('is rejected once, however many joiner routers of the network it hears', async () => {
    const world = new World({ seed: '6' });
    const router = { upgradeThreshold: 32, downgradeThreshold: 33, selectionJitter: 1 };
    for (const name of ['r1', 'r2', 'r3']) {
      world.add({ name, kind: 'router', router }).start(name === 'r1' ? 'lead' : 'attach');
      await world.run(20_000);
    }
    const commissioner = world.commission('r1');
    commissioner.admit([lamp]);
    commissioner.reject(lamp.eui64);
    await world.run(5000);
    let finalised = 0;
    world.onEvent(({ event }) => {
      const news = event.kind === 'commissioner' ? event.event : undefined;
      if (news?.kind === 'joiner' && news.progress.kind === 'finalised') finalised++;
    });
    const node = joining(world, lamp.passphrase, 1);
    await world.run(30_000);
    expect([failures(node), finalised]).toEqual([['finalisation-rejected'], 1]);
  });

  it('looks again soon where a commissioner with a long list expects others first', async () => {
    const world = new World({ seed: '7' });
    world.add({ name: 'r1', kind: 'router' }).start('lead');
    await world.run(10_000);
    const commissioner = world.commission('r1');
    await world.until(() => commissioner.commissioner.state === 'active', 5000);
    const others = Array.from({ length: 80 }, (_, i) => ({ ...lamp, eui64: `18b43000000001${(16 + i).toString(16)}` }));
    commissioner.admit([...others, lamp]);
    await world.run(1000);
    const node = joining(world, lamp.passphrase, 10);
    await world.until(() => node.joinStory?.entrustedAt !== undefined, 60_000);
    expect(new Set(failures(node))).toEqual(new Set(['not-in-steering-data']));
    expect(node.joinStory?.entrustedAt).toBeDefined();
  });

  it('puts the same bytes on the air for the same seed', async () => {
    const digests: string[] = [];
    for (const seed of ['3', '3', '4']) {
      const world = await commissioned(seed);
      const digest = new AirDigest(nativeCore);
      captureAir(world, (bytes) => digest.add(bytes));
      const node = joining(world, lamp.passphrase, 1);
      await world.until(() => node.thread?.role === 'child', 15_000);
      digests.push(toHex(digest.value));
    }
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });
});
