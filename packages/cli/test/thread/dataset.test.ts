/** `selvage thread dataset`: every example of its help as it stands there, and what goes wrong. */
import { writeFileSync } from 'node:fs';
import { Dataset } from '@selvage/thread';
import { FailingEntropy } from '@selvage/core/virtual';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as examples from '../../src/thread/dataset/examples.js';
import { scratchFolder } from '../support/scratch.js';
import { TestSurface, type TestSurfaceOptions } from '../support/test-surface.js';

const file = scratchFolder();
const before = process.cwd();
const { datasetExitCodes: _, ...texts } = examples;
const lines = Object.values(texts).flatMap((text) =>
  [...text.matchAll(/^ +\$ selvage (.+)$/gm)].map(([, line]) => line!),
);
const loft = '000300000f0102face03044c6f6674';
const openThread =
  '0e080000000000010000000300000f35060004001fffe00208a5b5bf61fe0b4e580708fd0d81ef6216b10a05106cffee1ab148313bff55f7fd8fe0cff9030f4f70656e5468726561642d643139350102d1950410f84fd7a1b040975f2d72ec2ac6c7a1960c0402a0f7f8';

interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly says: string;
  readonly events: readonly Record<string, unknown>[];
}

async function run(words: readonly string[], options: TestSurfaceOptions = {}, typed?: string): Promise<Ran> {
  const surface = new TestSurface(options);
  if (typed !== undefined) surface.stdin.type(typed);
  surface.stdin.end();
  const exit = await surface.run('thread', 'dataset', ...words);
  const json = words.includes('--json');
  return { exit, stdout: surface.stdout.text, says: surface.stderr.text, events: json ? surface.events : [] };
}

beforeAll(() => {
  process.chdir(file('.'));
  writeFileSync('home.pass', 'correct horse battery\n');
  writeFileSync('home.dataset', `${openThread}\n`);
  writeFileSync('printed.txt', `> dataset active -x\r\n${openThread}\r\nDone\r\n`);
});
afterAll(() => process.chdir(before));

describe('the examples of thread dataset', () => {
  it.each(lines)('$ selvage %s', async (line) => {
    const [command = '', input] = line.split(' <');
    const [, , ...words] = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
    const typed = input === undefined ? undefined : `> dataset active -x\r\n${openThread}\r\nDone\r\n`;
    const { exit, stdout } = await run(words, {}, typed);
    expect(exit).toBe(0);
    expect(stdout).not.toBe('');
  });

  it(`are ${lines.length}`, () => {
    expect(lines.length).toBe(11);
  });
});

describe('thread dataset new', () => {
  it('hands out hexadecimal and nothing else, which show and OpenThread read', async () => {
    const made = await run([
      'new',
      '--name',
      'Home',
      '--channel',
      '26',
      '--pan',
      'beef',
      '--rotation',
      '48',
      '--policy',
      'on',
    ]);
    expect([made.exit, made.says]).toEqual([0, '']);
    expect(made.stdout).toMatch(/^[0-9a-f]+\n$/);
    const dataset = Dataset.parse(made.stdout);
    expect([dataset.name, dataset.get('channel')?.channel, dataset.get('panId')]).toEqual(['Home', 26, 0xbeef]);
    const shown = await run(['show', made.stdout.trim()]);
    expect(shown.stdout).toContain('security policy     48 h on 0');
    expect(shown.says).toBe('');
  });

  it('makes another one each time, and none without randomness', async () => {
    const [a, b] = [await run(['new']), await run(['new'])];
    expect(a.stdout === b.stdout).toBe(false);
    const none = await run(['new'], { entropy: new FailingEntropy() });
    expect([none.exit, none.stdout]).toEqual([71, '']);
  });

  it('makes the PSKc that OpenThread makes of the same passphrase', async () => {
    const env = { SELVAGE_THREAD_PASSPHRASE: '12SECRETPASSWORD34' };
    const words = ['--name', 'Test Network', '--ext-pan', '0001020304050607'];
    const { stdout } = await run(['pskc', ...words], { env });
    expect(stdout).toBe('c3f59368445a1b6106be420a706d4cc9\n');
    const made = await run(['new', ...words], { env });
    expect((await run(['pskc', made.stdout.trim()], { env })).stdout).toBe(stdout);
  });

  it('refuses a channel outside of its mask', async () => {
    const { exit, says } = await run(['new', '--channel', '20', '--channels', '11-15']);
    expect([exit, says]).toEqual([64, expect.stringContaining('channel: 20 is not in the channel mask')]);
  });
});

describe('thread dataset show', () => {
  it('keeps the keys to itself unless they are asked for', async () => {
    const keys = ['6cffee1ab148313bff55f7fd8fe0cff9', 'f84fd7a1b040975f2d72ec2ac6c7a196'];
    for (const form of [[], ['--json']]) {
      const plain = await run(['show', 'home.dataset', ...form]);
      const open = await run(['show', 'home.dataset', '--secrets', ...form]);
      for (const key of keys) {
        expect(plain.stdout).not.toContain(key);
        expect(open.stdout).toContain(key);
      }
    }
  });

  it('says in order what is there, and what is wrong with it', async () => {
    const { stdout, says } = await run(['show', `${loft}0102ffff`]);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
      'partial dataset of 19 bytes',
      'channel',
      'PAN id',
      'network name',
      'PAN id',
      '',
    ]);
    expect(says).toContain('panId: is there twice');
  });

  it('gives programs data', async () => {
    const { events } = await run(['show', `${loft}8001ff`, '--json']);
    expect(events).toEqual([
      {
        event: 'dataset',
        kind: 'partial',
        fields: { channel: { page: 0, channel: 15 }, panId: 'face', networkName: 'Loft' },
        unknown: [{ type: 128, value: 'ff' }],
        problems: [],
      },
    ]);
  });
});

describe('thread dataset set', () => {
  it('changes what is named and leaves order and unknown fields', async () => {
    const { stdout, says } = await run(['set', `8001ff${loft}`, '--channel', '20', '--name', 'Roof']);
    expect([stdout, says]).toEqual(['8001ff00030000140102face0304526f6f66\n', '']);
  });

  it('warns that a rename makes the PSKc stale and how to make it anew, and that the timestamp is not newer', async () => {
    const renamed = await run(['set', 'home.dataset', '--name', 'House']);
    expect(renamed.says.replaceAll(/\s+/g, ' ')).toMatch(
      /the PSKc is stale.*--passphrase-file.*no newer than 1.*--timestamp 2/,
    );
    const anew = await run([
      'set',
      'home.dataset',
      '--name',
      'House',
      '--timestamp',
      '2',
      '--passphrase-file',
      'home.pass',
    ]);
    expect(anew.says).toBe('');
    const { events } = await run(['set', 'home.dataset', '--name', 'House', '--json']);
    expect(events).toMatchObject([{ event: 'dataset', kind: 'active', warnings: [{}, {}], problems: [] }]);
  });

  it('makes a pending dataset', async () => {
    const words = [
      'set',
      'home.dataset',
      '--pan',
      'beef',
      '--timestamp',
      '2',
      '--pending-timestamp',
      '2',
      '--delay',
      '60',
    ];
    const { stdout, says } = await run(words);
    expect(says).toBe('');
    const dataset = Dataset.parse(stdout);
    expect([dataset.get('delay'), dataset.get('pendingTimestamp')?.seconds]).toEqual([60_000, 2]);
  });

  it('takes a network key from a file alone', async () => {
    writeFileSync('key', '00112233445566778899aabbccddeeff\n');
    const { stdout } = await run(['set', loft, '--network-key-file', 'key']);
    expect(stdout).toContain('051000112233445566778899aabbccddeeff');
    writeFileSync('key', '0011\n');
    expect(await run(['set', loft, '--network-key-file', 'key'])).toMatchObject({ exit: 64, stdout: '' });
  });
});

describe('what goes wrong says what and what to do', () => {
  it.each([
    [['show', 'nowhere'], 66, /<dataset> nowhere cannot be read/],
    [['show', '0102fa'], 65, /dataset\[0\].*needs 2 bytes/],
    [['show', '-'], 64, /standard input holds no dataset: no line of hexadecimal/],
    [['set', loft, '--without', 'colour'], 64, /there is no field colour.*networkName/],
    [['set', loft, '--policy', 'xyz'], 64, /letters are o n r c C e p R/],
    [['set', loft, '--prefix', 'fd00::/48'], 64, /has 64 bits, not 48/],
    [['set', loft, '--ext-pan', '0011'], 64, /--ext-pan has 2 bytes and needs 8/],
    [['set', loft, '--channels', '9-12'], 64, /channels from 11 to 26/],
    [['set', loft, '--name', 'a name that is far too long'], 65, /networkName.*1 to 16/],
    [['pskc', loft], 64, /no passphrase was given/],
    [['pskc', loft, '--passphrase-file', 'home.pass'], 64, /needs a network name and an extended PAN id/],
    [['pskc', '--name', 'x', '--ext-pan', '0001020304050607', '--passphrase-file', 'short.pass'], 64, /6 to 255/],
  ])('%j', async (words, code, says) => {
    writeFileSync('short.pass', 'abc\n');
    const ran = await run(words);
    expect([ran.exit, ran.stdout]).toEqual([code, '']);
    expect(ran.says.replaceAll(/\s+/g, ' ')).toMatch(says);
  });

  it('as an event with --json', async () => {
    const { exit, events, says } = await run(['show', '0102fa', '--json']);
    expect([exit, says]).toEqual([65, '']);
    expect(events).toMatchObject([{ event: 'failed', error: { code: 'truncated' } }]);
  });
});
