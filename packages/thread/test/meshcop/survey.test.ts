import { fromHex, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { allThreadNodes, CommissionerDiagnostics, locatorAddress, parseIp6, timestampOf } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { readPsdu } from '../../src/mac/receiver.js';
import { BorderInMesh, nativeCommissioner, type CommissionerInMesh } from '../support/border-in-mesh.js';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';

const allNodes = parseIp6('ff03::1');

type Of<Kind> = Extract<CommissionerInMesh['events'][number], { kind: Kind }>;

const energyOf = ({ events }: CommissionerInMesh): Of<'energy'>[] =>
  events.filter((event): event is Of<'energy'> => event.kind === 'energy');
const conflictsOf = ({ events }: CommissionerInMesh): Of<'pan-id-conflict'>[] =>
  events.filter((event): event is Of<'pan-id-conflict'> => event.kind === 'pan-id-conflict');

/** A leader that commissions, a router, and a sleepy child. */
async function surveyed(seed: string): Promise<{
  readonly world: MeshWorld;
  readonly nodes: readonly [MeshNode, MeshNode, MeshNode];
  readonly commissioner: CommissionerInMesh;
}> {
  const world = new MeshWorld(seed);
  const leader = await world.lead();
  const router = await world.route('router');
  const sleepy = await world.attach('sleepy', { child: { sleepy: true, pollPeriod: 500 } });
  await world.pass(60_000);
  const commissioner = await nativeCommissioner(world, leader);
  await world.pass(10_000);
  return { world, nodes: [leader, router, sleepy], commissioner };
}

/** Another network within range. */
async function neighbourNetwork(world: MeshWorld, channel: number, panId: number): Promise<MeshNode> {
  const dataset = world.dataset.with({
    channel: { page: 0, channel },
    panId,
    networkKey: world.dataset.get('pskc'),
    extendedPanId: fromHex('0102030405060708'),
  });
  return world.lead('neighbour', { dataset });
}

describe('MGMT_ED_SCAN (Thread 1.3 §8.7.10)', () => {
  it('a router measures each channel as often as it is asked, tells the strongest, and stays where it is', async () => {
    const { world, nodes, commissioner } = await surveyed('energy');
    const [leader, router] = nodes;
    const begin = world.clock.now();
    for (let at = begin; at < begin + 8000; at += 40) world.ether.interfere({ channel: 20, from: at, duration: 10 });
    const answers: (string | undefined)[] = [];
    commissioner.runner.run((engine) =>
      engine.scanEnergy(
        { channels: [20, 25], count: 2, period: 200, scanDuration: 500 },
        addressOf(router, 'rloc'),
        (payload) => void answers.push(payload && toHex(payload)),
      ),
    );
    let pings = 0;
    while (energyOf(commissioner).length === 0) {
      if ((await world.ping(leader, addressOf(router, 'mesh-local'))) !== undefined) pings++;
      await world.pass(100);
    }
    expect(answers).toEqual(['']);
    const [report] = energyOf(commissioner);
    expect(report).toMatchObject({ from: addressOf(router, 'rloc'), channels: [20, 25] });
    expect(report!.levels).toHaveLength(4);
    expect(report!.levels.map((level) => level > -90)).toEqual([true, false, true, false]);
    // 1 s before, 4 measurements of 500 ms with 200 ms between them, 500 ms after.
    expect(world.clock.now() - begin).toBeGreaterThan(1000 + 4 * 500 + 3 * 200 + 500);
    expect(pings).toBeGreaterThan(10);
    expect(router.runner.node.role).toBe('router');
    expect(router.runner.node.link.channel).toBe(15);
  });

  it('a group is asked at once: each node reports by itself, a sleepy one too, and nobody answers the question', async () => {
    const { world, nodes, commissioner } = await surveyed('group');
    const [leader, router, sleepy] = nodes;
    const scan = { channels: [11, 15, 26], count: 1, period: 32, scanDuration: 100 };
    const prefix = { address: world.dataset.get('meshLocalPrefix')!, length: 64 };
    commissioner.runner.run((engine) => engine.scanEnergy(scan, allThreadNodes('realm', prefix)));
    await world.until(() => energyOf(commissioner).length === 3, 20_000);
    await world.pass(5000);
    const from = energyOf(commissioner).map((event) => toHex(event.from!));
    // The node of the commissioner does its part too.
    const all = [leader, router, sleepy].map((node) => toHex(addressOf(node, 'rloc')));
    expect(from.toSorted()).toEqual(all.toSorted());
    expect(energyOf(commissioner).map(({ levels }) => levels.length)).toEqual([3, 3, 3]);
    expect(nodes.map(({ runner }) => runner.node.role)).toEqual(['leader', 'router', 'child']);
  });

  it('of none it reports none; of too many what a report holds', async () => {
    const { world, nodes, commissioner } = await surveyed('many');
    const to = addressOf(nodes[1], 'rloc');
    const scan = { channels: [15], period: 0, scanDuration: 1 };
    commissioner.runner.run((engine) => engine.scanEnergy({ ...scan, count: 0 }, to));
    await world.until(() => energyOf(commissioner).length === 1, 20_000);
    expect(energyOf(commissioner)[0]!.levels).toEqual([]);
    commissioner.runner.run((engine) => engine.scanEnergy({ ...scan, count: 255 }, to));
    await world.until(() => energyOf(commissioner).length === 2, 60_000);
    expect(energyOf(commissioner)[1]!.levels).toHaveLength(254);
  });

  it('a measurement that takes long is cut in parts, and the network does not lose its router', async () => {
    const { world, nodes, commissioner } = await surveyed('long');
    const [leader, router] = nodes;
    world.ether.interfere({ channel: 20, from: world.clock.now() + 21_000, duration: 100 });
    const scan = { channels: [20], count: 1, period: 0, scanDuration: 60_000 };
    commissioner.runner.run((engine) => engine.scanEnergy(scan, addressOf(router, 'rloc')));
    let lost = 0;
    while (energyOf(commissioner).length === 0) {
      if ((await world.ping(leader, addressOf(router, 'mesh-local'))) === undefined) lost++;
      await world.pass(1000);
    }
    expect(energyOf(commissioner)[0]!.levels.map((level) => level > -90)).toEqual([true]);
    expect(lost).toBeLessThan(5);
    expect(router.events.some(({ kind }) => kind === 'detached')).toBe(false);
  });

  it('one request takes five minutes at most, whatever it asks for, and a new one takes the place of it', async () => {
    const { world, nodes, commissioner } = await surveyed('hours');
    const to = addressOf(nodes[1], 'rloc');
    const hours = { channels: [11, 15, 20, 26], count: 255, period: 0xffff, scanDuration: 1000 };
    let since = world.clock.now();
    commissioner.runner.run((engine) => engine.scanEnergy(hours, to));
    await world.until(() => energyOf(commissioner).length === 1, 320_000);
    // 67.4 s each: 1 s in ten parts with 0.9 s between them, and 65.5 s.
    expect(energyOf(commissioner)[0]!.levels).toHaveLength(4);
    expect(world.clock.now() - since).toBeGreaterThan(3 * 65_535);
    commissioner.runner.run((engine) => engine.scanEnergy(hours, to));
    await world.pass(70_000);
    since = world.clock.now();
    commissioner.runner.run((engine) => engine.scanEnergy({ ...hours, channels: [15], count: 1 }, to));
    await world.until(() => energyOf(commissioner).length === 2, 10_000);
    expect(energyOf(commissioner)[1]).toMatchObject({ channels: [15], levels: [expect.any(Number)] });
    await world.pass(400_000);
    expect(energyOf(commissioner)).toHaveLength(2);
  });

  it('ends when nobody commissions any more: there is nobody to report to', async () => {
    const { world, nodes, commissioner } = await surveyed('ended');
    const scan = { channels: [20], count: 20, period: 500, scanDuration: 100 };
    commissioner.runner.run((engine) => engine.scanEnergy(scan, addressOf(nodes[1], 'rloc')));
    await world.pass(2000);
    commissioner.runner.run((engine) => engine.resign());
    await world.pass(20_000);
    expect(energyOf(commissioner)).toEqual([]);
    expect(nodes[1].runner.node.commissioning.deadline).toBe(Infinity);
  });
});

describe('MGMT_PANID_QUERY (Thread 1.3 §8.7.11)', () => {
  it('tells on which channels a PAN of the id is, and nothing of others', async () => {
    const { world, nodes, commissioner } = await surveyed('pan');
    await neighbourNetwork(world, 20, 0xbeef);
    await world.pass(5000);
    const to = addressOf(nodes[1], 'rloc');
    commissioner.runner.run((engine) => engine.queryPanId({ panId: 0x1234, channels: [11, 20] }, to));
    await world.pass(10_000);
    expect(conflictsOf(commissioner)).toEqual([]);
    commissioner.runner.run((engine) => engine.queryPanId({ panId: 0xbeef, channels: [11, 20, 26] }, to));
    await world.until(() => conflictsOf(commissioner).length > 0, 20_000);
    expect(conflictsOf(commissioner)).toEqual([{ kind: 'pan-id-conflict', from: to, panId: 0xbeef, channels: [20] }]);
    expect(nodes[1].runner.node.link.counters.beacons).toBeGreaterThan(0);
    expect(nodes[1].runner.node.role).toBe('router');
  });

  it('a group is asked: each that finds it tells, a sleepy child by itself too; children answer no Beacon Request', async () => {
    const { world, nodes, commissioner } = await surveyed('pans');
    await neighbourNetwork(world, 20, 0xbeef);
    const beacons: (string | undefined)[] = [];
    world.ether.tap(({ psdu, from }) => {
      if (readPsdu(psdu)?.frame.type === 'beacon') beacons.push(from);
    });
    commissioner.runner.run((engine) => {
      engine.queryPanId({ panId: 0xbeef, channels: [20] }, allNodes);
      engine.queryPanId({ panId: 0xbeef, channels: [15, 20] }, addressOf(nodes[2], 'rloc'));
    });
    await world.until(() => conflictsOf(commissioner).length === 3, 30_000);
    expect(new Set(beacons)).toEqual(new Set(['neighbour', 'leader', 'router']));
  });
});

describe('MGMT_ANNOUNCE_BEGIN (Thread 1.3 §8.7.12)', () => {
  it('announces on each channel, as often as it is asked, and who was left behind there comes back', async () => {
    const { world, nodes, commissioner } = await surveyed('announce');
    const { dataset } = nodes[0].runner.node;
    expect(dataset.get('activeTimestamp')!.seconds).toBeGreaterThan(0);
    const old = dataset.with({ channel: { page: 0, channel: 20 }, activeTimestamp: timestampOf(0) });
    const lost = await world.open('lost', { dataset: old });
    lost.runner.run((engine, now) => engine.attach(now));
    await world.pass(3000);
    expect(lost.runner.node.role).toBe('detached');
    const announced: number[] = [];
    world.ether.tap(({ psdu, from, channel }) => {
      const frame = readPsdu(psdu)?.frame;
      if (from === 'router' && frame?.security?.key.mode === 2) announced.push(channel);
    });
    const rounds = { channels: [20, 25], count: 3, period: 400 };
    commissioner.runner.run((engine) => engine.announce(rounds, addressOf(nodes[1], 'rloc')));
    await world.until(() => lost.runner.node.role === 'child', 30_000);
    await world.pass(5000);
    expect(announced).toEqual([20, 25, 20, 25, 20, 25]);
    expect(lost.runner.node.link.channel).toBe(15);
    expect(nodes[1].runner.node.link.channel).toBe(15);
  });

  it('does what was asked last, for five minutes at most, and nothing for no count or no period', async () => {
    const { world, nodes, commissioner } = await surveyed('announces');
    let [announced, lastAt] = [0, 0];
    world.ether.tap(({ psdu }) => {
      if (readPsdu(psdu)?.frame.security?.key.mode !== 2) return;
      announced++;
      lastAt = world.clock.now();
    });
    const to = addressOf(nodes[1], 'rloc');
    const ask = (count: number, period: number): void =>
      commissioner.runner.run((engine) => engine.announce({ channels: [20], count, period }, to));
    ask(0, 100);
    ask(3, 0);
    await world.pass(3000);
    expect(announced).toBe(0);
    ask(255, 60_000);
    await world.pass(1000);
    ask(2, 500);
    await world.pass(120_000);
    expect(announced).toBe(3);
    const since = world.clock.now();
    ask(255, 60_000);
    await world.pass(900_000);
    expect([announced, lastAt - since]).toEqual([9, expect.closeTo(300_000, -3)]);
    // However often it is asked, one announcement is 20 ms from the next at least.
    for (let times = 0; times < 100; times++) {
      ask(255, 1);
      await world.pass(2);
    }
    expect(announced).toBeLessThanOrEqual(9 + 12);
  });
});

describe('Network Diagnostics of a commissioner', () => {
  it.each(['external', 'native'])('%s: one node, all of them, and one that is not there', async (kind) => {
    const world = new MeshWorld(`diagnosed-${kind}`);
    const leader = await world.lead();
    const router = await world.route('router');
    const sleepy = await world.attach('sleepy', { child: { sleepy: true, pollPeriod: 500 } });
    await world.pass(60_000);
    const { runner } =
      kind === 'external'
        ? await new BorderInMesh(world, leader).commission()
        : await nativeCommissioner(world, leader);
    const diagnostics = new CommissionerDiagnostics(runner, new SeededEntropy('ask'), world.clock);
    const ask = async (
      destination: Uint8Array,
    ): Promise<{ readonly end: string; readonly rlocs: (number | undefined)[] }> => {
      const rlocs: (number | undefined)[] = [];
      let end: string | undefined;
      const wish = { destination, types: ['rloc16', 'extended', 'macCounters'] as const, patience: 8000 };
      void diagnostics.ask(wish, ({ report }) => void rlocs.push(report.rloc16)).then((reason) => (end = reason));
      await world.until(() => end !== undefined, 60_000);
      return { end: end!, rlocs: rlocs.toSorted() };
    };
    expect(await ask(addressOf(router, 'rloc'))).toEqual({ end: 'answered', rlocs: [router.runner.node.rloc16] });
    const prefix = { address: world.dataset.get('meshLocalPrefix')!, length: 64 };
    const all = [leader, router, sleepy].map(({ runner: one }) => one.node.rloc16).toSorted();
    expect(await ask(allThreadNodes('realm', prefix))).toEqual({ end: 'answered', rlocs: all });
    expect(await ask(locatorAddress(prefix, 0x1400))).toEqual({ end: 'timed-out', rlocs: [] });
    runner.run((commissioner) => commissioner.resign());
    const wish = { destination: addressOf(router, 'rloc'), types: ['rloc16'] as const, patience: 8000 };
    await expect(diagnostics.ask(wish, () => undefined)).rejects.toMatchObject({
      details: { failure: 'commissioner-not-active' },
    });
    diagnostics.close();
  });
});

describe('an external commissioner, by the UDP proxy of its border agent', () => {
  it('has a router measure, look for a PAN id and announce', async () => {
    const world = new MeshWorld('proxied');
    const leader = await world.lead();
    const router = await world.route('router');
    await neighbourNetwork(world, 20, 0xbeef);
    await world.pass(60_000);
    const commissioner = await new BorderInMesh(world, leader).commission();
    const to = addressOf(router, 'rloc');
    commissioner.runner.run((engine) => {
      engine.scanEnergy({ channels: [20], count: 1, period: 32, scanDuration: 100 }, to, () => undefined);
      engine.queryPanId({ panId: 0xbeef, channels: [20] }, allNodes);
    });
    await world.until(() => energyOf(commissioner).length === 1 && conflictsOf(commissioner).length === 2, 30_000);
    expect(energyOf(commissioner)[0]).toMatchObject({ from: to, channels: [20] });
    let answer: Uint8Array | undefined;
    commissioner.runner.run((engine) =>
      engine.announce({ channels: [25], count: 1, period: 10 }, to, (payload) => void (answer = payload)),
    );
    await world.until(() => answer !== undefined, 10_000);
    commissioner.session.close();
  });
});
