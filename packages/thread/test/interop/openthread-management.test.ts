import { fromHex, Secret } from '@selvage/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  allThreadNodes,
  ip6Text,
  type DiagnosticName,
  type DiagnosticOutcome,
  type DiagnosticReport,
  parseIp6,
  timestampOf,
} from '@selvage/thread';
import {
  addressText,
  became,
  freshDataset,
  hexOf,
  OpenThreadEther,
  type OurNode,
  pingBy,
  pingFrom,
} from '../support/openthread-ether.js';
import { openThread } from '../support/openthread-suite.js';

const long = 120_000;
const [firstOffset, offsets] = [8, 2] as const;
/** OpenThread's clock runs so much faster, and so does ours: a leader delays a change of key by 300 s. */
const speed = 10;
let nextOffset = process.pid % offsets;
let ether: OpenThreadEther;

beforeEach(() => {
  nextOffset = (nextOffset + 1) % offsets;
});

afterEach(() => ether.close());

function open(times = 1): void {
  ether = new OpenThreadEther(firstOffset + nextOffset, times);
}

/** Asks, and gives what came of it. */
async function ask(
  node: OurNode,
  how: 'get' | 'query' | 'reset',
  destination: Uint8Array,
  types: readonly DiagnosticName[],
): Promise<DiagnosticOutcome[]> {
  const told = (): DiagnosticOutcome[] =>
    node.events
      .flatMap((event) => (event.kind === 'diagnostic' ? [event.outcome] : []))
      .filter((outcome) => outcome.question === question);
  const wish = { destination, types, patience: 4000 };
  const question = node.runner.run(({ diagnostics }, now) => diagnostics[how](wish, now));
  await became(node, () => told().some(({ kind }) => kind === 'over'));
  return told();
}

function reports(told: readonly DiagnosticOutcome[]): DiagnosticReport[] {
  return told.flatMap((outcome) => (outcome.kind === 'answer' ? [outcome.report] : []));
}

const everyType = [
  ...['extended', 'rloc16', 'mode', 'timeout', 'connectivity', 'route64', 'leaderData', 'networkData', 'addresses'],
  ...['macCounters', 'childTable', 'channelPages', 'maxChildTimeout', 'eui64', 'version', 'vendorName', 'vendorModel'],
  ...['vendorSoftwareVersion', 'threadStackVersion', 'mleCounters', 'vendorUrl'],
] as DiagnosticName[];

openThread('network diagnostics between ours and OpenThread', () => {
  it('ours asks: a leader for all that it has, and everybody, who answers in parts', { timeout: long }, async () => {
    open();
    const { node, dataset } = await ether.leader();
    await node.run('vendor name Spulenwerk').catch(() => undefined);
    const ours = await ether.attached(9, dataset);
    const others = [ether.theirs(2, 'mtd'), ether.theirs(3, 'mtd')];
    for (const other of others) {
      await other.all(`dataset set active ${hexOf(dataset)}`, 'ifconfig up', 'thread start');
      await other.becomes('state', /child/);
    }
    const locator = parseIp6(await node.value('ipaddr rloc'));
    const [leader] = reports(await ask(ours, 'get', locator, everyType));
    expect(leader!.unknown).toEqual([]);
    expect(Object.keys(leader!).sort()).toEqual([...everyType.filter((type) => type !== 'timeout'), 'unknown'].sort());
    expect(leader).toMatchObject({ version: 5, childTable: { length: 3 }, mleCounters: { leaderRole: 1 } });
    expect(leader!.rloc16).toBe(Number.parseInt(await node.value('rloc16'), 16));
    const group = allThreadNodes('realm', ours.runner.node.status.network.meshLocalPrefix);
    const told = await ask(ours, 'query', group, [
      'rloc16',
      'child',
      'childAddresses',
      'routerNeighbour',
      'networkData',
    ]);
    const answers = reports(told);
    expect(answers.length).toBe(3);
    const ofLeader = answers.find(({ rloc16 }) => rloc16 === leader!.rloc16)!;
    expect([ofLeader.children?.length, ofLeader.childAddresses?.length, ofLeader.routerNeighbours?.length]).toEqual([
      3, 3, 0,
    ]);
    expect(ofLeader.children!.find(({ rloc16 }) => rloc16 === ours.runner.node.rloc16)).toMatchObject({
      extended: ours.runner.node.link.extended,
      timeout: 240,
      version: 5,
    });
    expect(await ask(ours, 'reset', locator, ['macCounters', 'mleCounters'])).toMatchObject([{ reason: 'answered' }]);
    const [after] = reports(await ask(ours, 'get', locator, ['mleCounters']));
    expect(after!.mleCounters!.leaderRole).toBe(0);
  });

  it('OpenThread asks: our child and our leader, for all that each has', { timeout: long }, async () => {
    open();
    const dataset = freshDataset();
    const ours = await ether.ours(10, dataset);
    ours.runner.run((engine, now) => engine.lead(now));
    const asleep = await ether.attached(11, dataset, { sleepy: true, pollPeriod: 200 });
    const node = ether.theirs(1);
    await node.all(`dataset set active ${hexOf(dataset)}`, 'routereligible disable', 'ifconfig up', 'thread start');
    await node.becomes('state', /child/);
    const asked = async (command: string, last: string): Promise<string> => {
      const from = node.lines.length;
      await node.run(command);
      await node.until(() => node.lines.slice(from).some((line) => line.includes(last)), command);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return node.lines.slice(from).join('\n');
    };
    const types = '0 1 2 3 4 5 6 7 8 9 16 17 19 24 28 34';
    const ofLeader = await asked(`networkdiagnostic get ${addressText(ours, 'rloc')} ${types}`, 'LeaderTime');
    for (const text of ['Ext Address', 'Rloc16', 'IfOutDiscards', 'Child Table', 'LeaderRole: 1', 'Selvage']) {
      expect(ofLeader).toContain(text);
    }
    const ofChild = await asked(`networkdiagnostic get ${addressText(asleep, 'mesh-local')} ${types}`, 'LeaderTime');
    expect(ofChild).toContain('Timeout: 240');
    const rloc16 = `Rloc16: 0x${asleep.runner.node.rloc16!.toString(16).padStart(4, '0')}`;
    const { meshLocalPrefix } = ours.runner.node.status.network;
    const everybody = ip6Text(allThreadNodes('realm', meshLocalPrefix));
    expect(await asked(`networkdiagnostic get ${everybody} 0 1`, rloc16)).toContain(rloc16);
  });
});

openThread('a pending dataset of OpenThread with another network key', () => {
  it.each([
    ['with its receiver on, 300 s', {}, 'mgmtsetcommand', 290_000],
    ['asleep, 30 s', { sleepy: true, pollPeriod: 2000 }, 'set', 20_000],
  ] as const)(
    'is followed when its delay is over: our child %s',
    { timeout: long },
    async (_name, child, how, delay) => {
      open(speed);
      const { node, dataset } = await ether.leader();
      const ours = await ether.attached(9, dataset, { ...child, timeout: 20 });
      const key = '0123456789abcdef0123456789abcdef';
      const pending = dataset.with({
        activeTimestamp: timestampOf(2),
        pendingTimestamp: timestampOf(2),
        delay: 30_000,
        networkKey: Secret.of(fromHex(key)),
      });
      // A leader that is asked to change the key raises the delay to 300 s; one that is given the dataset does not.
      if (how === 'mgmtsetcommand') await node.run(`dataset mgmtsetcommand pending -x ${hexOf(pending)}`);
      else await node.run(`dataset set pending ${hexOf(pending)}`);
      await eventually(() => ours.runner.node.pendingDataset !== undefined);
      expect(ours.runner.node.pendingDataset!.get('networkKey')).toBeUndefined();
      expect(ours.runner.node.pendingDataset!.get('delay')).toBeGreaterThan(delay);
      await became(ours, () => ours.events.some(({ kind }) => kind === 'dataset'));
      await became(ours, () => ours.runner.node.role === 'child');
      await node.becomes('networkkey', /0123456789abcdef0123456789abcdef/);
      for (let i = 0; i < 5; i++) if (await pingBy(node, addressText(ours, 'mesh-local'))) break;
      expect(await pingFrom(ours, await node.value('ipaddr rloc'), 300)).toBeGreaterThan(0);
      expect(ours.runner.node.pendingDataset).toBeUndefined();
    },
  );
});

/** Nothing tells of a dataset that is learnt. */
async function eventually(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(condition()).toBe(true);
}
