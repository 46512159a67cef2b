import { decode, encode, fromHex, Secret, toHex } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { Ip6Endpoint, parseIp6, timestampOf } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { networkRecord } from '../../src/stack/network-record.js';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';

const kinds = [
  ['with its receiver on', { timeout: 10 }],
  ['asleep', { sleepy: true, pollPeriod: 300, timeout: 10 }],
] as const;

describe('a child keeps to its network (Thread 1.3 §4.7)', () => {
  it.each(kinds)('restarts %s: its parent knows it, and it has the same addresses at once', async (_name, child) => {
    const world = new MeshWorld('restart');
    const leader = await world.lead();
    const store = new MemoryStore();
    const before = await world.attach('child', { child, store });
    const rloc16 = before.runner.node.rloc16;
    await before.runner.stop();
    const begun = world.clock.now();
    const after = await world.attach('child-again', { child, store });
    expect(world.clock.now() - begun).toBeLessThan(250);
    expect(after.runner.node.rloc16).toBe(rloc16);
    expect(addressOf(after, 'mesh-local')).toEqual(addressOf(before, 'mesh-local'));
    expect(await world.ping(leader, addressOf(after, 'mesh-local'), 500)).toBeGreaterThan(0);
  });

  it.each(kinds)('restarts %s with a former locator, its power cut as it stored another', async (_name, child) => {
    const world = new MeshWorld('former-locator');
    const leader = await world.lead();
    const store = new MemoryStore();
    const before = await world.attach('child', { child, store });
    const other = await world.attach('other');
    const { rloc16 } = before.runner.node;
    await before.runner.stop();
    const record = decode(networkRecord, (await store.get('thread.network'))!);
    const { rloc16: taken = 0 } = other.runner.node;
    await store.put('thread.network', encode(networkRecord, { ...record, rloc16: taken }));
    const after = await world.attach('child-again', { child, store });
    await world.pass(1000);
    expect([rloc16, taken].map((one) => one! >> 10)).toEqual(
      [leader, leader].map(({ runner }) => runner.node.rloc16! >> 10),
    );
    expect(after.runner.node.rloc16).toBe(rloc16);
    for (const [from, to] of [
      [leader, after],
      [after, leader],
      [other, after],
      [leader, other],
    ] as const) {
      expect(await world.ping(from, addressOf(to, 'rloc'), 500)).toBeGreaterThan(0);
    }
  });

  it('asleep, it has its parent know the groups that it joined before it attached', async () => {
    const world = new MeshWorld('groups-before');
    const leader = await world.lead();
    const child = await world.open('child', { child: { sleepy: true, pollPeriod: 300 } });
    const group = parseIp6('ff03::158');
    child.runner.run((node, now) => {
      node.join(group, now);
      node.attach(now);
    });
    await world.until(() => child.runner.node.role === 'child');
    const heard: number[] = [];
    child.runner.openPort({ port: 5683 }).onDatagram((payload) => heard.push(payload.length));
    await world.pass(2000);
    leader.runner.openPort().send(fromHex('0102'), new Ip6Endpoint(group, 5683));
    await world.pass(1000);
    expect(heard).toEqual([2]);
  });

  it.each(kinds)('%s through a restart of its parent, which knows its children', async (_name, child) => {
    const world = new MeshWorld('leader-restart');
    const store = new MemoryStore();
    const before = await world.lead('leader', { store });
    const node = await world.attach('child', { child });
    await before.runner.stop();
    const after = await world.lead('leader-again', { store });
    expect(after.runner.node.rloc16).toBe(before.runner.node.rloc16);
    await world.until(() => after.events.some(({ kind }) => kind === 'child'), 5000);
    expect(await world.ping(after, addressOf(node, 'mesh-local'), 500)).toBeGreaterThan(0);
    expect(await world.ping(node, addressOf(after, 'mesh-local'))).toBeGreaterThan(0);
    expect(node.events.filter(({ kind }) => kind === 'detached')).toEqual([]);
  });

  it.each(kinds)('%s: notices that its parent is gone, waits ever longer, and takes another', async (_name, child) => {
    const world = new MeshWorld('parent-killed');
    const leader = await world.lead();
    const node = await world.attach('child', { child });
    await leader.runner.stop();
    await world.until(() => node.runner.node.role === 'detached', 20_000);
    await world.pass(60_000);
    const searches = node.events.filter(({ kind }) => kind === 'no-parent').length;
    expect(searches).toBeGreaterThan(3);
    expect(searches).toBeLessThan(12);
    const other = await world.lead('other');
    await world.until(() => node.runner.node.role === 'child');
    expect(await world.ping(other, addressOf(node, 'mesh-local'))).toBeGreaterThan(0);
  });

  it.each(kinds)('%s: moves with PAN id, channel and network key of a pending dataset', async (_name, child) => {
    const world = new MeshWorld('pending');
    const leader = await world.lead();
    const node = await world.attach('child', { child });
    const dataset = world.dataset.with({
      activeTimestamp: timestampOf(2),
      pendingTimestamp: timestampOf(2),
      delay: 5000,
      channel: { page: 0, channel: 22 },
      panId: 0xbeef,
      networkKey: Secret.of(fromHex('0123456789abcdef0123456789abcdef')),
    });
    leader.runner.run((engine, now) => engine.setPending(dataset, now));
    await world.until(() => node.runner.node.pendingDataset !== undefined, 3000);
    await world.until(() => node.runner.node.link.channel === 22, 6000);
    await world.pass(3000);
    expect([leader, node].map(({ runner }) => runner.node.link.panId)).toEqual([0xbeef, 0xbeef]);
    expect(await world.ping(leader, addressOf(node, 'mesh-local'), 500)).toBeGreaterThan(0);
    expect(node.events.filter(({ kind }) => kind === 'detached')).toEqual([]);
    expect(node.runner.node.pendingDataset).toBeUndefined();
  });

  it.each(kinds)('%s: follows its parent to the next key sequence', async (_name, child) => {
    const world = new MeshWorld('sequence');
    const leader = await world.lead();
    const node = await world.attach('child', { child });
    leader.runner.run((engine, now) => engine.keys.moveTo(1, now));
    expect(await world.ping(leader, addressOf(node, 'mesh-local'))).toBeGreaterThan(0);
    expect(node.runner.node.keys.current.sequence).toBe(1);
  });

  it('hears the groups that it joined: awake from the air, asleep when its parent hands them down', async () => {
    const world = new MeshWorld('groups');
    const leader = await world.lead();
    const nodes = [
      await world.attach('awake'),
      await world.attach('asleep', { child: { sleepy: true, pollPeriod: 300 } }),
      await world.attach('sender'),
    ] as const;
    const group = parseIp6('ff03::158');
    const heard: string[] = [];
    for (const node of nodes.slice(0, 2)) listen(node, group, heard);
    await world.pass(1000);
    nodes[2].runner.openPort().send(fromHex('01'), new Ip6Endpoint(group, 5683));
    await world.pass(1500);
    expect(heard.sort()).toEqual(['asleep 01', 'awake 01']);
    listen(leader, group, heard);
    nodes[0].runner.openPort().send(fromHex('02'), new Ip6Endpoint(group, 5683));
    await world.pass(1500);
    expect(heard.sort()).toEqual(['asleep 01', 'asleep 02', 'awake 01', 'leader 02']);
  });

  it('gives the same bytes from the same seed', async () => {
    const [a, b, c] = [await bytesOf('same'), await bytesOf('same'), await bytesOf('other')];
    expect(a).toBe(b);
    expect(c).not.toBe(a);
  });
});

function listen({ runner, name }: MeshNode, group: Uint8Array, heard: string[]): void {
  const port = runner.openPort({ port: 5683 }, [group]);
  port.onDatagram((payload) => heard.push(`${name} ${toHex(payload)}`));
}

async function bytesOf(seed: string): Promise<string> {
  const world = new MeshWorld(seed, { loss: 0.1 });
  const frames: string[] = [];
  world.ether.tap(({ at, psdu }) => frames.push(`${at} ${toHex(psdu)}`));
  const leader = await world.lead();
  const child = await world.attach('child');
  await world.ping(leader, addressOf(child, 'mesh-local'), 600);
  return frames.join('\n');
}

describe('a leader whose power fails', () => {
  it('moves its network all the same when the delay is over', async () => {
    const world = new MeshWorld('pending-restart');
    const before = await world.lead();
    const [activeTimestamp, pendingTimestamp] = [timestampOf(2), timestampOf(2)];
    const dataset = world.dataset.with({ activeTimestamp, pendingTimestamp, delay: 5000, panId: 0xbeef });
    before.runner.run((engine, now) => engine.setPending(dataset, now));
    await world.pass(1000);
    await before.runner.stop();
    const { store, home } = before;
    const after = await world.lead('leader-again', { store, home });
    await world.until(() => after.runner.node.link.panId === 0xbeef, 6000);
    await world.pass(100);
    await after.runner.stop();
    const later = await world.lead('leader-later', { store, home });
    expect([later.runner.node.link.panId, later.runner.node.pendingDataset]).toEqual([0xbeef, undefined]);
  });
});

describe('a node that takes part in nothing looks for networks (Thread 1.3 §8.4.4)', () => {
  it('asks channel after channel, and tells name, PAN ids and channel of who answers', async () => {
    const world = new MeshWorld('discovery');
    const leader = await world.lead();
    const node = await world.open('looker');
    node.runner.run((engine, now) => engine.discover([11, 15, 20], now));
    await world.until(() => node.events.some(({ kind }) => kind === 'discovery-over'), 2000);
    const found = node.events.flatMap((event) => (event.kind === 'discovered' ? [event.network] : []));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      name: world.dataset.name,
      panId: 0xface,
      channel: 15,
      extended: leader.runner.node.link.extended,
      extendedPanId: world.dataset.get('extendedPanId'),
    });
    node.runner.run((engine, now) => engine.attach(now));
    await world.until(() => node.runner.node.role === 'child', 3000);
  });
});

describe('a network that moved while a child was off (Thread 1.3 §4.8)', () => {
  it.each(kinds)(
    'is found by announcements on the other channels, and its dataset is taken: %s',
    async (_name, child) => {
      const world = new MeshWorld('announce');
      const moved = world.dataset.with({
        activeTimestamp: timestampOf(2),
        channel: { page: 0, channel: 24 },
        panId: 0xbeef,
      });
      const leader = await world.lead('leader', { dataset: moved });
      const node = await world.open('child', { child });
      node.runner.run((engine, now) => engine.attach(now));
      await world.until(() => node.runner.node.role === 'child', 60_000);
      expect(node.runner.node.link.channel).toBe(24);
      await world.until(() => node.runner.node.dataset.get('panId') === 0xbeef, 5000);
      expect(await world.ping(leader, addressOf(node, 'mesh-local'))).toBeGreaterThan(0);
    },
  );
});
