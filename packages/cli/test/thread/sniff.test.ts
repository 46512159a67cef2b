/** `selvage thread sniff` on an ether of this test alone, with nodes of ours and with captures of OpenThread's on it. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fromHex } from '@selvage/core';
import { systemClock } from '@selvage/core/node';
import { UdpEtherRadio } from '@selvage/thread/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sniffExamples } from '../../src/thread/sniff/examples.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface } from '../support/test-surface.js';

const file = scratchFolder();
const before = process.cwd();
const coprocessor = fileURLToPath(new URL('../support/ot-rcp.mjs', import.meta.url));
const offset = 900 + (process.pid % 600);
const capture = JSON.parse(
  readFileSync(new URL('../../../thread/test/vectors/captures/01-native-commissioning.json', import.meta.url), 'utf8'),
) as { frames: [number, number, number, string][]; networkKeys: string[]; keks: string[]; meshLocalPrefix: string };
const examples = [...sniffExamples.matchAll(/^ +\$ selvage (.+)$/gm)].map(([, line]) => line!);
const openThread =
  '0e080000000000010000000300000f35060004001fffe00208a5b5bf61fe0b4e580708fd0d81ef6216b10a05106cffee1ab148313bff55f7fd8fe0cff9030f4f70656e5468726561642d643139350102d1950410f84fd7a1b040975f2d72ec2ac6c7a1960c0402a0f7f8';

beforeAll(() => {
  process.chdir(file('.'));
  writeFileSync('home.dataset', `${openThread}\n`);
  writeFileSync('all.keys', `${openThread}\n${capture.keks.map((kek) => `kek ${kek}\n`).join('')}`);
});
afterAll(() => process.chdir(before));

/** Sends the frames of the capture as OpenThread's nodes did, node by node from its own port. */
async function play(frames: readonly (readonly [number, number, number, string])[]): Promise<void> {
  const radios = new Map<number, UdpEtherRadio>();
  for (const [, node, channel, psdu] of frames) {
    const radio = radios.get(node) ?? (await UdpEtherRadio.join({ node, portOffset: offset }, systemClock));
    radios.set(node, radio);
    radio.transmit({ id: 1, psdu: fromHex(psdu), channel, assess: false });
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const radio of radios.values()) radio.close();
}

describe('the examples of thread sniff', () => {
  it.each(examples)('$ selvage %s', async (line) => {
    const surface = new TestSurface();
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)]
      .slice(2)
      .map(([, quoted, plain]) => (quoted ?? plain!).replace('ether:7', `ether:${offset}`))
      .map((word) => word.replace('spinel:ot-rcp', `spinel:${process.execPath} ${coprocessor}`));
    const running = surface.run('thread', 'sniff', ...words);
    await (words.includes('--json') ? surface.stdout.shows(/"listening"/) : surface.stderr.shows(/listening on/));
    surface.interrupt();
    expect(await running).toBe(0);
  });

  it(`are ${examples.length}`, () => {
    expect(examples.length).toBe(5);
  });
});

describe('thread sniff', () => {
  const radio = ['--radio', `ether:${offset}`];

  it('shows each frame of a network on a line and keeps it for Wireshark, which opens it with what lies beside', async () => {
    const surface = new TestSurface();
    const frames = capture.frames;
    const running = surface.run(
      'thread',
      'sniff',
      ...radio,
      '--keys',
      'all.keys',
      '--write',
      'a.pcapng',
      '--count',
      `${frames.length}`,
    );
    await surface.stderr.shows(/listening/);
    await play(frames);
    expect(await running).toBe(0);
    const lines = surface.stdout.text.trimEnd().split('\n');
    expect(lines.length).toBe(frames.length);
    expect(surface.stderr.text.replaceAll(/\s+/g, ' ')).toContain(
      `${frames.length} frames, of which 0 could not be opened`,
    );
    const said = ['MLE Advertisement', 'MLE Discovery Response', 'MLE Child Id Response', 'ping', 'TMF'];
    for (const words of said) expect(surface.stdout.text).toContain(words);
    expect(surface.stderr.text).toContain('the keys are written');
    expect(statSync('a.pcapng.wireshark/ieee802154_keys').mode & 0o077).toBe(0);
    if (spawnSync('tshark', ['--version']).error !== undefined && process.env['CI'] !== 'true') return;
    const fields = ['_ws.malformed', '_ws.expert.message', 'frame.comment'].flatMap((field) => ['-e', field]);
    const dissected = execFileSync('tshark', ['-r', 'a.pcapng', '-T', 'fields', ...fields], {
      env: { ...process.env, WIRESHARK_CONFIG_DIR: 'a.pcapng.wireshark' },
      encoding: 'utf8',
    });
    const rows = dissected
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => line.split('\t'));
    expect(rows.length).toBe(frames.length);
    expect(rows.filter(([malformed, message]) => malformed !== '' || /decrypt|MIC|key/i.test(message ?? ''))).toEqual(
      [],
    );
    expect(rows.filter(([, , comment]) => comment?.includes('MLE Child Id Request')).length).toBe(1);
  });

  it('tells programs what it heard, and nothing of what is sealed', async () => {
    const surface = new TestSurface();
    const running = surface.run('thread', 'sniff', ...radio, '--json', '--count', '3');
    await surface.stdout.shows(/listening/);
    await play(capture.frames.slice(0, 3));
    expect(await running).toBe(0);
    const [listens, first] = surface.events;
    expect(listens).toMatchObject({ event: 'listening', radio: `the ether at offset ${offset}` });
    expect(first).toMatchObject({
      event: 'frame',
      channel: 15,
      node: 1,
      type: 'data',
      panId: 'd195',
      source: '82cb8dc7a79ea267',
      destination: 'all',
      security: 'clear',
      mle: { security: 'sealed' },
      psdu: capture.frames[0]![3],
    });
    expect(surface.events.at(-1)).toEqual({ event: 'heard', frames: 3, sealed: 3, damaged: 0 });
  });

  it('writes the capture itself to standard output', async () => {
    const surface = new TestSurface();
    const running = surface.run('thread', 'sniff', ...radio, '--write', '-', '--count', '1');
    await surface.stderr.shows(/listening/);
    await play(capture.frames.slice(0, 1));
    expect(await running).toBe(0);
    expect(surface.stdout.text.startsWith('\n\r\r\n')).toBe(true);
    expect(surface.stderr.text).toContain('MLE, sealed');
    expect(existsSync('-.wireshark')).toBe(false);
  });

  it.each([
    [['--keys', 'nowhere'], 66, /--keys nowhere cannot be read/],
    [['--keys', '0102face'], 64, /has no network key/],
    [['--write', 'no/such/folder.pcapng'], 74, /--write no\/such\/folder.pcapng cannot be written/],
    [['--channel', '27'], 64, /from 11 to 26/],
    [['--radio', 'spinel:nothing'], 64, /hears one channel.*--channel/],
    [['--radio', 'spinel:/no/such', '--channel', '11'], 69, /cannot be run.*speaks spinel/],
    [['--radio', 'pigeon'], 64, /Give ether\[:offset/],
  ])('%j: says what is wrong', async (words, exit, says) => {
    const surface = new TestSurface();
    expect(await surface.run('thread', 'sniff', '--seconds', '1', ...words)).toBe(exit);
    expect(surface.stderr.text.replaceAll(/\s+/g, ' ')).toMatch(says);
  });
});
