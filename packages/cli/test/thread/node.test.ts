/** `selvage thread scan|attach|status|ping|udp` on an ether of this test alone, with a leader of ours on it. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemEntropy, toHex } from '@selvage/core';
import { systemClock as clock } from '@selvage/core/node';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome, nativeCore } from '@selvage/crypto';
import { Dataset, generateDataset, ip6Text, type NodeRunner, openThreadNode } from '@selvage/thread';
import { UdpEtherRadio } from '@selvage/thread/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as texts from '../../src/thread/node/examples.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const file = scratchFolder();
const before = process.cwd();
const offset = 300 + (process.pid % 500);
const coprocessor = fileURLToPath(new URL('../support/ot-rcp.mjs', import.meta.url));
const examples = Object.values(texts).flatMap((text) =>
  [...text.matchAll(/^ +\$ selvage (.+)$/gm)].map(([, line]) => line!),
);
let leader: NodeRunner;
/** Mesh-local address of the leader. */
let address = '';

beforeAll(async () => {
  process.chdir(file('.'));
  const dataset = generateDataset({
    core: nativeCore,
    entropy: systemEntropy,
    values: { channel: { page: 0, channel: 15 } },
  });
  writeFileSync('home.dataset', toHex(dataset.encode()));
  const other = dataset.with({
    networkKey: generateDataset({ core: nativeCore, entropy: systemEntropy }).get('networkKey'),
  });
  writeFileSync('other.dataset', toHex(other.encode()));
  writeFileSync('half.dataset', toHex(Dataset.make({ panId: 1, networkKey: dataset.get('networkKey') }).encode()));
  const radio = await UdpEtherRadio.join({ node: 1, portOffset: offset }, clock);
  const home = new LocalKeyHome({ core: nativeCore, entropy: systemEntropy });
  const parts = { core: nativeCore, entropy: systemEntropy, clock, radio, home, store: new MemoryStore(), dataset };
  leader = await openThreadNode(parts);
  leader.run((node, now) => node.lead(now));
  address = ip6Text(leader.node.ip.addresses.unicast.find(({ kind }) => kind === 'mesh-local')!.address);
  const echo = leader.node.ip.openPort({ port: 5683 });
  echo.onDatagram((payload, from) => leader.run(() => echo.send(payload, from)));
});

afterAll(async () => {
  process.chdir(before);
  await leader.stop();
});

function words(line: string): string[] {
  const all = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
  const put = all.slice(1).map((word) =>
    word
      .replace('ether:7', `ether:${offset}`)
      .replace('spinel:ot-rcp', `spinel:${process.execPath} ${coprocessor}`)
      .replace(/^fdc0:de00::.*/, address),
  );
  return put.includes('--radio') ? put : [...put, '--radio', `ether:${offset}`];
}

async function run(
  ...line: string[]
): Promise<{ exit: number; out: string; says: string; events: TestSurface['events'] }> {
  const surface = new TestSurface();
  const exit = await surface.run('thread', ...line);
  const says = surface.stderr.text.replaceAll(/\s+/g, ' ');
  return { exit, out: surface.stdout.text, says, events: line.includes('--json') ? surface.events : [] };
}

describe('the examples of the verbs of a node', () => {
  it.each(examples)('$ selvage %s', async (line) => {
    const surface = new TestSurface();
    const running = surface.run('thread', ...words(line));
    if (line.includes('spinel')) await surface.stderr.shows(/radio: TEST\/1/);
    else if (/attach|--listen/.test(line)) await surface.stderr.shows(/attached to/);
    if (/attach|--listen/.test(line)) surface.interrupt();
    // The co-processor of this test has no air, so that attaching by it is interrupted.
    expect(await running).toBe(line.includes('spinel') ? 75 : 0);
  });

  it(`are ${examples.length}`, () => {
    expect(examples.length).toBe(10);
  });
});

describe('a node of a network', () => {
  const radio = ['--radio', `ether:${offset}`];

  it('is found by a scan that needs no key, with what it says of its network', async () => {
    const { exit, events } = await run('scan', '--channels', '15', '--json', ...radio);
    expect(exit).toBe(0);
    const { name, panId } = { name: leader.node.dataset.name, panId: leader.node.dataset.get('panId')! };
    expect(events).toMatchObject([
      { event: 'network', name, panId: panId.toString(16).padStart(4, '0'), channel: 15, version: 5 },
      { event: 'scanned', networks: 1 },
    ]);
    const { out } = await run('scan', '--channels', '15', ...radio);
    expect(out).toContain(name);
  });

  it('pings, and says who answered and when', async () => {
    const { exit, events } = await run(
      'ping',
      'home.dataset',
      address,
      '--count',
      '2',
      '--size',
      '1200',
      '--json',
      ...radio,
    );
    expect(exit).toBe(0);
    expect(events.map(({ event }) => event)).toEqual(['radio', 'attached', 'ping', 'ping', 'pinged']);
    expect(events[2]).toMatchObject({ outcome: 'reply', source: address, bytes: 1200 });
    expect(events.at(-1)).toEqual({ event: 'pinged', sent: 2, answered: 2 });
  });

  it('sends a datagram and shows the answer', async () => {
    const { exit, out, says } = await run('udp', 'home.dataset', address, '5683', 'hello', '--wait', '1', ...radio);
    expect([exit, out]).toEqual([0, `[${address}]:5683  5 B  hello\n`]);
    expect(says).toContain('sent 5 bytes');
  });

  it('asleep all the same', async () => {
    const { exit, out } = await run('ping', 'home.dataset', address, '--count', '1', '--sleepy', ...radio);
    expect(exit).toBe(0);
    expect(out).toMatch(new RegExp(`^sequence 1: [0-9.]+ ms, hop limit [0-9]+, from ${address}$`, 'm'));
  });

  it('shows its place, its addresses and those of others never', async () => {
    const { exit, events } = await run('status', 'home.dataset', '--json', ...radio);
    expect(exit).toBe(0);
    const rloc16 = leader.node.rloc16!.toString(16).padStart(4, '0').slice(0, 2);
    expect(events.at(-1)).toMatchObject({
      event: 'status',
      role: 'child',
      rloc16: expect.stringMatching(new RegExp(`^${rloc16}`)) as string,
      parent: toHex(leader.node.link.extended),
      keySequence: 0,
    });
  });

  it('hears datagrams until Ctrl-C', async () => {
    const surface = new TestSurface();
    const running = surface.run('thread', 'udp', 'home.dataset', '--listen', '4000', '--json', ...radio);
    await surface.stdout.shows(/"open"/);
    const from = await run('status', 'home.dataset', '--json', ...radio);
    expect(from.exit).toBe(0);
    surface.interrupt();
    expect(await running).toBe(0);
  });
});

describe('what goes wrong says the step and what to do', () => {
  it.each([
    [['status', 'nowhere'], 66, /<dataset> nowhere cannot be read/],
    [['status', 'half.dataset'], 64, /lacks a channel/],
    [['ping', 'home.dataset', 'host'], 64, /host is no IP/],
    [['udp', 'home.dataset'], 64, /nobody to send to.*--listen/],
    [['attach', 'other.dataset', '--timeout', '1'], 75, /longer than 1 s at the step Parent Request.*thread scan/],
    [['ping', 'home.dataset', 'fd00::1', '--count', '1', '--wait', '1'], 75, /answered none of 1 pings/],
  ])('%j', async (line, code, says) => {
    const ran = await run(...line, '--radio', `ether:${offset}`);
    expect(ran.says).toMatch(says);
    expect(ran.exit).toBe(code);
  });

  it('of a radio that is not there, or taken', async () => {
    const gone = await run('scan', '--radio', 'spinel:/no/such/rcp');
    expect([gone.exit, gone.says]).toEqual([69, expect.stringMatching(/cannot be run.*check that the command runs/)]);
    const taken = await run('scan', '--radio', `ether:${offset}/1`);
    expect([taken.exit, taken.says]).toEqual([69, expect.stringContaining('address-in-use')]);
    const none = await run('scan', '--channels', '26', '--radio', `ether:${offset}`);
    expect([none.exit, none.says]).toEqual([0, expect.stringContaining('nobody answered on 1 channel')]);
  });
});
