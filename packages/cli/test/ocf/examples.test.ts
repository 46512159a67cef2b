/** Every example of the help of the OCF verbs, run as it stands there. */
import { mkdirSync } from 'node:fs';
import { writeReferenceFile } from '@selvage/hardware';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as examples from '../../src/ocf/commands/examples.js';
import { deviceExamples } from '../../src/ocf/device/examples.js';
import { passphrase, written } from '../ca/authority.js';
import { type Running, World } from './support/world.js';

const world = new World();
const before = process.cwd();
const { siteExitCodes: _, ...ownerExamples } = examples;
const all = linesOf(Object.values({ ...ownerExamples, deviceExamples }).join('\n'));
const ran = new Set<string>();
const running = new Map<string, Running>();

beforeAll(() => {
  process.chdir(world.folder);
  written('maker.pass', `${passphrase}\n`);
});
afterAll(() => process.chdir(before));

/** The command lines of a help text, each on one line. */
function linesOf(text: string): string[] {
  const joined = text.replaceAll(/\\\n\s+/g, '');
  return [...joined.matchAll(/^ +\$ (.+)$/gm)].map(([, line = '']) => line);
}

/** The words of a command line, as a shell has them. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? (plain as string));
}

/** Finds the shortest example that begins so, and remembers that it was run; `as` has other words in the place of some. */
function example(begin: string, as: Readonly<Record<string, string>> = {}): string[] {
  const lines = all.filter((line) => line === begin || line.startsWith(`${begin} `));
  expect(lines, `examples that begin with ${begin}`).not.toEqual([]);
  const [line = ''] = lines.sort((a, b) => a.length - b.length);
  ran.add(line);
  return wordsOf(line)
    .slice(1)
    .map((word) => as[word] ?? word);
}

/** Runs an example, which must end well; on the world's interface in the place of eth0. */
async function run(begin: string, as?: Readonly<Record<string, string>>) {
  const words = example(begin, as);
  return world.good(...words.filter((word, at) => word !== '--interface' && words[at - 1] !== '--interface'));
}

/** Starts the devices of an example. */
async function start(begin: string): Promise<void> {
  const [, , ...words] = example(begin);
  const plain = words.filter((word, at) => word !== '--interface' && words[at - 1] !== '--interface');
  running.set(begin, await world.devices(...plain));
}

describe('the examples of', () => {
  it('device run: lights, doors with PINs, and thermostats with manufacturers', async () => {
    await start('selvage device run light');
    await start('selvage device run lock');
    await run('selvage ca init --ca maker');
    mkdirSync(example('mkdir')[0] as string);
    await run('selvage ca issue device --ca maker');
    await start('selvage device run thermostat --name hall');
    await start('selvage device run thermostat --name attic');
    await start('selvage device run sensor');
    await start('selvage device run light --name other');
    await (running.get('selvage device run light --name other') as Running).stop();
    await run('selvage discover --interface loopback:7683');
    await start('selvage device run light --name lamp');
    await (running.get('selvage device run light --name lamp') as Running).stop();
  });

  it('discover', async () => {
    expect((await run('selvage discover')).stdout).toMatch(/^light +light +[0-9a-f]{8} +new/m);
    expect((await run('selvage discover --interface eth0')).stdout).toContain('oic.r.switch.binary');
    const { events } = await run('selvage discover --unowned');
    expect(
      events
        .filter(({ event }) => event === 'device')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['attic', 'door-1', 'door-2', 'door-3', 'hall', 'light', 'sensor']);
  });

  it('own: by certificate, by PIN, and all that are left', async () => {
    expect((await run('selvage own hall')).stdout).toContain('owned by certificate');
    expect((await run('selvage own attic')).stdout).toContain('owned by certificate');
    await world.good('reset', 'attic', '--yes');
    await (running.get('selvage device run thermostat --name attic') as Running).stop();
    await world.devices('thermostat', '--manufacturer', 'demo');
    expect((await run('selvage own thermostat')).stdout).toMatch(/hall .* owned by certificate/);
    const shows = await world.run(...example('selvage own door-1 --method random-pin'));
    expect([shows.exit, shows.stdout]).toEqual([75, expect.stringContaining('shows its PIN now')]);
    const { surface } = running.get('selvage device run lock') as Running;
    const [, pin = ''] = await surface.stdout.shows(/door-1 +PIN (\d+)/);
    expect((await run('selvage own door-1 --method random-pin --pin', { '12345678': pin })).stdout).toContain(
      'owned by PIN',
    );
    await world.devices('switch');
    const rest = await world.run(...example('selvage own --all'));
    expect(rest.stdout).toMatch(/3 of 3 devices owned/);
    written('good.json', writeReferenceFile({ implementations: [], lifeCycles: ['secured'], components: [] }));
    // Doors are left that want a PIN.
    const attested = await world.run(...example('selvage own --all --trust'));
    expect([attested.exit, attested.says]).toEqual([75, '']);
  });

  it('get, set and observe', async () => {
    await run('selvage set light /switch');
    expect((await run('selvage get light /switch')).stdout).toContain('true');
    await run('selvage set light /dimming');
    expect((await run('selvage get light')).stdout).toContain('40');
    expect((await run('selvage observe')).stdout).toMatch(/\/switch {2}value {2}true/);
  });

  it('grant, access, revoke, pair, certify and role', async () => {
    await run('selvage pair');
    await run('selvage certify');
    await run('selvage role');
    await run('selvage grant switch');
    expect((await run('selvage access')).stdout).toMatch(/switch +read, write +\/switch/);
    await run('selvage revoke');
    for (const who of ['role:lab.reader', 'anyone-authenticated', 'anyone']) await run(`selvage grant ${who}`);
    const { stdout } = await world.good('access', 'light');
    for (const who of ['role:lab.reader', 'anyone-authenticated', 'anyone']) expect(stdout).toContain(who);
  });

  it('credentials', async () => {
    const { stdout } = await run('selvage credentials light');
    const [, id = ''] = /^ *(\d+) {2}key of a pair/m.exec(stdout) ?? [];
    expect((await run('selvage credentials light --delete', { '4711': id })).says).toContain(`credential ${id}`);
  });

  it('reset', async () => {
    await run('selvage reset light --yes');
    await world.good('own', 'light', '--wait', '1');
    await run('selvage reset light --forget');
    expect((await world.json('devices')).map(({ name }) => name)).not.toContain('light');
  });

  it('site', async () => {
    expect((await run('selvage devices')).stdout).toMatch(/^name +kind +id/m);
    await run('selvage devices --json');
    await run('selvage site --name');
    await run('selvage site --trust');
    written('home.dataset', (await world.good('thread', 'dataset', 'new', '--name', 'Home')).stdout);
    expect((await run('selvage site --dataset')).stdout).toMatch(/^network +Home, by ether:7$/m);
    expect((await run('selvage site --no-network')).stdout).not.toContain('Home');
    const { stdout } = await run('selvage site');
    expect(stdout).toMatch(/^name +Building 7$/m);
    expect(stdout).toContain('Selvage Demo Root');
  });

  it('all verbs are all that were run', () => {
    expect(all.filter((line) => !ran.has(line))).toEqual([]);
    expect(all.length).toBeGreaterThan(35);
  });
});
