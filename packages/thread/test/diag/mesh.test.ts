import { fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import {
  allThreadNodes,
  type DiagnosticName,
  type DiagnosticOutcome,
  type DiagnosticReport,
  parseIp6,
} from '@selvage/thread';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';

function outcomes({ events }: MeshNode, question: number): DiagnosticOutcome[] {
  return events
    .flatMap((event) => (event.kind === 'diagnostic' ? [event.outcome] : []))
    .filter((one) => one.question === question);
}

/** Asks, and gives what came of it once it is over. */
async function ask(
  world: MeshWorld,
  node: MeshNode,
  how: 'get' | 'query' | 'reset',
  destination: Uint8Array,
  types: readonly DiagnosticName[],
): Promise<DiagnosticOutcome[]> {
  const wish = { destination, types, patience: 5000 };
  const question = node.runner.run(({ diagnostics }, now) => diagnostics[how](wish, now));
  await world.until(() => outcomes(node, question).some(({ kind }) => kind === 'over'));
  return outcomes(node, question);
}

function reports(told: readonly DiagnosticOutcome[]): DiagnosticReport[] {
  return told.flatMap((outcome) => (outcome.kind === 'answer' ? [outcome.report] : []));
}

const everyType = [
  'extended',
  'rloc16',
  'mode',
  'timeout',
  'connectivity',
  'route64',
  'leaderData',
  'networkData',
  'addresses',
  'macCounters',
  'childTable',
  'channelPages',
  'maxChildTimeout',
  'version',
  'threadStackVersion',
  'mleCounters',
] as const;

describe('network diagnostics between our own nodes', () => {
  it('a child asks its parent, and the parent a sleepy child, for all that each has', async () => {
    const world = new MeshWorld('diagnostics');
    const leader = await world.lead();
    const child = await world.attach('child');
    const sleepy = await world.attach('sleepy', { child: { sleepy: true, pollPeriod: 500, timeout: 100 } });
    const [ofLeader] = reports(await ask(world, child, 'get', addressOf(leader, 'rloc'), everyType));
    expect(Object.keys(ofLeader!)).toEqual([...everyType.filter((type) => type !== 'timeout'), 'unknown']);
    expect(ofLeader).toMatchObject({
      rloc16: leader.runner.node.rloc16,
      childTable: [
        { childId: 1, timeout: 256, linkQuality: 3, mode: { receiverOnWhenIdle: true } },
        { childId: 2, timeout: 128, linkQuality: 3, mode: { receiverOnWhenIdle: false } },
      ],
      maxChildTimeout: 240,
      version: 5,
      mleCounters: { leaderRole: 1, childRole: 0 },
    });
    expect(ofLeader!.macCounters!.outBroadcast).toBeGreaterThan(0);
    const [ofSleepy] = reports(await ask(world, leader, 'get', addressOf(sleepy, 'mesh-local'), everyType));
    expect(ofSleepy).toMatchObject({
      timeout: 100,
      mode: { receiverOnWhenIdle: false },
      mleCounters: { detachedRole: 1, childRole: 1, attachAttempts: 1, parentChanges: 0 },
    });
    const { mleCounters } = ofSleepy!;
    expect(mleCounters!.trackedTime).toBe(
      mleCounters!.detachedTime + mleCounters!.childTime + mleCounters!.disabledTime,
    );
  });

  it('a group is asked: every node answers, a parent of many in parts', async () => {
    const world = new MeshWorld('diagnostic-query');
    const leader = await world.lead();
    const children: MeshNode[] = [];
    for (let i = 0; i < 20; i++) {
      const sleepy = i % 2 === 1;
      children.push(await world.attach(`child-${i}`, { child: { sleepy, pollPeriod: 500 } }));
    }
    const asker = children[0]!;
    const { meshLocalPrefix } = asker.runner.node.status.network;
    const group = allThreadNodes('realm', meshLocalPrefix);
    const types = ['rloc16', 'child', 'childAddresses', 'routerNeighbour'] as const;
    const told = await ask(world, asker, 'query', group, types);
    expect(told.at(-1)).toMatchObject({ kind: 'over', reason: 'answered', answers: 20 });
    const answers = reports(told);
    expect(told.every((outcome) => outcome.kind === 'over' || outcome.isWhole)).toBe(true);
    const ofLeader = answers.find(({ rloc16 }) => rloc16 === leader.runner.node.rloc16)!;
    expect([ofLeader.children?.length, ofLeader.childAddresses?.length]).toEqual([20, 20]);
    expect(ofLeader.routerNeighbours).toEqual([]);
    expect(ofLeader.children![1]).toMatchObject({ version: 5, timeout: 240, flags: { receiverOnWhenIdle: false } });
    expect(answers.filter(({ children }) => children === undefined).length).toBe(19);
    // One node, asked by a query, has its answer in parts too.
    const alone = await ask(world, asker, 'query', addressOf(leader, 'rloc'), types);
    expect(alone).toMatchObject([
      { kind: 'answer', isWhole: true },
      { kind: 'over', reason: 'answered', answers: 1 },
    ]);
    // d/dg has none of the lists.
    const [short] = reports(await ask(world, asker, 'get', addressOf(leader, 'rloc'), types));
    expect(Object.keys(short!)).toEqual(['rloc16', 'unknown']);
  });

  it('a node says who made it, where that is known', async () => {
    const world = new MeshWorld('diagnostic-vendor');
    const eui64 = fromHex('18b4300000000001');
    const vendor = { name: 'Spulenwerk', model: 'lamp', softwareVersion: '1.2.0', url: 'https://example.org', eui64 };
    const leader = await world.lead('leader', { vendor });
    const child = await world.attach('child');
    const types = ['eui64', 'vendorName', 'vendorModel', 'vendorSoftwareVersion', 'vendorUrl'] as const;
    const asked = async (from: MeshNode, of: MeshNode): Promise<DiagnosticReport | undefined> =>
      reports(await ask(world, from, 'get', addressOf(of, 'rloc'), types))[0];
    expect(await asked(child, leader)).toEqual({
      ...{ eui64, vendorName: 'Spulenwerk', vendorModel: 'lamp', vendorSoftwareVersion: '1.2.0' },
      ...{ vendorUrl: 'https://example.org', unknown: [] },
    });
    expect(await asked(leader, child)).toEqual({ unknown: [] });
  });

  it('counters begin anew when they are told to', async () => {
    const world = new MeshWorld('diagnostic-reset');
    const leader = await world.lead();
    const child = await world.attach('child');
    await world.ping(child, addressOf(leader, 'mesh-local'), 500);
    const counters = async (): Promise<DiagnosticReport> =>
      reports(await ask(world, leader, 'get', addressOf(child, 'rloc'), ['macCounters', 'mleCounters']))[0]!;
    const before = await counters();
    expect(before.macCounters!.outUnicast).toBeGreaterThan(6);
    expect(await ask(world, leader, 'reset', addressOf(child, 'rloc'), ['macCounters', 'mleCounters'])).toMatchObject([
      { kind: 'over', reason: 'answered' },
    ]);
    const after = await counters();
    expect(after.macCounters!.outUnicast).toBeLessThan(3);
    expect(after.mleCounters).toMatchObject({ childRole: 0, detachedRole: 0 });
  });

  it('nobody answers: the question is over when its time is', async () => {
    const world = new MeshWorld('diagnostic-silence');
    const leader = await world.lead();
    const child = await world.attach('child');
    const nobody = parseIp6('fd00:1100:2200:3300:0:ff:fe00:fc01');
    const told = await ask(world, child, 'get', nobody, ['rloc16']);
    expect(told).toMatchObject([{ kind: 'over', reason: 'timed-out', answers: 0 }]);
    expect(leader.runner.node.role).toBe('leader');
  });
});
