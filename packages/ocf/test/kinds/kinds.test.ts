import { describe, expect, it } from 'vitest';
import { converted, type DeviceKind, deviceKinds, type ResourceTable } from '../../src/index.js';
import { get, post, tableOf } from '../support/table.js';

const kinds = Object.keys(deviceKinds) as DeviceKind[];
const thermostat = (): ResourceTable => tableOf(deviceKinds.thermostat());

describe('the kinds of devices', () => {
  it.each([
    ['light', 'oic.d.light', ['/switch', '/dimming']],
    ['switch', 'oic.d.switch', ['/switch']],
    ['lock', 'oic.d.smartlock', ['/lock']],
    ['thermostat', 'oic.d.thermostat', ['/temperature', '/setpoint', '/mode']],
    ['sensor', 'oic.d.sensor', ['/temperature', '/humidity', '/motion', '/room']],
  ] as const)('a %s is a %s with %j', (kind, type, paths) => {
    const model = deviceKinds[kind]();
    expect([model.type, model.resources.map(({ path }) => path)]).toEqual([type, paths]);
  });

  it.each(kinds)('a %s can be given a name, a manufacturer and a platform', (kind) => {
    const table = tableOf(deviceKinds[kind]({ name: 'Mine', manufacturer: 'Us', platform: { mnmo: 'M1' } }));
    expect(get(table, '/oic/d').value).toMatchObject({ n: 'Mine' });
    expect(get(table, '/oic/p').value).toMatchObject({ mnmn: 'Us', mnmo: 'M1' });
  });

  it.each(kinds)('all of a %s that clients use is secure', (kind) => {
    for (const { path, secure } of deviceKinds[kind]().resources) expect(secure, path).toBe(true);
  });
});

describe('a light', () => {
  it.each([
    [0, '2.04'],
    [100, '2.04'],
    [101, '4.03'],
    [-1, '4.03'],
    [0.5, '4.00'],
  ])('set to %d answers %s', (dimmingSetting, code) => {
    const table = tableOf(deviceKinds.light());
    expect(post(table, '/dimming', { dimmingSetting }).code).toBe(code);
    const shown = get(table, '/dimming').value;
    expect(shown).toMatchObject({ dimmingSetting: code === '2.04' ? dimmingSetting : 100 });
  });

  it('keeps its range and step from clients', () => {
    const table = tableOf(deviceKinds.light());
    for (const update of [{ range: [0, 10] }, { step: 2 }, { dimmingSetting: 5, step: 2 }]) {
      expect(post(table, '/dimming', update).code).toBe('4.00');
    }
    expect(get(table, '/dimming').value).toEqual({ dimmingSetting: 100, range: [0, 100], step: 1 });
  });

  it('is dimmed at whole steps of its range', () => {
    const table = tableOf(deviceKinds.light());
    table.set('/dimming', { range: [1, 11], step: 5 });
    const codes = [1, 6, 11, 5, 7].map((dimmingSetting) => post(table, '/dimming', { dimmingSetting }).code);
    expect(codes).toEqual(['2.04', '2.04', '2.04', '4.03', '4.03']);
  });
});

describe('a thermostat', () => {
  it.each([
    [22, undefined, 22],
    [22, 'C', 22],
    [68, 'F', 20],
    [294.15, 'K', 21],
  ])('set to %d %s is at %d C', (temperature, units, celsius) => {
    const table = thermostat();
    expect(post(table, '/setpoint', { temperature, units }).code).toBe('2.04');
    expect(get(table, '/setpoint').value).toMatchObject({ temperature: celsius, units: 'C' });
  });

  it.each([
    [{ temperature: 31 }, '4.03'],
    [{ temperature: 4, units: 'C' }, '4.03'],
    [{ temperature: 30, units: 'F' }, '4.03'],
    [{ temperature: 20, units: 'R' }, '4.00'],
    [{ units: 'F' }, '4.00'],
    [{ range: [0, 100] }, '4.00'],
  ])('refuses %j with %s', (update, code) => {
    const table = thermostat();
    expect(post(table, '/setpoint', update).code).toBe(code);
    expect(get(table, '/setpoint').value).toMatchObject({ temperature: 21 });
  });

  it('shows temperatures in the units that are asked for', () => {
    const table = thermostat();
    expect(get(table, '/temperature?units=F')).toEqual({ code: '2.05', value: { temperature: 68, units: 'F' } });
    expect(get(table, '/setpoint?units=K').value).toMatchObject({ temperature: 294.15, range: [278.15, 303.15] });
    expect(get(table, '/temperature?units=R')).toEqual({ code: '4.00' });
    expect(get(table, '/temperature').value).toEqual({ temperature: 20, units: 'C' });
  });

  it('is only measured by itself', () => {
    const table = thermostat();
    expect(post(table, '/temperature?if=oic.if.baseline', { temperature: 5 }).code).toBe('4.05');
    table.set('/temperature', { temperature: 23.5 });
    expect(get(table, '/temperature?units=F').value).toEqual({ temperature: 74.3, units: 'F' });
  });

  it('is in modes that it supports', () => {
    const table = thermostat();
    expect(post(table, '/mode', { modes: ['heat'] })).toEqual({ code: '2.04', value: { modes: ['heat'] } });
    expect(post(table, '/mode', { modes: ['heat', 'fry'] })).toEqual({ code: '4.03', value: { modes: ['heat'] } });
    expect(post(table, '/mode', { supportedModes: ['fry'] }).code).toBe('4.00');
  });
});

describe('a sensor', () => {
  it('shows all that it measures at once', () => {
    const table = tableOf(deviceKinds.sensor());
    table.set('/humidity', { humidity: 55 });
    table.set('/motion', { value: true });
    expect(get(table, '/room?if=oic.if.b').value).toEqual([
      { href: '/temperature', rep: { temperature: 20, units: 'C' } },
      { href: '/humidity', rep: { humidity: 55 } },
      { href: '/motion', rep: { value: true } },
    ]);
  });
});

describe('units of temperature', () => {
  it('are converted both ways', () => {
    const units = ['C', 'F', 'K'] as const;
    for (const from of units) {
      for (const to of units) {
        expect(converted(converted(21.5, from, to), to, from), `${from} ${to}`).toBeCloseTo(21.5, 1);
      }
    }
    expect([converted(100, 'C', 'F'), converted(-40, 'F', 'C'), converted(0, 'K', 'C')]).toEqual([212, -40, -273.15]);
  });
});
