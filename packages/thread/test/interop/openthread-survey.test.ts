import { systemEntropy, toHex } from '@selvage/core';
import { systemClock, type UdpAddress, UdpPort } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import {
  BorderAgentRunner,
  CommissionerDiagnostics,
  type CommissionerEvent,
  CommissionerRunner,
  type DiagnosedNode,
  ExternalSession,
  ip6Text,
  NativeAccess,
  parseIp6,
  timestampOf,
} from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import { afterEach, expect, it } from 'vitest';
import { readPsdu } from '../../src/mac/receiver.js';
import { networkSize, type OpenThreadNode, portBaseOf } from '../support/openthread.js';
import { became, freshDataset, type OpenThreadEther, type OurNode, pingFrom } from '../support/openthread-ether.js';
import { etherOfEachTest, inTurn, openThread } from '../support/openthread-suite.js';

const long = 180_000;
let ether: OpenThreadEther;
const radios: UdpEtherRadio[] = [];

etherOfEachTest(inTurn(40, 4), (own) => (ether = own));

afterEach(() => {
  for (const radio of radios.splice(0)) radio.close();
});

/** Bits of the channels, as OpenThread's console has them. */
const maskOf = (...channels: number[]): string =>
  `0x${channels
    .reduce((mask, channel) => mask + 2 ** channel, 0)
    .toString(16)
    .padStart(8, '0')}`;

/** A commissioner in one of our nodes, active, and its events as they come. */
function ourCommissioner(node: OurNode): Promise<OurCommissioner> {
  const options = { core: nativeCore, entropy: systemEntropy, name: 'selvage', isNative: true };
  return petitioned(new CommissionerRunner(options, systemClock, new NativeAccess(node.runner)));
}

interface OurCommissioner {
  readonly runner: CommissionerRunner;
  next<Kind extends CommissionerEvent['kind']>(kind: Kind): Promise<Extract<CommissionerEvent, { kind: Kind }>>;
}

async function petitioned(runner: CommissionerRunner): Promise<OurCommissioner> {
  const next = <Kind extends CommissionerEvent['kind']>(
    kind: Kind,
  ): Promise<Extract<CommissionerEvent, { kind: Kind }>> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no ${kind} in time`)), 60_000);
      const stop = runner.onEvent((event) => {
        if (event.kind !== kind) return;
        clearTimeout(timer);
        stop();
        resolve(event as Extract<CommissionerEvent, { kind: Kind }>);
      });
    });
  const steering = next('steering');
  runner.run((commissioner) => commissioner.petition());
  await steering;
  return { runner, next };
}

/** Another network of theirs, within range. */
async function theirNeighbours(number: number, channel: number, panId: string): Promise<OpenThreadNode> {
  const node = ether.theirs(number);
  await node.all('dataset init new', `dataset channel ${channel}`, `dataset panid 0x${panId}`);
  await node.all('dataset commit active', 'ifconfig up', 'thread start');
  await node.run('state leader').catch(() => undefined);
  await node.becomes('state', /leader/);
  return node;
}

/** Its locator is another one when it becomes a router. */
const addressOf = async (node: OpenThreadNode): Promise<Uint8Array> => parseIp6(await node.value('ipaddr mleid'));

openThread('our commissioner asks nodes of OpenThread', () => {
  it('to measure, one and a group; to look for a PAN id; to announce', { timeout: long }, async () => {
    const leader = await ether.ours(251, freshDataset(), { full: true });
    leader.runner.run((node, now) => node.lead(now));
    const dataset = leader.runner.node.dataset;
    const theirs = ether.theirs(2);
    await theirs.all(`dataset set active ${toHex(dataset.encode())}`, 'ifconfig up', 'thread start');
    await theirs.becomes('state', /child|router/);
    const commissioner = await ourCommissioner(leader);
    const to = await addressOf(theirs);

    let energy = commissioner.next('energy');
    const scan = { channels: [11, 20], count: 2, period: 32, scanDuration: 100 };
    let answered: boolean | undefined;
    commissioner.runner.run((engine) =>
      engine.scanEnergy(scan, to, (payload) => void (answered = payload !== undefined)),
    );
    const report = await energy;
    expect(answered).toBe(true);
    expect(report.channels).toEqual([11, 20]);
    expect(report.levels).toHaveLength(4);

    energy = commissioner.next('energy');
    commissioner.runner.run((engine) => engine.scanEnergy({ ...scan, count: 1 }, parseIp6('ff03::1')));
    expect((await energy).levels).toHaveLength(2);

    await theirNeighbours(3, 20, 'beef');
    const conflict = commissioner.next('pan-id-conflict');
    await again(conflict, () =>
      commissioner.runner.run((engine) => engine.queryPanId({ panId: 0xbeef, channels: [11, 20, 26] }, to)),
    );
    expect(await conflict).toMatchObject({ panId: 0xbeef, channels: [20] });

    // Ours left on another channel hears them and comes.
    const old = dataset.with({ channel: { page: 0, channel: 25 }, activeTimestamp: undefined });
    const lost = await ether.ours(253, old);
    lost.runner.run((node, now) => node.attach(now));
    commissioner.runner.run((engine) => engine.announce({ channels: [25], count: 5, period: 500 }, to));
    await became(lost, () => lost.runner.node.role === 'child');
    expect(lost.runner.node.link.channel).toBe(dataset.get('channel')?.channel);
  });
});

openThread('our external commissioner, by the UDP proxy of our border agent', () => {
  it('has a node of OpenThread measure, and asks it for its diagnostics, alone and in a group', {
    timeout: long,
  }, async () => {
    const leader = await ether.ours(251, freshDataset(), { full: true });
    leader.runner.run((node, now) => node.lead(now));
    const { dataset } = leader.runner.node;
    const theirs = ether.theirs(2);
    await theirs.all(`dataset set active ${toHex(dataset.encode())}`, 'ifconfig up', 'thread start');
    await theirs.becomes('state', /child|router/);
    const core = nativeCore;
    const entropy = systemEntropy;
    const port = await UdpPort.bind({ address: '127.0.0.1', maximumPayload: 1500 });
    const agent = new BorderAgentRunner<UdpAddress>(
      { core, entropy, passphrase: () => dataset.get('pskc') },
      { runner: leader.runner, clock: systemClock, port },
    );
    const session = await ExternalSession.open(
      { core, entropy, borderAgent: port.local, passphrase: dataset.get('pskc')! },
      systemClock,
      await UdpPort.bind({ address: '127.0.0.1', maximumPayload: 1500 }),
    );
    const commissioner = await petitioned(
      new CommissionerRunner({ core, entropy, name: 'phone', isNative: false }, systemClock, session),
    );
    const to = await addressOf(theirs);
    const energy = commissioner.next('energy');
    const scan = { channels: [11], count: 1, period: 32, scanDuration: 50 };
    commissioner.runner.run((engine) => engine.scanEnergy(scan, to, () => undefined));
    expect((await energy).levels).toHaveLength(1);

    const diagnostics = new CommissionerDiagnostics(commissioner.runner, entropy, systemClock);
    const seen: string[] = [];
    const note = ({ report }: DiagnosedNode): void => void seen.push(toHex(report.extended!));
    const types = ['extended', 'rloc16', 'macCounters'] as const;
    expect(await diagnostics.ask({ destination: to, types, patience: 10_000 }, note)).toBe('answered');
    const extended = await theirs.value('extaddr');
    expect(seen).toEqual([extended]);
    const group = { destination: parseIp6('ff03::1'), types, patience: 5000 };
    expect(await diagnostics.ask(group, note)).toBe('answered');
    expect(new Set(seen.slice(1))).toEqual(new Set([extended, toHex(leader.runner.node.link.extended)]));
    diagnostics.close();
    session.close();
    agent.close();
  });
});

openThread("OpenThread's commissioner asks nodes of ours", () => {
  it('to measure, one and a group; to look for a PAN id; and finds ours in a scan', { timeout: long }, async () => {
    const { node, dataset } = await ether.leader();
    const ours = await ether.routing(251, dataset);
    await node.run('commissioner start');
    await node.becomes('commissioner state', /active/);
    const to = ip6Text(ours.runner.node.ip.addresses.unicast.find(({ kind }) => kind === 'rloc')!.address);
    const printed = async (command: string, expected: RegExp): Promise<string> => {
      const from = node.lines.length;
      const found = (): string | undefined => node.lines.slice(from).find((line) => expected.test(line));
      await node.run(command);
      await node.until(() => found() !== undefined, command);
      return found() as string;
    };

    const one = await printed(`commissioner energy ${maskOf(11, 20)} 2 32 100 ${to}`, /^Energy: /);
    expect(one).toMatch(new RegExp(`^Energy: ${maskOf(11, 20).slice(2)}( -\\d+){4}$`));
    const group = await printed(`commissioner energy ${maskOf(15)} 1 32 50 ff03::1`, /^Energy: /);
    expect(group).toMatch(/^Energy: 00008000( -\d+)$/);
    expect(await pingFrom(ours, await node.value('ipaddr mleid'))).toBeGreaterThan(0);

    const neighbours = await theirNeighbours(3, 20, 'beef');
    const from = node.lines.length;
    const told = (): string | undefined => node.lines.slice(from).find((line) => line.startsWith('Conflict: '));
    await again(
      node.until(() => told() !== undefined, 'a conflict'),
      () => node.run(`commissioner panid 0xbeef ${maskOf(11, 20, 26)} ${to}`),
    );
    const conflict = told();
    expect(conflict).toBe('Conflict: beef, 00100000');
    // A scan of theirs finds ours by our beacon.
    const panId = dataset.get('panId')!.toString(16).padStart(4, '0');
    const seen = (await neighbours.run('scan 15')).filter((line) => line.includes(`| ${panId} |`));
    expect(seen.some((line) => line.includes(toHex(ours.runner.node.link.extended)))).toBe(true);
  });

  it('to announce on another channel, as often as it is asked, and theirs that was left there comes', {
    timeout: long,
  }, async () => {
    const { node, dataset } = await ether.leader();
    const ours = await ether.routing(251, dataset);
    await node.run('commissioner start');
    await node.becomes('commissioner state', /active/);
    const to = ip6Text(ours.runner.node.ip.addresses.unicast.find(({ kind }) => kind === 'rloc')!.address);
    const announced = await heardAnnouncing(ours, 25);
    // Theirs left on another channel hears ours and comes.
    const lost = ether.theirs(4, 'mtd');
    const old = dataset.with({ channel: { page: 0, channel: 25 }, activeTimestamp: timestampOf(0) });
    await lost.all(`dataset set active ${toHex(old.encode())}`, 'ifconfig up', 'thread start');
    await node.run(`commissioner announce ${maskOf(25)} 10 500 ${to}`);
    await lost.becomes('channel', new RegExp(`^${dataset.get('channel')!.channel}$`));
    await lost.becomes('state', /child/);
    await until(() => announced.count >= 10);
  });
});

/** Counts what a node of ours announces on a channel, from now on. */
async function heardAnnouncing({ runner }: OurNode, channel: number): Promise<{ count: number }> {
  const own = toHex(runner.node.link.extended);
  const portBase = portBaseOf(ether.portOffset);
  const radio = await UdpEtherRadio.join({ node: 900, portBase, networkSize }, systemClock);
  radios.push(radio);
  const announced = { count: 0 };
  radio.listen(channel);
  radio.onEvent((event) => {
    const frame = event.kind === 'received' ? readPsdu(event.frame.psdu)?.frame : undefined;
    const source = frame?.source?.kind === 'extended' ? toHex(frame.source.extended) : undefined;
    if (source === own && frame?.security?.key.mode === 2) announced.count++;
  });
  return announced;
}

/** Asks again and again: who answers a scan has 300 ms for it, which a machine with much to do may let pass. */
async function again(over: Promise<unknown>, ask: () => unknown): Promise<void> {
  let isOver = false;
  const ended = over.then(() => void (isOver = true));
  while (!isOver) {
    await ask();
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 8000))]);
  }
}

async function until(isThere: () => boolean, patience = 60_000): Promise<void> {
  const end = performance.now() + patience;
  while (!isThere()) {
    if (performance.now() > end) throw new Error('it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
