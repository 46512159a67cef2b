/**
 * `selvage thread form|topology|diag|netdata|rotate-key` on an ether of this test alone: a leader that offers a prefix, a
 * router behind it, and children of both.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromHex, systemEntropy, toHex } from '@selvage/core';
import { systemClock as clock } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import {
  borderData,
  type Dataset,
  generateDataset,
  ip6Text,
  type NodeRunner,
  openThreadNode,
  type OpenNodeOptions,
  parsePrefix,
  threadEnterprise,
} from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as texts from '../../src/thread/mesh/examples.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const file = scratchFolder();
const before = process.cwd();
const offset = 700 + (process.pid % 300);
const coprocessor = fileURLToPath(new URL('../support/ot-rcp.mjs', import.meta.url));
const examples = Object.values(texts).flatMap((text) =>
  [...text.matchAll(/^ +\$ selvage (.+)$/gm)].map(([, line]) => line!),
);
const nodes: NodeRunner[] = [];
let leader: NodeRunner;
let router: NodeRunner;
let dataset: Dataset;
/** Mesh-local address of the leader. */
let address = '';

async function open(role: string, options: Partial<OpenNodeOptions>): Promise<NodeRunner> {
  const radio = await UdpEtherRadio.join({ node: nodes.length + 1, portOffset: offset }, clock);
  const home = new LocalKeyHome({ core: nativeCore, entropy: systemEntropy });
  const parts = { core: nativeCore, entropy: systemEntropy, clock, radio, home, store: new MemoryStore(), dataset };
  const runner = await openThreadNode({ ...parts, ...options });
  nodes.push(runner);
  runner.run((node, now) => (role === 'leader' ? node.lead(now) : node.attach(now)));
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (runner.node.role === role) resolve();
    };
    runner.onEvent(look);
    look();
  });
  return runner;
}

beforeAll(async () => {
  process.chdir(file('.'));
  const values = {
    channel: { page: 0, channel: 15 },
    networkName: new TextEncoder().encode('home'),
    panId: 0x8e14,
  } as const;
  dataset = generateDataset({ core: nativeCore, entropy: systemEntropy, values });
  writeFileSync('home.dataset', toHex(dataset.encode()));
  leader = await open('leader', {});
  const offer = { prefix: parsePrefix('fd11:22::/64'), defaultRoute: true, preference: 'high' } as const;
  const routes = [parsePrefix('2001:db8::/32')];
  leader.run((node, now) => {
    const { rloc16 = 0 } = node;
    const server = { type: 'server', stable: true, value: { rloc16, serverData: fromHex('beef') } } as const;
    const service = { id: 0, enterprise: threadEnterprise, serviceData: fromHex('5d'), subTlvs: [server], reserved: 0 };
    const data = borderData({ ...offer, routes }, rloc16);
    node.setOwnNetworkData([...data, { type: 'service', stable: true, value: service }], now);
  });
  router = await open('router', { child: { full: true }, router: { selectionJitter: 1 } });
  await open('child', { child: { sleepy: true, pollPeriod: 500 } });
  address = ip6Text(leader.node.ip.addresses.unicast.find(({ kind }) => kind === 'mesh-local')!.address);
});

afterAll(async () => {
  process.chdir(before);
  for (const runner of nodes) await runner.stop();
});

/** The words of an example, on the ether of this test; a pipe into a file is for the shell. */
function words(line: string): string[] {
  const [command = ''] = line.split(' > ');
  const all = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  const put = all
    .slice(1)
    .map((word) =>
      word.replace('spinel:ot-rcp', `spinel:${process.execPath} ${coprocessor}`).replace(/^fdc0:de00::.*/, address),
    );
  if (put.includes('--radio') || put[0] === 'dataset') return put;
  // Another leader of the same network has an ether of its own, or the two would become one mesh.
  return [...put, '--radio', `ether:${put[0] === 'form' ? offset + 1 : offset}`];
}

async function run(...line: string[]) {
  const surface = new TestSurface();
  const exit = await surface.run('thread', ...line, '--radio', `ether:${offset}`);
  const says = surface.stderr.text.replaceAll(/\s+/g, ' ');
  return { exit, out: surface.stdout.text, says, events: line.includes('--json') ? surface.events : [] };
}

const short = ({ node }: NodeRunner): string => node.rloc16!.toString(16).padStart(4, '0');

describe('the examples of the verbs of a mesh', () => {
  it.each(examples)('$ selvage %s', async (line) => {
    const surface = new TestSurface();
    const given = words(line);
    // The other examples are about the network that is there, whatever this one makes.
    const [, output] = line.split(' > ');
    const running = surface.run('thread', ...given);
    if (/form .*spinel/.test(line)) await surface.stdout.shows(/"formed"/);
    else if (/form/.test(line)) await surface.stderr.shows(/leader of home/);
    if (/--every/.test(line)) await surface.stdout.shows(/"topology"/);
    if (/form|--every/.test(line)) surface.interrupt();
    const exit = await running;
    if (output !== undefined && output !== 'home.dataset') writeFileSync(output, surface.stdout.text);
    expect([exit, surface.stderr.text]).toEqual([0, expect.anything()]);
  });

  it(`are ${examples.length}`, () => {
    expect(examples.length).toBe(13);
    expect(readFileSync('mesh.txt', 'utf8')).toContain('leader');
  });
});

describe('a mesh', () => {
  it('is drawn with its routers, its children, their kinds, and the quality of their links', async () => {
    const { exit, out } = await run('topology', 'home.dataset', '--once', '--wait', '2');
    expect(exit).toBe(0);
    expect(out).toMatch(/^home {2}2 routers · \d+ children +channel 15 · PAN 8e14\npartition [0-9a-f]{8} {2}leader/);
    expect(out).toContain(`◆ ${short(leader)} leader  border router`);
    expect(out).toContain(`━3━ ■ ${short(router)} router`);
    expect(out).toMatch(/○ [0-9a-f]{4} sleepy/);
    expect(out).toContain('this node');
    expect(out).not.toContain('\u001b');
  });

  it('is drawn anew on a terminal, in as much room as there is, until Ctrl-C', async () => {
    const surface = new TestSurface({ columns: 80, rows: 24 });
    const line = ['topology', 'home.dataset', '--wait', '1', '--every', '1', '--radio', `ether:${offset}`];
    const running = surface.run('thread', ...line);
    await surface.stdout.shows(/\u001b\[\d+A\r/);
    surface.interrupt();
    expect(await running).toBe(0);
    const drawn = surface.stdout.text.replaceAll(/\u001b\[\d*[A-Za-z]/g, '');
    expect(Math.max(...drawn.split('\n').map((text) => text.replace('\r', '').length))).toBeLessThanOrEqual(79);
    expect(surface.stdout.text).toContain('\u001b[32m━3━');
  });

  it('is told as JSON: partitions, routers with their links, children', async () => {
    const surface = new TestSurface();
    const line = ['topology', 'home.dataset', '--json', '--wait', '1', '--radio', `ether:${offset}`];
    const running = surface.run('thread', ...line);
    await surface.stdout.shows(/"topology".*\n/);
    surface.interrupt();
    expect(await running).toBe(0);
    const told = surface.events.find(({ event }) => event === 'topology');
    expect(told).toMatchObject({ name: 'home', isAttached: true });
    const [partition] = (told as unknown as { readonly partitions: { readonly routers: object[] }[] }).partitions;
    const ofLeader = { rloc16: short(leader), role: 'leader', answered: true, marks: ['border router'] };
    const ofRouter = { rloc16: short(router), role: 'router', answered: true, marks: [] };
    for (const one of [ofLeader, ofRouter]) expect(partition?.routers).toContainEqual(expect.objectContaining(one));
  });

  it('has network data whose flags are spelled out', async () => {
    const { exit, out } = await run('netdata', 'home.dataset');
    expect(exit).toBe(0);
    expect(out).toContain('prefix fd11:22::/64\n');
    const flags = 'preferred as source, nodes make themselves addresses, the way to everywhere';
    expect(out).toContain(`  border router ${short(leader)}  paros: ${flags}, addresses are on the mesh, stable`);
    expect(out).toContain(`route  2001:db8::/32\n  reached through ${short(leader)}  preference high`);
    expect(out).toContain(`service 0  Thread’s own, 5d\n  served by ${short(leader)}  beef`);
    const { events } = await run('netdata', 'home.dataset', '--json');
    expect(events.filter(({ event }) => event === 'entry').map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['prefix', 'service', 'commissioning']),
    );
  });

  it('says of each node who it is, and of one what was asked', async () => {
    const { exit, events } = await run('diag', 'home.dataset', '--json');
    expect(exit).toBe(0);
    const told = events.filter(({ event }) => event === 'node').map(({ rloc16 }) => rloc16);
    expect(told).toEqual(expect.arrayContaining([short(leader), short(router)]));
    const { out } = await run('diag', 'home.dataset', address, '--types', 'extended,rloc16,24');
    expect(out).toBe(
      `${short(leader)}\n  extended address  ${toHex(leader.node.link.extended)}\n  version           Thread 1.4\n`,
    );
  });

  it('moves on to the next key sequence, and says what that is good for', async () => {
    const sequence = leader.node.keys.current.sequence;
    const { exit, out, says, events } = await run('rotate-key', 'home.dataset', '--json');
    expect(exit).toBe(0);
    expect(events.at(-1)).toMatchObject({ event: 'rotated', before: sequence, sequence: sequence + 1 });
    expect([leader, router].some(({ node }) => node.keys.current.sequence === sequence + 1)).toBe(true);
    expect([out, says]).toBeDefined();
    const text = await run('rotate-key', 'home.dataset');
    expect(text.exit).toBe(0);
    expect(text.says).toContain('to lock somebody out, give the network another key');
  });
});

describe('what goes wrong says what to do', () => {
  it.each([
    [['diag', 'home.dataset', 'fd00::1', '--wait', '1'], 75, /nobody answered within 1 s.*thread topology/],
    [['diag', 'home.dataset', '--types', 'extended,nothing'], 64, /rloc16, mode/],
    [['diag', 'home.dataset', 'fd00::1', 'more'], 64, /too much/],
    [['form', 'nowhere'], 66, /cannot be read/],
    [['form'], 64, /no dataset was given/],
  ])('%j', async (line, code, says) => {
    const ran = await run(...line);
    expect(ran.says).toMatch(says);
    expect(ran.exit).toBe(code);
  });
});
