/** Each thing that goes wrong says at which step, what, and what to do. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Clock } from '@selvage/core';
import { LogStore, systemClock } from '@selvage/core/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { ca } from '../ca/authority.js';
import { certificateFile } from '../support/certificates.js';
import { type Run, type Running, World } from './support/world.js';

const world = new World();
let lamp: Running;
let door: Running;
const state = world.file('lamp');

beforeAll(async () => {
  lamp = await world.devices('light', '--name', 'lamp', '--button', '--state', state);
  door = await world.devices('lock', '--name', 'door', '--pin', '--no-just-works');
  await world.good('own', 'lamp', '--wait', '1');
});

function expectRefusal({ exit, says, stdout }: Run, code: number, ...words: readonly (string | RegExp)[]): void {
  expect([exit, stdout, says]).toEqual([code, '', says]);
  for (const word of words) expect(says).toMatch(word);
}

describe('what cannot be understood', () => {
  it.each([
    [['own'], /nothing says which devices .*--all/],
    [['own', '--all', 'lamp'], /--all leaves no device to be named/],
    [['own', '--all', '--pin', '1'], /a PIN is that of one device/],
    [['own', 'a', '--pin', '1', '--method', 'just-works'], /just-works has no PIN/],
    [['own', 'a', 'b', '--name', 'c'], /a name is that of one device/],
    [
      ['grant', 'anyone', 'reed', 'lamp'],
      /cannot understand the rights: "reed" is no right .*read, write, create, delete, notify/,
    ],
    [['grant', 'role:', 'read', 'lamp'], /role: names no role .*role:<name>@<authority>/],
    [['revoke', 'lamp'], /either an entry or --who/],
    [['revoke', 'lamp', '7', '--who', 'anyone'], /either an entry or --who/],
    [['set', 'lamp', '/switch', 'value'], /"value" is no name=value .*the resource has value/],
    [['set', 'lamp', '/switch', 'value=7'], /value is true or false/],
    [['reset', 'lamp', '--soft', '--forget'], /exclude each other/],
    [['pair', 'lamp', 'lamp'], /a device is not paired with itself/],
    [['discover', '--interface', 'nowhere0'], /there is no interface nowhere0/],
    [['discover', '--interface', 'loopback:99999'], /99999 is no port/],
  ])('%j', async (words, expected) => {
    expectRefusal(await world.run(...words), 64, expected);
  });

  it.each([
    [['own', 'x', '--method', 'magic'], /choices are auto, just-works, random-pin, manufacturer-certificate/],
    [['device', 'run', 'toaster'], /choices are light, switch, lock, thermostat, sensor/],
    [['discover', '--wait', '0'], /whole number from 1 to 60/],
  ])('%j names what can be', async (words, expected) => {
    expectRefusal(await world.run(...words), 64, expected);
  });
});

describe('what is not there', () => {
  it.each([
    ['get', 'nobody'],
    ['access', 'nobody'],
    ['certify', 'nobody'],
    ['pair', 'lamp', 'nobody'],
    ['grant', 'nobody', 'read', 'lamp'],
  ])('a device, for %j %j, is answered with those that are', async (...words) => {
    expectRefusal(
      await world.run(...words),
      69,
      /no device is called "nobody" in the site/,
      /these are there: lamp \([0-9a-f]{8}\)/,
    );
  });

  it('a device to own is answered with those that have no owner', async () => {
    expectRefusal(await world.run('own', 'nobody', '--wait', '1'), 69, /these are there: door \(/);
  });

  it('a site is not made by asking for it', async () => {
    for (const verb of [['devices'], ['access', 'x'], ['site']]) {
      expectRefusal(
        await world.run(...verb, '--site', world.file('nowhere')),
        66,
        /there is none .*selvage own makes one/,
      );
    }
  });

  it('a root to trust, or one that is no authority', async () => {
    expectRefusal(
      await world.run('site', '--trust', world.file('none.pem')),
      66,
      /cannot read the manufacturer's root in/,
    );
    const leaf = certificateFile('leaf.cert.pem');
    expectRefusal(await world.run('site', '--trust', leaf), 64, /is no authority .*the root of the manufacturer/);
    writeFileSync(world.file('text.pem'), 'hello');
    expect((await world.run('site', '--trust', world.file('text.pem'))).exit).not.toBe(0);
  });
});

describe('a site', () => {
  it('that another process has open is waited for, and then it says which', async () => {
    const store = await LogStore.open(world.env['SELVAGE_SITE'] as string);
    let waits = 0;
    const clock: Clock = {
      now: () => systemClock.now(),
      wallTime: () => systemClock.wallTime(),
      wakeAt: (at, wake) => {
        // The other one ends when it has been waited for.
        if (waits++ === 0) void store.close();
        return systemClock.wakeAt(at, wake);
      },
    };
    expect((await world.runOn(world.surface({ clock }), 'devices')).exit).toBe(0);
    expect(waits).toBeGreaterThan(0);
    const again = await LogStore.open(world.env['SELVAGE_SITE'] as string);
    expectRefusal(await world.run('devices'), 75, `process ${process.pid} works with the site`);
    await again.close();
  });

  it('that is damaged says so', async () => {
    const folder = world.file('damaged');
    const store = await LogStore.open(folder);
    await store.put('settings', new Uint8Array([0xa1]));
    await store.close();
    expectRefusal(await world.run('devices', '--site', folder), 74, /the settings of the site are damaged .*backup/);
  });
});

describe('with --json', () => {
  it('an error is an object on standard output, with the step in the words of the specification', async () => {
    const { exit, events, says } = await world.run('own', 'door', '--wait', '1', '--pin', '00000000', '--json');
    const failed = events.find(({ event }) => event === 'failed');
    expect([exit, says]).toEqual([77, '']);
    expect(failed).toMatchObject({
      name: 'door',
      error: { code: 'wrong-pin', details: { step: 'open the onboarding connection' } },
    });
    expect(events.filter(({ event }) => event === 'step').map(({ step }) => step)).toContain(
      'read the ownership of the device (doxm)',
    );
    const { events: all } = await world.run('get', 'nobody', '--json');
    expect(all).toMatchObject([{ event: 'failed', error: { code: 'device-not-found' } }]);
  });
});

describe('on a terminal', () => {
  it('the PIN is asked for while the device shows it, and no line is wider than the terminal', async () => {
    const surface = world.surface({ columns: 80, canAsk: true, env: { NO_COLOR: '1' } });
    const end = surface.run('own', 'door', '--wait', '1');
    await surface.stderr.shows(/PIN that door \([0-9a-f]{8}\) shows \(Enter gives up\):/);
    const pin = [...door.surface.stdout.text.matchAll(/PIN (\d{8})/g)].at(-1)?.[1];
    surface.stdin.type(`${pin}\n`);
    expect(await end).toBe(0);
    expect(surface.stdout.text).toContain('owned by PIN');
    const lines = surface.stdout.text.split(/\n|\r/).map((line) => line.replace(/\u001b\[\d*[A-Z]/g, ''));
    expect(lines.filter((line) => line.length > 79)).toEqual([]);
  });

  it('Enter gives up, and leaves the device without an owner', async () => {
    await world.good('reset', 'door', '--yes');
    const surface = world.surface({ columns: 80, canAsk: true });
    surface.stdin.type('\n');
    const { exit, stdout } = await world.runOn(surface, 'own', 'door', '--wait', '1');
    expect([exit, stdout.replace(/\s+/g, ' ')]).toEqual([64, expect.stringContaining('nobody gave the PIN')]);
    expect((await world.json('discover', '--unowned', '--wait', '1'))[0]).toMatchObject({ name: 'door' });
  });
});

describe('a manufacturer', () => {
  it('that is not trusted is named, with what else there is to do', async () => {
    const [maker, hall] = [world.file('maker'), world.file('hall')];
    mkdirSync(hall);
    expect((await ca('init', '--ca', maker, '--name', 'O=Lab,CN=Lab Root')).exit).toBe(0);
    const files = ['--key', `${hall}/key.pem`, '--out', `${hall}/chain.pem`];
    expect((await ca('issue', 'device', '--ca', maker, '--name', 'O=Lab,CN=hall', ...files)).exit).toBe(0);
    await world.devices('thermostat', '--name', 'hall', '--manufacturer', hall);
    const other = certificateFile('root.cert.pem');
    const { exit, stdout } = await world.run('own', 'hall', '--wait', '1', '--trust', other);
    const words = stdout.replace(/\s+/g, ' ');
    expect([exit, words]).toEqual([
      77,
      expect.stringContaining('cannot open the onboarding connection (manufacturer-cert'),
    ]);
    expect(words).toMatch(/give its manufacturer's root with --trust; or own it by another method/);
    expect(words.match(/leads to no trust anchor|no way to a trust anchor|unknown-ca/g)?.length).toBe(1);
    await world.good('own', 'hall', '--wait', '1', '--method', 'just-works');
  });
});

describe('a device', () => {
  it('that somebody stopped is silent in discover, and not reached', async () => {
    await lamp.stop();
    const { stdout } = await world.good('discover', '--wait', '1');
    expect(stdout).toMatch(/^lamp +light +[0-9a-f]{8} +silent/m);
    expect(stdout.replace(/\s+/g, ' ')).toContain('does not answer: see that it is powered');
    const { exit, says } = await world.run('get', 'lamp');
    expect([exit, says]).toEqual([
      69,
      expect.stringMatching(/cannot reach lamp .*does not answer .*powered and on this network/),
    ]);
  });

  it('that moved to other ports is found there, and known there from then on', async () => {
    const store = await LogStore.open(state);
    const about = (await store.get('1.about')) as Uint8Array;
    await store.delete('1.about');
    await store.close();
    expect(about.length).toBeGreaterThan(0);
    const endpoints = async () => (await world.json('devices')).find(({ name }) => name === 'lamp')?.['endpoints'];
    lamp = await world.devices('light', '--name', 'lamp', '--button', '--state', state);
    const before = await endpoints();
    expect((await world.good('get', 'lamp', '/switch')).stdout).toContain('value');
    expect(await endpoints()).not.toEqual(before);
  });

  it('that was reset at the device says so, and is owned anew', async () => {
    lamp.surface.stdin.type('\n');
    await lamp.surface.stdout.shows(/RESET → RFOTM/);
    const { exit, says } = await world.run('get', 'lamp');
    expect([exit, says]).toEqual([
      77,
      expect.stringMatching(/does not take its owner's key any more .*reset at the device/),
    ]);
    const found = (await world.good('discover', '--wait', '1')).stdout.replace(/\s+/g, ' ');
    expect(found).toMatch(/lamp \([0-9a-f]{8}\) was reset at the device, it seems, and is now lamp \([0-9a-f]{8}\)/);
    const owned = await world.good('own', 'lamp', '--wait', '1');
    const [, former = ''] = /selvage reset ([0-9a-f]{8}) --forget/.exec(owned.stdout.replace(/\s+/g, ' ')) ?? [];
    expectRefusal(await world.run('get', 'lamp'), 64, /"lamp" can be any of 2 devices/);
    await world.good('reset', former, '--forget', '--yes');
    expect((await world.good('get', 'lamp', '/switch')).stdout).toContain('value');
  });
});
