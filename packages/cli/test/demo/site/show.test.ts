import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ownNetwork } from '../../support/own-network.js';
import { scratchFolder } from '../../support/scratch.js';
import { TestSurface } from '../../support/test-surface.js';

const file = scratchFolder();
const env = { SELVAGE_INTERFACE: ownNetwork };

type Told = Readonly<Record<string, unknown>>;

/** The events of a kind. */
function told<T = Told>(surface: TestSurface, kind: string): T[] {
  return surface.events.filter(({ event }) => event === kind) as T[];
}

describe('selvage demo --json, on the network of a host', () => {
  const surface = new TestSurface({ env });
  let exit: number;
  beforeAll(async () => {
    exit = await surface.run('demo', '--json', '--state', file('show'));
  });

  it('observes everything it claims, and exits 0', () => {
    const expectations = told<{ what: string; observed: boolean }>(surface, 'expectation');
    expect(expectations.filter(({ observed }) => !observed)).toEqual([]);
    expect(surface.events.at(-1)).toEqual({ event: 'end', ok: true, observed: expectations.length, missed: [] });
    expect(expectations.length).toBeGreaterThan(30);
    expect(surface.stderr.text).toBe('');
    expect(exit).toBe(0);
  });

  it('boots the eight from slot 0, and leaves two boards off, each with its reason', () => {
    const [{ boards } = { boards: [] }] = told<{ boards: { name: string; version?: string; why?: string }[] }>(
      surface,
      'booted',
    );
    const started = boards.filter(({ version }) => version !== undefined);
    expect(started.map(({ version }) => version)).toEqual(Array.from({ length: 8 }, () => '1.0.0'));
    const off = boards.filter(({ version }) => version === undefined);
    expect(off.map(({ name }) => name)).toEqual(['porch-light', 'garage-door']);
    expect(off[0]?.why).toMatch(/sha256/);
    expect(off[1]?.why).toMatch(/security counter is 1 where 2 is the least/);
  });

  it('updates one from the other slot, on trial first', () => {
    const [, { log } = { log: [] }] = told<{ log: string[] }>(surface, 'boot-log');
    expect(log).toContain('slot 1: starts version 1.1.0, on trial');
    const again = told<{ label: string; text: string }>(surface, 'fact').find(({ label }) => label === 'again');
    expect(again?.text).toBe('slot 1: starts version 1.1.0, confirmed');
  });

  it('finds eight devices of five kinds, none of which has an owner', () => {
    const [{ devices } = { devices: [] }] = told<{ devices: { kind: string; state: string }[] }>(surface, 'found');
    expect(devices).toHaveLength(8);
    expect(new Set(devices.map(({ kind }) => kind)).size).toBe(5);
    expect(new Set(devices.map(({ state }) => state))).toEqual(new Set(['RFOTM']));
  });

  it('owns each by the best method that it offers, under another name, with a certificate', () => {
    const owned = told<{ name: string; method: string; former: string; device: string; pin?: string; maker?: string }>(
      surface,
      'owned',
    );
    const first = owned.slice(0, 8);
    expect(Object.fromEntries(first.map(({ name, method }) => [name, method]))).toEqual({
      'hall-light': 'manufacturer-certificate',
      'attic-light': 'just-works',
      'hall-switch': 'manufacturer-certificate',
      'attic-switch': 'just-works',
      'front-door': 'manufacturer-certificate',
      thermostat: 'random-pin',
      'hall-sensor': 'just-works',
      'cellar-sensor': 'random-pin',
    });
    for (const { device, former, method, pin, maker } of owned) {
      expect(device).not.toBe(former);
      expect(pin !== undefined).toBe(method === 'random-pin');
      expect(maker !== undefined).toBe(method === 'manufacturer-certificate');
    }
    expect(told(surface, 'owned').every(({ certificateUntil }) => /^20\d\d-/.test(String(certificateUntil)))).toBe(
      true,
    );
  });

  it('tells each step of each path in the words of the specification', () => {
    const steps = told<{ name: string; step: string }>(surface, 'step');
    const [light] = [steps.filter(({ name }) => name === 'attic-light').map(({ step }) => step)];
    expect(light?.slice(0, 7)).toEqual([
      'read the ownership of the device (doxm)',
      'choose the owner transfer method just-works (doxm.oxmsel)',
      'open the onboarding connection (just-works)',
      'ask the device what it was booted from (attestation)',
      'verify what the device was booted from (attestation)',
      'set the operational mode (pstat.om)',
      'name the new owner (doxm.devowneruuid)',
    ]);
    expect(light?.at(-1)).toBe('enter RFNOP (pstat.dos)');
  });

  it('grants what each job needs, and nothing else', () => {
    const [{ devices } = { devices: [] }] = told<{ devices: { device: string; rights: Record<string, string> }[] }>(
      surface,
      'access',
    );
    const others = devices.map(({ device, rights: { owner, ...rest } }) => [device, owner, rest]);
    const all = 'read, write, notify';
    expect(others).toEqual([
      ['hall-light', all, { 'hall-switch': 'read, write' }],
      ['attic-light', all, { 'attic-switch': 'read, write' }],
      ['hall-switch', all, {}],
      ['attic-switch', all, {}],
      ['front-door', all, {}],
      ['thermostat', all, {}],
      ['hall-sensor', all, { thermostat: 'read' }],
      ['cellar-sensor', all, {}],
    ]);
  });

  it('has devices ask each other, and be refused what was not granted', () => {
    const asked = told(surface, 'request').map(({ from, to, request, answer }) => [from, to, request, answer]);
    expect(asked).toEqual([
      ['hall-switch', 'hall-light', 'POST /switch value=true', '2.04 Changed'],
      ['hall-switch', 'hall-light', 'POST /switch value=false', '2.04 Changed'],
      ['thermostat', 'hall-sensor', 'GET /temperature', '2.05 Content'],
      ['hall-switch', 'front-door', 'POST /lock lockState=Unlocked', '4.01 Unauthorized'],
      ['attic-switch', 'hall-light', 'POST /switch value=true', '4.01 Unauthorized'],
    ]);
    expect(told(surface, 'observed')[0]).toMatchObject({ values: ['value=false', 'value=true', 'value=false'] });
  });

  it('has strangers refused, each by its own code or alert, and logged', () => {
    const answers = told(surface, 'stranger').map(({ answer }) => answer);
    expect(answers).toEqual([
      '4.01 Unauthorized',
      'alert handshake_failure',
      'alert unknown_psk_identity',
      'alert bad_record_mac',
      'alert unknown_ca',
      // Of the first owner, at the device that it gave away.
      'alert unknown_ca',
      'alert unknown_psk_identity',
    ]);
    const [, log] = told<{ log: { id: string }[] }>(surface, 'audit');
    const logged = log?.log.map(({ id }) => id) ?? [];
    expect(logged[0]).toBe('AC-1');
    expect(logged.filter((id) => id === 'AUTH-1').length).toBeGreaterThanOrEqual(4);
  });

  it('leaves both sites to the other commands, and says where they are', async () => {
    const [{ places } = { places: [] }] = told<{ places: [string, string][] }>(surface, 'places');
    expect(places.map(([path]) => existsSync(path))).toEqual(places.map(() => true));
    const devices = async (site: string): Promise<unknown[]> => {
      const command = new TestSurface({ env });
      expect(await command.run('devices', '--json', '--site', site)).toBe(0);
      return told<{ name: string }>(command, 'device').map(({ name }) => name);
    };
    expect(await devices(file('show/site'))).toHaveLength(7);
    expect(await devices(file('show/tenant'))).toEqual(['cellar-sensor']);
  });

  it('ends both processes of each board', () => {
    const [{ pids } = { pids: [] }] = told<{ pids: number[] }>(surface, 'started');
    expect(pids).toHaveLength(18);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describe('selvage demo on other screens', () => {
  it('fits 80 columns without a terminal, has no colours, and each device once', async () => {
    const surface = new TestSurface({ env });
    expect(await surface.run('demo', '--state', file('piped'))).toBe(0);
    const { text } = surface.stdout;
    expect(text.split('\n').filter((line) => [...line].length > 80 && !line.includes('alias'))).toEqual([]);
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('✘');
    expect(text.match(/^ {3}hall-light +certificate +\d+ steps/gm)).toHaveLength(1);
    expect(text).toMatch(/All \d+ expectations were observed\.\n$/);
  });

  it('draws the steps of each device in place on a terminal', async () => {
    const surface = new TestSurface({ columns: 100, env });
    expect(await surface.run('demo', '--state', file('terminal'))).toBe(0);
    const { text } = surface.stdout;
    expect(text).toMatch(/ {3}thermostat +\d+\. name the new owner \(doxm\.devowneruuid\)\n/);
    expect(text).toContain('\u001b[J');
    expect(text).toContain('\u001b[32m');
  });

  it('is a fresh site each time, in the same folder', async () => {
    const surface = new TestSurface({ env });
    expect(await surface.run('demo', '--json', '--state', file('show'))).toBe(0);
    expect(told(surface, 'owned')).toHaveLength(9);
  });
});
