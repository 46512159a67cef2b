/**
 * `selvage thread joiner|commission|admit|commissioner|border-agent|share` and the datasets of a network that is there, on an
 * ether and by a multicast DNS of this test alone.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { type Entropy, Secret, systemEntropy, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { Dataset, derivePskc, generateDataset, joinFailures } from '@selvage/thread';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as texts from '../../src/thread/commissioning/examples.js';
import { joinVerb } from '../../src/thread/commissioning/join.js';
import { radioNamed } from '../../src/thread/radio/radio-name.js';
import { readWish } from '../../src/thread/commissioning/agents/share-wish.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const file = scratchFolder();
const before = process.cwd();
const offset = 900 + (process.pid % 50);
const mdns = `127.0.0.1:${20_000 + (process.pid % 20_000)}`;
const radio = ['--radio', `ether:${offset}`];
const examples = Object.values(texts).flatMap((text) =>
  [...text.matchAll(/^ +\$ selvage (.+)$/gm)].map(([, line]) => line!),
);
const networkName = new TextEncoder().encode('home');
/** Bytes that a node draws to choose its time. */
const fractionLength = 4;
let dataset: Dataset;
const agent = new TestSurface();
let agentEnds: Promise<number>;
/** Where the border agent of this test is. */
let at = '';

beforeAll(async () => {
  process.chdir(file('.'));
  const fresh = generateDataset({
    core: nativeCore,
    entropy: systemEntropy,
    values: { channel: { page: 0, channel: 15 }, networkName, panId: 0x8e14 },
  });
  const names = { networkName, extendedPanId: fresh.get('extendedPanId')! };
  dataset = fresh.with({ pskc: derivePskc(nativeCore, Secret.text('let me in'), names) });
  writeFileSync('home.dataset', toHex(dataset.encode()));
  writeFileSync('home.pass', 'let me in\n');
  writeFileSync('device.pskd', 'J01NME\n');
  const line = ['border-agent', 'home.dataset', '--form', '--listen', '127.0.0.1:0', '--mdns', mdns, '--json'];
  agentEnds = agent.run('thread', ...line, ...radio);
  [, at = ''] = await agent.stdout.shows(/"listening","address":"([^"]+)"/);
});

afterAll(async () => {
  agent.interrupt();
  expect(await agentEnds).toBe(0);
  process.chdir(before);
});

/** What goes on beside a test: where it fails the next one begins without. */
const beside = new Map<TestSurface, Promise<unknown>>();

afterEach(async () => {
  for (const surface of beside.keys()) surface.interrupt();
  await Promise.all(beside.values());
  beside.clear();
});

/** Runs one line on the ether of this test. */
async function run(...line: string[]) {
  const surface = new TestSurface();
  const exit = await surface.run('thread', ...line, ...radio);
  return ended(surface, exit, line);
}

function ended(surface: TestSurface, exit: number, line: readonly string[]) {
  const says = surface.stderr.text.replaceAll(/\s+/g, ' ');
  return { exit, out: surface.stdout.text, says, events: line.includes('--json') ? surface.events : [] };
}

/** A commissioner that has told the network whom it expects, and how it ends. */
async function commission(verb: string, ...line: string[]) {
  const surface = new TestSurface();
  const all = [verb, '--json', '--time', '600', ...line, ...radio];
  const ending = surface.run('thread', ...all).then((exit) => ended(surface, exit, all));
  beside.set(surface, ending);
  await Promise.race([surface.stdout.shows(/"expected"/), ending]);
  return { surface, ending };
}

/** A joiner that fails, and the commissioner until its time is over: with more of it where the two did not meet in it. */
async function failing(expected: readonly string[], joiner: readonly string[]) {
  for (const seconds of [3, 20, 120]) {
    const { ending } = await commission('commission', ...expected, '--time', `${seconds}`);
    const joined = await run('joiner', 'start', ...joiner);
    const { exit, events } = await ending;
    if (names(events).includes('join-failed') || seconds === 120) return { joined, exit, events };
  }
  return expect.unreachable();
}

const byAgent = (): string[] => ['--at', at, '--dataset', 'home.dataset'];
const names = (events: readonly Record<string, unknown>[]): unknown[] => events.map(({ event }) => event);

describe('a device and a commissioner', () => {
  it('by a border agent: each step is told at both ends, and the device has the dataset', async () => {
    const { ending } = await commission('commission', '18b4300000000002', 'J01NME', ...byAgent());
    const joined = await run('joiner', 'start', 'J01NME', '--eui64', '18b4300000000002', '--json', '--attach');
    expect([joined.exit, joined.out]).toEqual([0, joined.out]);
    const steps = joined.events.filter(({ event }) => event === 'step').map(({ step }) => step);
    expect(steps).toEqual(['discovery', 'handshake', 'finalisation', 'entrust', 'attachment']);
    const { tlvs } = joined.events.at(-1) as { readonly tlvs: string };
    expect(toHex(Dataset.parse(tlvs).get('networkKey')!.reveal())).toBe(toHex(dataset.get('networkKey')!.reveal()));
    const { exit, events } = await ending;
    expect(exit).toBe(0);
    expect(names(events)).toEqual([
      ...['session', 'active', 'expected', 'step', 'step', 'finalised', 'step', 'let-in', 'commissioned'],
    ]);
    expect(events.at(-1)).toMatchObject({ joined: 1 });
    expect(events.find(({ event }) => event === 'finalised')).toMatchObject({ vendorName: 'Selvage' });
  });

  it('by the name of the border agent and the passphrase of commissioners; by the QR code at both ends', async () => {
    const label = new TestSurface();
    expect(await label.run('thread', 'joiner', 'label', 'j01 nme', '--eui64', '18:b4:30:00:00:00:00:03')).toBe(0);
    const text = label.stdout.text.trim();
    expect(text).toBe('v=1&&eui=18b4300000000003&&cc=J01NME');
    const way = ['--name', 'home', '--mdns', mdns, '--passphrase', 'home.pass'];
    const { ending } = await commission('commission', '--qr', text, ...way);
    const joined = await run('joiner', 'start', '--qr', text, '--out', 'joined.dataset', '--channels', '15');
    expect([joined.exit, joined.says]).toEqual([0, joined.says]);
    expect(statSync('joined.dataset').mode & 0o077).toBe(0);
    expect(Dataset.parse(readFileSync('joined.dataset', 'utf8').trim()).name).toBe('home');
    expect(joined.out + joined.says).not.toContain(toHex(dataset.get('networkKey')!.reveal()));
    expect((await ending).exit).toBe(0);
  });

  it('as a node of the network, for whoever comes; the site is on that network then', async () => {
    const { ending } = await commission('commission', 'any', 'J01NME', '--dataset', 'home.dataset');
    const line = ['joiner', 'start', 'J01NME', '--keep', '--site', 'kept', '--channels', '15'];
    const joined = await run(...line);
    expect([joined.exit, joined.says]).toEqual([0, expect.stringContaining('the site in kept is on this network now')]);
    expect((await ending).exit).toBe(0);
    expect((await run('status', '--site', 'kept', '--json')).exit).toBe(0);
  });

  it('several at once, of a list, and by a discerner', async () => {
    writeFileSync(
      'list.txt',
      '# the lamps\n18b4300000000011 J01NME\nv=1&&eui=18b4300000000012&&cc=J02NME\n\n0xabc/12 J03NME\n',
    );
    const { ending } = await commission('admit', 'list.txt', ...byAgent());
    const on = ['--channels', '15', '--json'];
    const joined = await Promise.all([
      run('joiner', 'start', 'J01NME', '--eui64', '18b4300000000011', ...on),
      run('joiner', 'start', 'J02NME', '--eui64', '18b4300000000012', ...on),
      run('joiner', 'start', 'J03NME', '--discerner', '0xabc/12', ...on),
    ]);
    expect(joined.map(({ exit, out }) => [exit, out])).toEqual(joined.map(({ out }) => [0, out]));
    const { exit, events } = await ending;
    expect([exit, events.at(-1)]).toEqual([0, { event: 'commissioned', joined: 3 }]);
  });

  it('is told as it is: who commissions, and whether anybody may join', async () => {
    const quiet = await run('commissioner', 'status', ...byAgent());
    expect([quiet.exit, quiet.out]).toEqual([0, expect.stringMatching(/^commissioner {4}none\n/)]);
    const { surface, ending } = await commission('commission', 'any', 'J01NME', ...byAgent());
    const busy = await run('commissioner', 'status', ...byAgent(), '--json');
    expect(busy.events.at(-1)).toMatchObject({ state: 'active', admits: 'anybody', steeringData: 'ff' });
    const second = await run('commission', 'any', 'J01NME', ...byAgent());
    expect([second.exit, second.says]).toEqual([69, expect.stringMatching(/another commissioner is active.*selvage/)]);
    surface.interrupt();
    expect((await ending).exit).toBe(0);
  });
});

describe('why a device does not join is told at both ends, in the same words', () => {
  it('a wrong passphrase', async () => {
    const joiner = ['WR0NG1', '--eui64', '18b4300000000021', '--channels', '15'];
    const { joined, exit, events } = await failing(['18b4300000000021', 'J01NME', ...byAgent()], joiner);
    expect([joined.exit, joined.says]).toEqual([
      69,
      expect.stringMatching(/different joiner passphrases.*compare the passphrase/),
    ]);
    expect(exit).toBe(69);
    expect(events.find(({ event }) => event === 'join-failed')).toMatchObject({ failure: 'wrong-pskd' });
  });

  it('one that is not on the list', async () => {
    const { surface, ending } = await commission('commission', '18b4300000000022', 'J01NME', ...byAgent());
    const joined = await run('joiner', 'start', 'J01NME', '--eui64', '18b4300000000023', '--channels', '15', '--json');
    expect(joined.exit).toBe(69);
    expect(joined.events.at(-1)).toMatchObject({ event: 'failed' });
    expect(JSON.stringify(joined.events.at(-1))).toMatch(/not-in-steering-data.*home/);
    surface.interrupt();
    expect((await ending).exit).toBe(0);
  });

  it('one that is rejected at JOIN_FIN, by whom and why', async () => {
    const line = ['18b4300000000024', 'J01NME', ...byAgent(), '--vendor', 'Acme'];
    const joiner = ['J01NME', '--eui64', '18b4300000000024', '--channels', '15'];
    const { joined, exit, events } = await failing(line, joiner);
    expect([joined.exit, joined.says]).toEqual([69, expect.stringContaining('JOIN_FIN was rejected')]);
    expect(exit).toBe(69);
    expect(events.find(({ event }) => event === 'join-failed')).toMatchObject({
      failure: 'finalisation-rejected',
      message: expect.stringContaining('its vendor is "Selvage", not "Acme"') as string,
    });
  });

  it('one that has the network key and finds no parent in its time', async () => {
    const { ending } = await commission('commission', '18b4300000000025', 'J01NME', ...byAgent());
    const options = { eui64: '18b4300000000025', channels: [15], vendor: 'Acme', model: 'lamp', softwareVersion: '1' };
    // No parent is found within a millisecond: an answer to a Parent Request is waited for longer than that.
    const more = { radio: radioNamed(`ether:${offset}`), site: 'none', attach: true, timeout: 0.001, json: false };
    await expect(joinVerb(new TestSurface(), 'J01NME', { ...options, ...more })).rejects.toMatchObject({
      code: 'join-failed',
      message: joinFailures['attach-failed'].says,
      remedy: joinFailures['attach-failed'].remedy,
      details: { failure: 'attach-failed', step: 'attachment' },
    });
    expect((await ending).exit).toBe(0);
  });

  it.each([
    [['joiner', 'start', 'J01NME', '--channels', '26'], 69, /no Thread network answered/],
    [['joiner', 'start', 'J0INME'], 65, /none of the letters I, O, Q and Z/],
    [['joiner', 'start', '--qr', 'v=2'], 65, /begins with v=1/],
    [['commission'], 64, /nobody is named/],
    [['commission', '18b43', 'J01NME'], 64, /no joiner.*0xabc\/12/],
    [['commission', 'any', '--dataset', 'home.dataset'], 64, /SELVAGE_THREAD_PSKD/],
    [['commission', 'any', 'J01NME', '--at', '127.0.0.1:9', '--passcode', 'home.pass'], 65, /nine digits/],
    [
      ['commission', 'any', 'J01NME', '--name', 'nowhere', '--mdns', mdns],
      69,
      /no border agent.*these do: Selvage home/,
    ],
    [['admit', 'home.pass', '--dataset', 'home.dataset'], 64, /line 1: there is more than/],
    [['dataset', 'migrate', '--dataset', 'home.dataset'], 64, /nothing is said/],
  ])('%j', async (line, code, says) => {
    const ran = await run(...line);
    expect(ran.says).toMatch(says);
    expect(ran.exit).toBe(code);
  });

  it('a wrong PSKc', async () => {
    writeFileSync('wrong.pskc', '0a'.repeat(16));
    const ran = await run('commissioner', 'status', '--at', at, '--pskc', 'wrong.pskc');
    expect([ran.exit, ran.says]).toEqual([
      69,
      expect.stringMatching(/does not know this PSKc.*check the commissioning passphrase/),
    ]);
    await agent.stdout.shows(/"wrong-passphrase"/);
    // Who guessed has to wait, on this host too: it is refused until then, whatever it knows.
    let next = await run('commissioner', 'status', ...byAgent());
    while (next.exit === 69) next = await run('commissioner', 'status', ...byAgent());
    expect(next.exit).toBe(0);
  });
});

describe('what nodes do for a commissioner', () => {
  it('they measure channels, and the quietest one is named', async () => {
    const line = ['commissioner', 'energy', 'leader', '--channels', '15,20', '--count', '2', '--duration', '20'];
    const told = await run(...line, ...byAgent(), '--json');
    expect(told.exit).toBe(0);
    expect(names(told.events)).toEqual(['session', 'active', 'measuring', 'energy', 'measured']);
    const { from, channels } = told.events[3] as { from: string; channels: { channel: number; dBm: number[] }[] };
    expect(from).toContain(':ff:fe00:');
    expect(channels.map(({ channel, dBm }) => [channel, dBm.length])).toEqual([
      [15, 2],
      [20, 2],
    ]);
    expect(told.events.at(-1)).toMatchObject({ reports: 1, quietest: { dBm: -100 } });
    const shown = await run('commissioner', 'energy', ...line.slice(3), '--dataset', 'home.dataset');
    expect([shown.exit, shown.out]).toEqual([
      0,
      expect.stringMatching(/\n {2}20 {3}-100 dBm {3}each time: -100, -100\n/),
    ]);
    expect(shown.says).toMatch(/2 nodes reported; the quietest channel: \d+, at most -100 dBm/);
  });

  it('they report to where they were asked from: who asks as a node becomes no router meanwhile', async () => {
    // Who draws nothing but zeros decides after a second whether the mesh needs one more router.
    const entropy: Entropy = {
      fill: (bytes) => void (bytes.length === fractionLength ? bytes.fill(0) : systemEntropy.fill(bytes)),
    };
    const surface = new TestSurface({ entropy });
    const line = [
      'commissioner',
      'energy',
      '--channels',
      '15,20',
      '--count',
      '2',
      '--dataset',
      'home.dataset',
      '--json',
    ];
    expect(await surface.run('thread', ...line, ...radio)).toBe(0);
    expect(surface.events.at(-1)).toMatchObject({ event: 'measured', reports: 2 });
  });

  it('they look for a PAN id: their own is there, another one is free', async () => {
    const own = await run('commissioner', 'panid', '8e14', '--channels', '15', ...byAgent(), '--json', '--wait', '1');
    expect(own.exit).toBe(0);
    expect(own.events.at(-1)).toMatchObject({ event: 'looked', panId: '8e14' });
    const free = await run(
      'commissioner',
      'panid',
      '0xbeef',
      'leader',
      '--channels',
      '15',
      ...byAgent(),
      '--wait',
      '1',
    );
    expect([free.exit, free.out, free.says]).toEqual([0, '', expect.stringContaining('nobody has heard of PAN beef')]);
  });

  it('they announce, and say what they know of themselves, by the UDP proxy', async () => {
    const line = ['--channels', '20', '--count', '2', '--period', '10', ...byAgent(), '--json'];
    const announcing = await run('commissioner', 'announce', 'leader', ...line);
    expect(announcing.exit).toBe(0);
    expect(announcing.events.at(-1)).toMatchObject({ event: 'announcing', channels: [20], count: 2 });
    const all = await run('commissioner', 'diag', ...byAgent(), '--json', '--wait', '1');
    expect(all.exit).toBe(0);
    const [node] = all.events.filter(({ event }) => event === 'node');
    expect(node).toMatchObject({ mode: { fullThreadDevice: true } });
    const one = await run(
      'commissioner',
      'diag',
      String(node!['rloc16']),
      '--types',
      'rloc16,macCounters',
      ...byAgent(),
    );
    expect([one.exit, one.out]).toEqual([
      0,
      expect.stringMatching(new RegExp(`^${String(node!['rloc16'])} .*frames`, 's')),
    ]);
  });

  it.each([
    [['commissioner', 'energy', 'kitchen'], 64, /no node.*an RLOC16 of 4 hexadecimal digits/],
    [['commissioner', 'energy', '--channels', '9'], 64, /channels from 11 to 26/],
    [['commissioner', 'panid', 'beefs'], 64, /4 hexadecimal digits/],
    [['commissioner', 'diag', '1400', '--wait', '1'], 75, /1400 did not answer/],
  ])('%j', async (line, code, says) => {
    const ran = await run(...line, ...byAgent());
    expect(ran.says).toMatch(says);
    expect(ran.exit).toBe(code);
  });
});

describe('nine digits', () => {
  it('let one commissioner in, once, whom multicast DNS tells where', async () => {
    const sharing = new TestSurface();
    const line = ['share', 'home.dataset', '--listen', '127.0.0.1:0', '--mdns', mdns, '--name', 'Hall'];
    const shared = sharing.run('thread', ...line, ...radio);
    const [digits] = await sharing.stdout.shows(/^\d{3} \d{3} \d{3}$/m);
    await sharing.stderr.shows(/good for one commissioner, for 120 s/);
    // The border agent that runs here has it in its own node: there is no second one.
    await agent.stdout.shows(/"shared","seconds":120/);
    expect(sharing.stderr.text).not.toMatch(/attached|radio/);
    const second = await run('share', 'home.dataset', '--listen', '127.0.0.1:0', '--mdns', mdns);
    expect(second.says).toMatch(/a passcode is shown already/);
    expect(agent.stdout.text).not.toContain(digits);
    writeFileSync('digits.txt', `${digits}\n`);
    writeFileSync('wrong.txt', `${digits.slice(0, -1)}${(Number(digits.at(-1)) + 1) % 10}\n`);
    const mistyped = await run('commissioner', 'status', '--name', 'Hall', '--mdns', mdns, '--passcode', 'wrong.txt');
    expect([mistyped.exit, mistyped.says]).toEqual([65, expect.stringContaining('a digit is wrong')]);
    const way = ['--name', 'Hall', '--mdns', mdns, '--passcode', 'digits.txt'];
    const { ending } = await commission('commission', '18b4300000000031', 'J01NME', ...way);
    const joined = await run('joiner', 'start', 'J01NME', '--eui64', '18b4300000000031', '--channels', '15');
    expect(joined.exit).toBe(0);
    expect((await ending).exit).toBe(0);
    expect(await shared).toBe(0);
    expect(sharing.stderr.text.replaceAll(/\s+/g, ' ')).toContain('nobody is let in any more: session ended');
  });
});

describe('the door of a border agent, for other commands of the same user', () => {
  it('a passcode is for whoever asked, and ends with the command that asked', async () => {
    const sharing = new TestSurface();
    const line = ['share', 'home.dataset', '--listen', '127.0.0.1:0', '--mdns', mdns, '--json'];
    const shared = sharing.run('thread', ...line, ...radio);
    await sharing.stdout.shows(/"passcode":"[\d ]+"/);
    sharing.interrupt();
    expect(await shared).toBe(0);
    const again = new TestSurface();
    const sharedAgain = again.run('thread', ...line, ...radio);
    await again.stdout.shows(/"passcode":"[\d ]+"/);
    again.interrupt();
    expect(await sharedAgain).toBe(0);
  });

  it.each([
    'nothing',
    '{}',
    '{"time":601,"listen":{"host":"127.0.0.1","port":0},"mdns":{"port":5353}}',
    '{"time":60,"listen":{"host":"","port":0},"mdns":{"port":5353}}',
    '{"time":60,"listen":{"host":"127.0.0.1","port":65536},"mdns":{"port":5353}}',
    '{"time":60,"listen":{"host":"127.0.0.1","port":0},"mdns":null}',
    '{"time":60,"listen":{"host":"127.0.0.1","port":0},"mdns":{"port":5353},"name":7}',
  ])('takes no request such as %j', (text) => {
    expect(() => readWish(text)).toThrow(/malformed/);
  });
});

describe('the datasets of a network', () => {
  it('are read, given anew, and rotated, by a border agent and as a node', async () => {
    const got = await run('dataset', 'get', ...byAgent());
    expect([got.exit, got.out.trim()]).toEqual([0, toHex(dataset.encode())]);
    const none = await run('dataset', 'get', '--pending', ...byAgent());
    expect([none.exit, none.says]).toEqual([76, expect.stringContaining('no dataset is pending')]);
    const stale = await run('dataset', 'apply', 'home.dataset', ...byAgent());
    expect(stale.says).toMatch(/does not take the dataset.*timestamps/);
    const seconds = dataset.get('activeTimestamp')!.seconds;
    const next = dataset.with({ activeTimestamp: { seconds: seconds + 1, ticks: 0, isAuthoritative: false } });
    writeFileSync('next.dataset', toHex(next.encode()));
    const applied = await run('dataset', 'apply', 'next.dataset', '--dataset', 'home.dataset');
    expect([applied.exit, applied.says]).toEqual([0, expect.stringContaining('all nodes hear of it')]);
    const moved = await run('dataset', 'migrate', '--channel', '20', '--delay', '3600', ...byAgent(), '--json');
    expect(moved.exit).toBe(0);
    expect(moved.events.find(({ event }) => event === 'pending')).toMatchObject({ delaySeconds: 3600 });
    const rotated = await run('dataset', 'rotate-key', '--delay', '3600', ...byAgent());
    expect(rotated.exit).toBe(0);
    const key = (hex: string): string => toHex(Dataset.parse(hex.trim()).get('networkKey')!.reveal());
    const pending = await run('dataset', 'get', '--pending', '--dataset', 'home.dataset');
    expect(key(pending.out)).toBe(key(rotated.out));
    expect(key(rotated.out)).not.toBe(key(got.out));
  });
});

describe('the examples of commissioning', () => {
  const share = new TestSurface();
  let shared: Promise<number>;
  let shareAt = '';

  beforeAll(async () => {
    writeFileSync('devices.txt', '18b4300000000041 J01NME\n18b4300000000042 J01NME\n');
    const newest = Dataset.parse((await run('dataset', 'get', ...byAgent())).out.trim());
    const { seconds } = newest.get('activeTimestamp')!;
    const next = newest.with({ activeTimestamp: { seconds: seconds + 1, ticks: 0, isAuthoritative: false } });
    writeFileSync('next.dataset', toHex(next.encode()));
    const line = ['share', 'home.dataset', '--alone', '--listen', '127.0.0.1:0', '--mdns', mdns, '--json'];
    shared = share.run('thread', ...line, ...radio);
    [, shareAt = ''] = await share.stdout.shows(/"listening","address":"([^"]+)"/);
    const [, digits = ''] = await share.stdout.shows(/"passcode":"([\d ]+)"/);
    writeFileSync('digits.txt', `${digits}\n`);
  });

  afterAll(async () => {
    share.interrupt();
    expect(await shared).toBe(0);
  });

  /** The words of an example, on the ether and by the addresses of this test; what comes from a file is for the shell. */
  function words(line: string): string[] {
    const [command = ''] = line.split(' <');
    const all = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
    const isAgent = /border-agent|share/.test(command);
    const put = all
      .slice(1)
      .map((word) =>
        word.replace(
          /^(127\.0\.0\.1|0\.0\.0\.0):4919\d$/,
          isAgent ? '127.0.0.1:0' : command.includes('49192') ? shareAt : at,
        ),
      );
    const hasDns = isAgent || put.includes('--name');
    // Another leader of the same network has an ether of its own, or the two would become one mesh.
    const ether = `ether:${put.includes('--form') ? offset + 50 : offset}`;
    if (put.includes('label')) return put;
    const site = put.includes('--keep') ? ['--site', 'example'] : [];
    // Nobody has to answer these in that time.
    const wait = put.includes('panid') ? ['--wait', '1'] : [];
    return [...put, '--radio', ether, ...site, ...wait, ...(hasDns ? ['--mdns', mdns] : [])];
  }

  /** Who has to be there for an example of one side. */
  function otherSide(line: string): readonly (readonly string[])[] {
    const joiner = (eui64: string, ...more: string[]): string[] => [
      'joiner',
      'start',
      'J01NME',
      '--eui64',
      eui64,
      '--channels',
      '15',
      ...more,
    ];
    if (/thread joiner start/.test(line)) return [['commission', 'any', 'J01NME', '--time', '600', ...byAgent()]];
    if (/thread admit/.test(line)) return ['18b4300000000041', '18b4300000000042'].map((eui64) => joiner(eui64));
    if (!/thread commission /.test(line)) return [];
    if (/--qr/.test(line)) return [joiner('18b4300000000003')];
    return [joiner('18b4300000000002', '--vendor', 'Acme', '--model', 'lamp')];
  }

  /** The network knows whom a commissioner expects: who joins before that finds nobody. */
  const expected = ({ stdout, stderr }: TestSurface): Promise<unknown> =>
    Promise.race([stderr.shows(/the network knows who may join/), stdout.shows(/"expected"/)]);

  it.each(examples)('$ selvage %s', async (line) => {
    const isJoiner = /thread joiner start/.test(line);
    const others = otherSide(line);
    const surface = new TestSurface();
    const go = (): Promise<number> => surface.run('thread', ...words(line));
    if (line.includes(' <')) {
      surface.stdin.type('v=1&&eui=18b4300000000041&&cc=J01NME\nv=1&&eui=18b4300000000042&&cc=J01NME\n');
      surface.stdin.end();
    }
    const there: Promise<number>[] = [];
    beside.set(surface, Promise.resolve());
    const begin = async (): Promise<void> => {
      for (const other of others) {
        const one = new TestSurface();
        there.push(one.run('thread', ...other, ...radio));
        beside.set(one, there.at(-1)!);
        if (isJoiner) await Promise.race([expected(one), there.at(-1)]);
      }
    };
    if (isJoiner) await begin();
    const running = go();
    if (others.length > 0 && !isJoiner) {
      await Promise.race([expected(surface), running]);
      await begin();
    }
    const isOpen = [surface.stderr.shows(/listens on|good for/), surface.stdout.shows(/"passcode"/)];
    if (/border-agent| share /.test(line)) await Promise.race([...isOpen, running]);
    if (/border-agent| share /.test(line)) surface.interrupt();
    const exit = await running;
    expect([exit, surface.stderr.text]).toEqual([0, expect.anything()]);
    expect(await Promise.all(there)).toEqual(there.map(() => 0));
  });

  it(`are ${examples.length}`, () => {
    expect(examples.length).toBe(31);
  });
});
