/** A site from sealed devices to who may do what, verb by verb, on real sockets of the loopback. */
import { mkdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ca, good as goodCa, passphrase, written } from '../ca/authority.js';
import { type Running, tooWide, World } from './support/world.js';

const world = new World();
const root = world.file('maker/certificate.pem');
let lights: Running;
let door: Running;

beforeAll(async () => {
  const [maker, hall] = [world.file('maker'), world.file('hall')];
  written(world.file('maker.pass'), `${passphrase}\n`);
  await goodCa('init', '--ca', maker, '--name', 'O=Lab,CN=Lab Root');
  mkdirSync(hall);
  const files = ['--key', `${hall}/key.pem`, '--out', `${hall}/chain.pem`];
  expect((await ca('issue', 'device', '--ca', maker, '--name', 'O=Lab,CN=hall', ...files)).exit).toBe(0);
  lights = await world.devices('light', '--count', '2');
  door = await world.devices('lock', '--name', 'door', '--pin', '--no-just-works');
  await world.devices('switch');
  await world.devices('thermostat', '--name', 'hall', '--manufacturer', hall);
});

/** Columns of a table, by the name in its first. */
function rowOf(table: string, name: string): string[] {
  const line = table.split('\n').find((one) => one.startsWith(`${name} `));
  expect(line, `a row of ${name} in\n${table}`).toBeDefined();
  return (line as string).split(/ {2,}/);
}

/** What `devices` tells of one. */
async function told(name: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  return (await world.json('devices')).find((one) => one['name'] === name);
}

async function idOf(name: string): Promise<string> {
  return (await told(name))?.['device'] as string;
}

describe('before anything is owned', () => {
  it('discover lists each device with its kind, that it is new, and how it can be owned', async () => {
    const { stdout } = await world.good('discover', '--wait', '1');
    expect(rowOf(stdout, 'light-1').slice(1, 2)).toEqual(['light']);
    expect(rowOf(stdout, 'door')).toEqual(expect.arrayContaining(['smartlock', 'new', 'PIN']));
    expect(rowOf(stdout, 'hall')).toEqual(expect.arrayContaining(['thermostat', 'new', 'certificate, just works']));
    expect(tooWide(stdout)).toEqual([]);
  });

  it('discover cuts neither a name nor an address where lines are short: addresses stand below', async () => {
    const { stdout } = await world.runOn(world.surface({ columns: 60 }), 'discover', '--wait', '1');
    expect(stdout).toMatch(/^name +kind +id +state +can be owned by\n/);
    expect(stdout).toMatch(/^light-1 +light +[0-9a-f]{8} +new +just works\n {2}127\.0\.0\.1:\d+$/m);
    expect(tooWide(stdout)).toEqual([]);
  });

  it('devices and get say that there is no site, and how one comes to be', async () => {
    for (const words of [['devices'], ['get', 'light-1']]) {
      const { exit, says } = await world.run(...words);
      expect([exit, says]).toEqual([
        66,
        expect.stringMatching(/cannot open the site in \S+ there is none .*selvage own/),
      ]);
    }
  });
});

describe('own', () => {
  it('owns all by the best method that each offers, and has a device whose PIN nobody knows show it', async () => {
    const { exit, stdout, says } = await world.run('own', '--all', '--wait', '1', '--trust', root);
    expect(says).toContain('made the site');
    expect(says).toContain('the site takes devices that O=Lab, CN=Lab Root certified');
    expect(stdout).toMatch(/light-1 \([0-9a-f]{8}\) +owned by just works in \d+ ms, identity until \d{4}-\d\d-\d\d/);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/hall \([0-9a-f]{8}\) owned by certificate .*, made by O=Lab, CN=hall/);
    expect(stdout).toMatch(/door \([0-9a-f]{8}\) +shows its PIN now; go on with\n {2}\$ selvage own door --pin <PIN>/);
    expect(stdout).toContain('4 of 4 devices owned');
    expect(exit).toBe(75);
    expect(tooWide(stdout)).toEqual([]);
  });

  it('tells a wrong PIN from a right one, and calls the device as it is asked to', async () => {
    const wrong = await world.run('own', 'door', '--wait', '1', '--pin', '00000000');
    expect([wrong.exit, wrong.stdout]).toEqual([77, expect.stringMatching(/did not accept the PIN\s+\[wrong-pin\]/)]);
    await world.run('own', 'door', '--wait', '1', '--method', 'random-pin');
    const pins = [...door.surface.stdout.text.matchAll(/PIN (\d{8})/g)];
    const pin = pins.at(-1)?.[1] as string;
    const [end] = (await world.json('own', 'door', '--wait', '1', '--pin', pin, '--name', 'Front door')).slice(-1);
    expect(end).toMatchObject({ event: 'end', owned: 1, devices: 1 });
    const [name] = await world.json('get', 'Front', '/oic/wk/con');
    expect(name).toMatchObject({ event: 'resource', value: { n: 'Front door' } });
  });

  it('refuses what is owned already, and says by whom', async () => {
    const ours = await world.run('own', 'switch', '--wait', '1');
    expect([ours.exit, ours.says]).toEqual([77, expect.stringContaining('is owned by this site already')]);
    const other = await world.run('own', 'switch', '--wait', '1', '--site', world.file('other'));
    expect([other.exit, other.says]).toEqual([
      77,
      expect.stringMatching(/has an owner \[already-owned\] → its owner, or its button/),
    ]);
  });
});

describe('what is owned', () => {
  it('is listed by devices, without asking any', async () => {
    const { stdout } = await world.good('devices');
    expect(rowOf(stdout, 'Front door')).toEqual(expect.arrayContaining(['smartlock', 'PIN']));
    expect(rowOf(stdout, 'hall')[3]).toBe('certificate');
    expect(tooWide(stdout)).toEqual([]);
    const events = await world.json('devices');
    expect(events).toHaveLength(5);
    expect(JSON.stringify(events)).not.toContain('key"');
  });

  it("is ours to this site, and somebody's to another", async () => {
    const states = async (...words: readonly string[]) =>
      (await world.json('discover', '--wait', '1', ...words)).map(({ state }) => state).filter(Boolean);
    expect(await states()).toEqual(Array(5).fill('ours'));
    expect(await states('--site', world.file('none'))).toEqual(Array(5).fill("somebody's"));
    expect(await states('--unowned')).toEqual([]);
  });

  it('is read, set by the type of its properties, and observed', async () => {
    const all = await world.good('get', 'light-1');
    expect(all.stdout).toMatch(/^\/switch {2}value {2}false$/m);
    expect(all.stdout).toMatch(/^\/dimming {2}dimmingSetting {2}100$/m);
    const watcher = world.surface();
    const watched = watcher.run('observe', 'light-1', '/switch', '--count', '2', '--json');
    await watcher.stdout.shows(/"event":"state"/);
    const set = await world.json('set', 'light-1', 'switch', 'value=on');
    expect(set).toEqual([expect.objectContaining({ event: 'set', path: '/switch', value: { value: true } })]);
    await lights.surface.stdout.shows(/light-1 +\/switch value=true/);
    expect(await watched).toBe(0);
    expect(watcher.events.map(({ value }) => value)).toEqual([{ value: false }, { value: true }]);
    expect((await world.good('set', 'light-1', '/dimming', 'dimmingSetting=40')).stdout).toContain('40');
  });

  it('is left as it was where a value cannot be, and the error says what to look at', async () => {
    const range = await world.run('set', 'light-1', '/dimming', 'dimmingSetting=500');
    expect([range.exit, range.says]).toEqual([
      77,
      expect.stringMatching(/cannot set \/dimming of light-1 .* 4\.03 .*range/),
    ]);
    const type = await world.run('set', 'light-1', '/dimming', 'dimmingSetting=bright');
    expect([type.exit, type.says]).toEqual([64, expect.stringContaining('dimmingSetting is a number')]);
    const path = await world.run('get', 'light-1', '/nothing');
    expect([path.exit, path.says]).toEqual([76, expect.stringMatching(/4\.04 .*lists the resources that it has/)]);
  });
});

describe('who may do what', () => {
  it('is granted, seen and taken back', async () => {
    const [granted] = await world.json('grant', 'switch', 'rw', 'light-1', '/switch');
    expect(granted).toMatchObject({ event: 'granted', permission: 6, resources: [{ href: '/switch' }] });
    const { stdout } = await world.good('access', 'light-1');
    expect(stdout).toMatch(/^ *\d+ {2}switch +read, write +\/switch$/m);
    expect(stdout).toMatch(/^ *\d+ {2}owner +read, write, notify +all of the application$/m);
    expect(tooWide(stdout)).toEqual([]);
    expect((await told('light-1'))?.['access']).toEqual([
      expect.objectContaining({ who: 'switch', rights: 'read, write' }),
    ]);
    expect(tooWide((await world.good('devices')).stdout)).toEqual([]);
    const entries = await world.json('access', 'light-1');
    expect(entries.find(({ aceid }) => aceid === granted?.['aceid'])).toMatchObject({ who: 'switch' });
    expect((await world.good('revoke', 'light-1', '--who', 'switch')).says).toContain(
      'switch may no more read and write /switch',
    );
    expect((await world.good('access', 'light-1')).stdout).not.toMatch(/ {2}switch /);
    expect((await told('light-1'))?.['access']).toEqual([]);
  });

  it.each([
    ['role:lab.reader@Lab', { role: 'lab.reader', authority: 'Lab' }],
    ['anyone-authenticated', { conntype: 'auth-crypt' }],
    ['anyone', { conntype: 'anon-clear' }],
  ])('is granted to %s, and taken back by the entry', async (who, subject) => {
    const [granted] = await world.json('grant', who, 'read', 'light-2');
    expect(granted).toMatchObject({ subject, permission: 2, resources: [{ wc: '*' }] });
    await world.good('revoke', 'light-2', `${granted?.['aceid'] as number}`);
    const again = await world.run('revoke', 'light-2', `${granted?.['aceid'] as number}`);
    expect([again.exit, again.says]).toEqual([66, expect.stringMatching(/there is no entry \d+ .*these are there: /)]);
  });

  it('needs sessions: keys for two, certificates and roles are given and seen', async () => {
    await world.good('pair', 'switch', 'light-1');
    const paired = await world.json('credentials', 'light-1');
    const key = paired.find(({ use }) => use === 'key of a pair');
    expect(key).toMatchObject({ about: 'switch' });
    expect((await told('light-1'))?.['peers']).toEqual([await idOf('switch')]);
    await world.good('pair', 'switch', 'light-1', '--remove');
    expect((await world.json('credentials', 'light-1')).some(({ use }) => use === 'key of a pair')).toBe(false);
    const before = (await world.json('credentials', 'light-1')).find(({ use }) => use === 'identity');
    await world.good('certify', 'light-1', '--days', '30');
    const after = (await world.json('credentials', 'light-1')).find(({ use }) => use === 'identity');
    expect(after?.['until']).not.toBe(before?.['until']);
    await world.good('role', 'light-1', 'lab.reader', '--authority', 'Lab');
    const { stdout } = await world.good('credentials', 'light-1');
    expect(stdout).toMatch(/^ *\d+ {2}role +lab\.reader of Lab +\d{4}-\d\d-\d\d$/m);
    expect(tooWide(stdout)).toEqual([]);
  });

  it('a credential is deleted by its id, but not one that is not there', async () => {
    const role = (await world.json('credentials', 'light-1')).find(({ use }) => use === 'role');
    const id = `${role?.['credid'] as number}`;
    await world.good('credentials', 'light-1', '--delete', id);
    const again = await world.run('credentials', 'light-1', '--delete', id);
    expect([again.exit, again.says]).toEqual([66, expect.stringContaining(`there is no credential ${id}`)]);
  });
});

describe('reset', () => {
  it('asks on a terminal, and needs --yes without one', async () => {
    const alone = await world.run('reset', 'light-1');
    expect([alone.exit, alone.says]).toEqual([64, expect.stringMatching(/nobody is here to confirm it .*--yes/)]);
    const surface = world.surface({ columns: 80, canAsk: true });
    surface.stdin.type('n\n');
    expect((await world.runOn(surface, 'reset', 'light-1')).says).toContain('it was not confirmed');
    expect(await idOf('light-1')).toBeDefined();
  });

  it('soft keeps all that was given', async () => {
    const before = await world.json('credentials', 'light-1');
    await world.good('reset', 'light-1', '--soft');
    expect(await world.json('credentials', 'light-1')).toEqual(before);
  });

  it('lets a device go, for the next owner', async () => {
    const id = await idOf('light-1');
    const surface = world.surface({ columns: 80, canAsk: true });
    surface.stdin.type('y\n');
    expect((await world.runOn(surface, 'reset', 'light-1')).says).toContain('has no owner any more');
    expect(await idOf('light-1')).toBeUndefined();
    const found = await world.json('discover', '--unowned', '--wait', '1');
    expect(found[0]).toMatchObject({ name: 'light-1', state: 'new' });
    expect(found[0]?.['device']).not.toBe(id);
    const site = ['--site', world.file('next')];
    await world.good('own', 'light-1', '--wait', '1', '--no-certificate', ...site);
    expect((await world.json('devices', ...site))[0]).not.toHaveProperty('identity');
    expect((await world.good('get', 'light-1', '/switch', ...site)).stdout).toContain('value');
  });
});
