/** A site that stays on the air, and every other command from a second terminal: as nodes of its mesh. */
import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Program } from '../../support/program.js';
import { scratchFolder } from '../../support/scratch.js';
import { TestSurface } from '../../support/test-surface.js';

/** The folder with OpenThread's simulated nodes, where there are some. */
const openThread = process.env['SELVAGE_OPENTHREAD'];
const file = scratchFolder();
const state = file('staying');
const env = { SELVAGE_SITE: `${state}/site` };

type Told = Readonly<Record<string, unknown>>;

describe('a site that selvage demo --stay keeps on the air', () => {
  const show = new TestSurface();
  let exit: Promise<number>;
  beforeAll(async () => {
    exit = show.run('demo', '--json', '--stay', '--state', state);
    await show.stdout.shows(/"event":"end"[^\n]*\n/);
    expect(told('end')).toMatchObject([{ ok: true, missed: [] }]);
  });
  afterAll(async () => {
    show.interrupt();
    expect(await exit).toBe(0);
  });

  /** Runs a verb from another terminal, which must end well. */
  async function run(...words: string[]): Promise<TestSurface> {
    const surface = new TestSurface({ env });
    expect([words.join(' '), await surface.run(...words), surface.stderr.text]).toEqual([
      words.join(' '),
      0,
      surface.stderr.text,
    ]);
    return surface;
  }

  async function json(...words: string[]): Promise<readonly Told[]> {
    return (await run(...words, '--json')).events;
  }

  /** Does something until it comes out as wanted: on a machine with much else to do an answer is late, or lost. */
  async function eventually<T>(work: () => Promise<T>, isWanted: (result: T) => boolean): Promise<T> {
    let result = await work();
    for (let more = 9; more > 0 && !isWanted(result); more--) result = await work();
    return result;
  }

  function told(kind: string): Told[] {
    return show.events.filter(({ event }) => event === kind);
  }

  it('is told how to be gone on with, by commands that run as they stand there', async () => {
    const commands = told('commands').flatMap(({ commands: lines }) => lines as string[]);
    const [, alias = ''] =
      /^alias selvage='(.*)'$|^export (.*)$/.exec(commands.find((line) => /SELVAGE_SITE/.test(line)) ?? '') ?? [];
    const settings: Record<string, string> = {};
    for (const [, name = '', value = ''] of `${alias} `.matchAll(/(SELVAGE_\w+)=(\S+)/g)) settings[name] = value;
    expect(settings).toEqual(env);
    const verbs = commands.filter((line) => line.startsWith('selvage '));
    expect(verbs.length).toBeGreaterThanOrEqual(6);
    for (const line of verbs) {
      const words = line.split(' ').slice(1);
      const program = Program.selvage(words, { ...process.env, ...settings });
      if (words.includes('sniff')) {
        await program.says(/Data Request/);
        program.signal('SIGINT');
      }
      expect([line, await program.ended]).toEqual([line, 0]);
    }
  });

  it('has its devices found in the realm, and used', async () => {
    const oursIn = (all: readonly Told[]): Told[] => all.filter(({ state: whose }) => whose === 'ours');
    const found = await eventually(
      async () => (await json('discover', '--wait', '3')).filter(({ event }) => event === 'device'),
      (all) => oursIn(all).length === 7 && all.some(({ name }) => name === 'cellar-sensor'),
    );
    expect(oursIn(found)).toHaveLength(7);
    expect(found.find(({ name }) => name === 'cellar-sensor')).toMatchObject({ state: "somebody's" });
    await run('set', 'hall-switch', '/switch', 'value=true');
    await show.stdout.shows(/"event":"news","news":\{"event":"changed","path":"\/switch"[^\n]*"name":"hall-light"/);
    expect((await run('get', 'hall-light', '/switch')).stdout.text).toContain('true');
    expect((await run('get', 'hall-sensor', '/temperature')).stdout.text).toContain('20');
    const observed = new TestSurface({ env });
    const observing = observed.run('observe', 'attic-light', '/switch', '--count', '2');
    await observed.stdout.shows(/value/);
    // A second command at the same time is another node.
    await run('set', 'attic-switch', '/switch', 'value=true');
    expect(await observing).toBe(0);
    expect(observed.stdout.text).toMatch(/false[^]*true/);
  });

  it('is provisioned: granted, revoked, paired, certified, given roles', async () => {
    await run('grant', 'attic-switch', 'read', 'hall-light', '/switch');
    expect((await run('access', 'hall-light')).stdout.text).toMatch(/attic-switch +read/);
    await run('revoke', 'hall-light', '--who', 'attic-switch');
    await run('pair', 'hall-switch', 'front-door');
    await run('certify', 'attic-light');
    await run('role', 'thermostat', 'climate');
    expect((await run('credentials', 'thermostat')).stdout.text).toContain('climate');
  });

  it('lets another device in by its passphrase, by its border agent', async () => {
    const commands = told('commands').flatMap(({ commands: lines }) => lines as string[]);
    const [, at = ''] = /--at (\S+)/.exec(commands.find((line) => line.includes('--at')) ?? '') ?? [];
    const commissioner = new TestSurface({ env });
    const [eui64, pskd] = ['18b43000000000aa', 'J01NTHEH0USE'];
    const commissioning = commissioner.run('thread', 'commission', eui64, pskd, '--at', at, '--json');
    await commissioner.stdout.shows(/"event":"active"/);
    const joined = await json('thread', 'joiner', 'start', pskd, '--eui64', eui64, '--attach');
    expect(await commissioning).toBe(0);
    expect(joined.find(({ event }) => event === 'joined')).toMatchObject({ network: 'Selvage' });
    expect(joined.some(({ attachMilliseconds }) => attachMilliseconds !== undefined)).toBe(true);
  }, 120_000);

  it('takes a device that comes to its mesh, owns it, and lets it go', async () => {
    const lamp = new TestSurface({ env });
    const living = lamp.run('device', 'run', 'light', '--name', 'lamp', '--state', file('lamp'));
    await lamp.stdout.shows(/On Selvage, by node \d+ of the ether/);
    await run('own', 'lamp');
    await run('set', 'lamp', '/switch', 'value=true');
    await run('reset', 'lamp', '--yes');
    lamp.interrupt();
    expect(await living).toBe(0);
  });

  it('knows the node of a command again: the second attaches in a fraction of a second', async () => {
    const attached = async (): Promise<Told> => {
      const events = await json('thread', 'status');
      return events.find(({ event }) => event === 'attached') ?? {};
    };
    const first = await attached();
    // Whoever asks for a parent waits for 750 ms at least, on the quickest machine.
    const isQuick = ({ milliseconds }: Told): boolean => Number(milliseconds) < 750;
    const second = await eventually(attached, isQuick);
    expect(second['rloc16']).toBe(first['rloc16']);
    expect(second).toSatisfy(isQuick);
  });

  it('answers pings awake and asleep, and is scanned and heard without a dataset', async () => {
    const [mesh] = told('mesh') as { nodes: { name: string; address: string }[] }[];
    for (const name of ['hall-light', 'hall-sensor']) {
      const address = mesh?.nodes.find((node) => node.name === name)?.address ?? '';
      const pinged = await eventually(
        async () => {
          const events = await json('thread', 'ping', address, '--count', '2', '--size', '400', '--wait', '20');
          return events.find(({ event }) => event === 'pinged');
        },
        (one) => one?.['answered'] === 2,
      );
      expect(pinged).toMatchObject({ sent: 2, answered: 2 });
    }
    const scanned = await eventually(
      async () => (await json('thread', 'scan', '--channels', '15')).filter(({ event }) => event === 'network'),
      ({ length }) => length === 2,
    );
    // The border node, and the light in the hall beside it.
    expect(scanned.map(({ name }) => name)).toEqual(['Selvage', 'Selvage']);
    expect((await run('thread', 'sniff', '--count', '20')).stderr.text).toContain('20 frames');
  });

  it.skipIf(openThread === undefined)(
    'is joined by a node of OpenThread’s as it says, which pings a device',
    async () => {
      const [command = '', ...lines] =
        told('commands')
          .map(({ commands }) => commands as string[])
          .find(([first = '']) => first.includes('ot-cli-ftd')) ?? [];
      const [, base = '', node = ''] = /PORT_BASE=(\d+) ot-cli-ftd (\d+)/.exec(command) ?? [];
      const folder = file('openthread');
      mkdirSync(folder);
      const script = 'cd "$1"; exec "$0" "$2"';
      const words = ['-c', script, `${openThread}/ot-cli-ftd`, folder, node];
      const console = Program.start('sh', words, { ...process.env, PORT_BASE: base });
      const ping = lines.pop() ?? '';
      for (const line of lines.filter((one) => one !== 'state')) console.types(`${line}\n`);
      for (let at = 0; !/^(> )?(child|router)\s*$/m.test(console.stdout) && at < 60; at++) {
        console.types('state\n');
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      console.types(`${ping}\n`);
      await console.says(/1 packets transmitted, 1 packets received/);
      console.types('exit\n');
      expect(await console.ended).toBe(0);
    },
  );
});
