/** `device run`: what a person who stands before the devices sees and does. */
import { chooseInterface, UdpPort } from '@selvage/core/node';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { written } from '../ca/authority.js';
import { type Running, World } from './support/world.js';

const world = new World();
const before = process.cwd();

// The demo manufacturer is where the command runs.
beforeAll(() => process.chdir(world.folder));
afterAll(() => process.chdir(before));

/** What `device run --json` tells, once it runs. */
async function running(...words: readonly string[]): Promise<{ surface: Running['surface']; end: Promise<number> }> {
  const surface = world.surface();
  const end = surface.run('device', 'run', ...words, '--json');
  await Promise.race([surface.stdout.shows(/"event":"running"/), end]);
  return { surface, end };
}

async function stopped({ surface, end }: Awaited<ReturnType<typeof running>>): Promise<Record<string, unknown>> {
  surface.interrupt();
  expect(await end).toBe(0);
  return surface.events.find(({ event }) => event === 'running') as Record<string, unknown>;
}

const started = (event: Record<string, unknown>) => event['devices'] as readonly Record<string, unknown>[];

describe('devices', () => {
  it('are as many as asked, each with a name, a UUID, ports and methods of its own', async () => {
    const event = await stopped(await running('sensor', '--count', '3', '--name', 'room', '--pin'));
    const devices = started(event);
    expect(devices.map(({ name }) => name)).toEqual(['room-1', 'room-2', 'room-3']);
    expect(
      new Set(devices.flatMap(({ plain, secured, device }) => [device, ...(plain as []), ...(secured as [])])).size,
    ).toBe(9);
    expect(devices[0]).toMatchObject({ kind: 'sensor', state: 'RFOTM', methods: ['random-pin', 'just-works'] });
    expect(event['interface']).toBe('loopback');
  });

  it('are what they were when they run again, on the ports that they had', async () => {
    const first = started(await stopped(await running('light', '--name', 'again')));
    const second = started(await stopped(await running('light', '--name', 'again')));
    expect(second).toEqual(first);
  });

  it('take other ports where somebody has theirs', async () => {
    const [first] = started(await stopped(await running('light', '--name', 'moving')));
    const taken = await UdpPort.bind({ port: (first?.['plain'] as number[])[0] as number });
    const [second] = started(await stopped(await running('light', '--name', 'moving')));
    taken.close();
    expect(second?.['device']).toBe(first?.['device']);
    expect(second?.['plain']).not.toEqual(first?.['plain']);
  });

  it('do not become another kind, and run once at a time', async () => {
    await stopped(await running('light', '--name', 'one'));
    const other = await world.run('device', 'run', 'lock', '--name', 'one');
    expect([other.exit, other.says]).toEqual([
      64,
      expect.stringMatching(/cannot start one: one is a light, not a lock .*--name/),
    ]);
    const first = await running('light', '--name', 'one');
    const second = await world.run('device', 'run', 'light', '--name', 'one');
    expect([second.exit, second.says]).toEqual([
      75,
      expect.stringContaining(`process ${process.pid} works with the devices`),
    ]);
    await stopped(first);
  });

  it('need a method by which they can be owned', async () => {
    const { exit, says } = await world.run('device', 'run', 'light', '--name', 'closed', '--no-just-works');
    expect([exit, says]).toEqual([64, expect.stringContaining('add --pin or --manufacturer')]);
  });

  it('are on an interface that is there', async () => {
    const { exit, says } = await world.run('device', 'run', 'light', '--interface', 'nowhere0');
    expect([exit, says]).toEqual([
      64,
      expect.stringMatching(/there is no interface nowhere0 .*loopback \(127\.0\.0\.1, the default\)/),
    ]);
    expect(chooseInterface(world.env['SELVAGE_INTERFACE']).isLoopback).toBe(true);
  });
});

describe('the manufacturer', () => {
  it('of the host certifies each device once, and says in a file who it is', async () => {
    const words = ['thermostat', '--name', 'attic', '--manufacturer', 'demo'];
    const [first] = started(await stopped(await running(...words)));
    expect(first?.['methods']).toEqual(['manufacturer-certificate', 'just-works']);
    const [second] = started(await stopped(await running('thermostat', '--name', 'attic')));
    expect(second?.['methods']).toEqual(first?.['methods']);
    const shown = await world.good('ca', 'show', '.selvage/manufacturer/root.pem');
    expect(shown.stdout).toContain('CN=Selvage Demo Root');
  });

  it.each([
    ['nothing in it', {}, 66, /--manufacturer \S+chain\.pem cannot be read/],
    ['no certificate in it', { 'chain.pem': 'hello', 'key.pem': 'hello' }, 77, /cannot start/],
  ])('of a folder with %s is refused', async (title, files, code, words) => {
    const folder = world.file(title.replaceAll(' ', '-'));
    mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) writeFileSync(`${folder}/${name}`, text);
    const { exit, says } = await world.run('device', 'run', 'light', '--name', 'x', '--manufacturer', folder);
    expect([exit, says]).toEqual([code, expect.stringMatching(words)]);
  });

  it('of a folder whose key is of another certificate is refused', async () => {
    const env = { SELVAGE_CA_PASSPHRASE: 'correct horse battery' };
    const ca = (...words: readonly string[]) => world.runOn(world.surface({ env }), 'ca', ...words);
    expect((await ca('init', '--ca', 'maker', '--name', 'CN=Maker Root')).exit).toBe(0);
    for (const name of ['a', 'b']) {
      mkdirSync(name);
      const files = ['--key', `${name}/key.pem`, '--out', `${name}/chain.pem`];
      expect((await ca('issue', 'device', '--ca', 'maker', '--name', `CN=lamp ${name}`, ...files)).exit).toBe(0);
    }
    const { readFileSync, rmSync } = await import('node:fs');
    rmSync('b/key.pem');
    written('b/key.pem', readFileSync('a/key.pem', 'utf8'));
    const { exit, says } = await world.run('device', 'run', 'light', '--name', 'y', '--manufacturer', 'b');
    expect([exit, says]).toEqual([65, expect.stringContaining('is not that of the first certificate')]);
    const [device] = started(await stopped(await running('light', '--name', 'y', '--manufacturer', 'a')));
    expect(device?.['methods']).toContain('manufacturer-certificate');
  });
});

describe('the button', () => {
  const resets = ({ surface }: { surface: Running['surface'] }) =>
    surface.events.filter(({ event, state, before: was }) => event === 'state' && was === 'RESET' && state === 'RFOTM');

  it('is Enter for one device: it forgets who it was', async () => {
    const one = await running('light', '--name', 'single', '--button');
    one.surface.stdin.type('\n');
    await one.surface.stdout.shows(/"before":"RESET"/);
    const [device] = started(await stopped(one));
    expect(resets(one)).toHaveLength(1);
    expect(resets(one)[0]?.['device']).not.toBe(device?.['device']);
  });

  it('is a name and Enter for one of several, and SIGUSR2 for all', async () => {
    const both = await running('light', '--name', 'double', '--count', '2', '--button');
    both.surface.stdin.type('double-2\n');
    await both.surface.stdout.shows(/"before":"RESET"/);
    expect(resets(both).map(({ name }) => name)).toEqual(['double-2']);
    both.surface.stdin.type('double-7\n');
    await both.surface.stdout.shows(/no device is called \\"double-7\\"/);
    process.emit('SIGUSR2');
    await both.surface.stdout.shows(/("before":"RESET".*\n(.*\n)*.*){3}/);
    expect(
      resets(both)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['double-1', 'double-2', 'double-2']);
    await stopped(both);
    expect(process.listenerCount('SIGUSR2')).toBe(0);
  });
});
