import { encodeCbor } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import {
  boolean,
  type Changed,
  chosenInterface,
  defineResource,
  deviceKinds,
  deviceModel,
  integer,
  optional,
  parseQuery,
  readOnly,
  readWrite,
  type ResourceTable,
  refusedSetting,
  text,
} from '../../src/index.js';
import { get, owner, post, tableOf } from '../support/table.js';

const lamp = defineResource({
  path: '/lamp',
  name: 'Reading lamp',
  types: ['oic.r.switch.binary'],
  interfaces: ['oic.if.a', 'oic.if.s'],
  properties: {
    value: readWrite(boolean),
    level: readWrite(integer({ minimum: 0, maximum: 100 })),
    note: readWrite(optional(text({ maximum: 8 }))),
    hours: readOnly(integer()),
  },
  initial: { value: false, level: 50, hours: 7 },
  update(update, { level }) {
    if (update.value === true && (update.level ?? level) === 0) throw refusedSetting('a lamp at 0 cannot be on');
    return update;
  },
});
const meter = defineResource({
  path: '/meter',
  types: ['oic.r.energy.usage'],
  interfaces: ['oic.if.s'],
  properties: { power: readOnly(integer()) },
  initial: { power: 40 },
});
const model = deviceModel({ name: 'Lamp', type: 'oic.d.light', manufacturer: 'Us', resources: [lamp, meter] });
const newTable = (): ResourceTable => tableOf(model);
const asActuator = { value: false, level: 50, hours: 7 };

describe('interfaces (ocf.md §1.2, §2)', () => {
  it('the first is the default one', () => {
    expect(get(newTable(), '/lamp')).toEqual({ code: '2.05', value: asActuator });
    expect(get(newTable(), '/lamp?if=oic.if.a')).toEqual({ code: '2.05', value: asActuator });
  });

  it('baseline adds name, types and interfaces, in front', () => {
    const { value } = get(newTable(), '/lamp?if=oic.if.baseline');
    expect(Object.entries(value as object)).toEqual([
      ['n', 'Reading lamp'],
      ['rt', ['oic.r.switch.binary']],
      ['if', ['oic.if.a', 'oic.if.s', 'oic.if.baseline']],
      ['value', false],
      ['level', 50],
      ['hours', 7],
    ]);
  });

  it.each(['oic.if.ll', 'oic.if.rw', 'oic.if.none', ''])(
    'one that the resource does not have is refused: %s',
    (name) => {
      expect(get(newTable(), `/lamp?if=${name}`)).toEqual({ code: '4.03' });
    },
  );

  it('a sensor’s cannot update, though its resource can', () => {
    expect(post(newTable(), '/lamp?if=oic.if.s', { value: true })).toEqual({ code: '4.03' });
    expect(post(newTable(), '/lamp?if=oic.if.baseline', { value: true }).code).toBe('2.04');
  });

  it.each(['DELETE', 'FETCH', 'PATCH', 'iPATCH'] as const)('%s is no method of a resource here', (method) => {
    const { code } = newTable().handle({ method, path: '/lamp', query: [] }, owner);
    expect(code).toBe('4.05');
  });

  it('a resource with nothing to write has no update, in any interface', () => {
    expect(post(newTable(), '/meter?if=oic.if.baseline', { power: 1 }).code).toBe('4.05');
    expect(post(newTable(), '/meter', { power: 1 }).code).toBe('4.03');
    expect(post(newTable(), '/oic/d?if=oic.if.baseline', { n: 'x' }).code).toBe('4.05');
  });

  it('the choice is told to others too', () => {
    expect(chosenInterface(lamp, parseQuery(['rt=x&if=oic.if.s']))).toBe('oic.if.s');
    expect(chosenInterface(lamp, parseQuery(['if=oic.if.b']))).toBeUndefined();
  });

  it('what is not there is not found', () => {
    expect(get(newTable(), '/nosuch')).toEqual({ code: '4.04' });
    expect(get(newTable(), '/oic/sec/doxm')).toEqual({ code: '4.04' });
  });
});

describe('an update', () => {
  it('changes what it names, and is answered with that', () => {
    const table = newTable();
    expect(post(table, '/lamp', { level: 80 })).toEqual({ code: '2.04', value: { level: 80 } });
    expect(get(table, '/lamp').value).toEqual({ ...asActuator, level: 80 });
  });

  it('may give a value to a property that had none', () => {
    const table = newTable();
    post(table, '/lamp', { note: 'x' });
    expect(get(table, '/lamp').value).toEqual({ value: false, level: 50, note: 'x', hours: 7 });
  });

  it('changes nothing before its changes are applied', () => {
    const table = newTable();
    const value = new Map([['level', 1]]);
    const { changes } = table.handle({ method: 'PUT', path: '/lamp', query: [], value }, owner);
    expect(changes).toEqual([{ path: '/lamp', values: { level: 1 } }]);
    expect(table.values(lamp).level).toBe(50);
    table.apply(changes);
    expect(table.values(lamp).level).toBe(1);
  });

  const refused: [string, Parameters<typeof encodeCbor>[0]][] = [
    ['an unknown property', { valu: true }],
    ['a read-only property', { hours: 1 }],
    ['a common property', { rt: ['oic.r.switch.binary'], value: true }],
    ['a value of another type', { value: 1 }],
    ['a value out of bounds', { level: 101 }],
    ['null for a value', { value: null }],
    ['nothing', {}],
    ['no payload', undefined],
    ['a list', [true]],
    ['a number as a name', new Map([[0, true]])],
    ['one good and one bad value', { value: true, level: -1 }],
    ['__proto__', new Map([['__proto__', true]])],
    ['constructor', { constructor: true }],
  ];
  it.each(refused)('with %s is refused with 4.00, and nothing changes', (_, value) => {
    const table = newTable();
    expect(post(table, '/lamp', value)).toEqual({ code: '4.00' });
    expect(get(table, '/lamp').value).toEqual(asActuator);
  });

  it('says what was wrong with it', () => {
    const value = new Map([['level', 101]]);
    const { reason } = newTable().handle({ method: 'POST', path: '/lamp', query: [], value }, owner);
    expect(reason).toBe('level: 101 is above 100');
  });

  it('that the device cannot do now is refused with 4.03 and shows how it is', () => {
    const table = newTable();
    post(table, '/lamp', { level: 0 });
    expect(post(table, '/lamp', { value: true })).toEqual({ code: '4.03', value: { value: false } });
    expect(post(table, '/lamp', { value: true, level: 1 }).code).toBe('2.04');
  });
});

describe('the device itself', () => {
  it('changes values, read-only ones too', () => {
    const table = newTable();
    table.set(meter, { power: 60 });
    table.set('/lamp', { hours: 8, value: true });
    expect(get(table, '/meter').value).toEqual({ power: 60 });
    expect(table.values('/lamp')).toEqual({ value: true, level: 50, hours: 8 });
  });

  it('is held to its own declarations', () => {
    const table = newTable();
    const faulty = (values: Record<string, unknown>) => () => {
      table.set('/lamp', values);
    };
    expect(faulty({ level: 101 })).toThrow(expect.objectContaining({ code: 'invalid-value', fault: 'caller' }));
    expect(faulty({ level: 1, nosuch: 1 })).toThrow('/lamp: nosuch: is no property of it');
    expect(() => {
      table.set('/nosuch', {});
    }).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    expect(table.values(lamp)).toEqual(asActuator);
  });

  it('hears of every change, and whose it was, until it no longer wants to', () => {
    const table = newTable();
    const heard: Changed[] = [];
    const end = table.onChange((changed) => heard.push(changed));
    table.set(lamp, { level: 3 });
    post(table, '/lamp', { value: true });
    post(table, '/lamp', { value: 1 });
    end();
    table.set(lamp, { level: 4 });
    expect(heard).toEqual([
      { path: '/lamp', values: { level: 3 }, by: 'application' },
      { path: '/lamp', values: { value: true }, by: 'client' },
    ]);
  });
});

describe('answers are made once', () => {
  it('and are the same bytes until something changes', () => {
    const table = newTable();
    const ask = (path: string): Uint8Array | undefined =>
      table.handle({ method: 'GET', path, query: [] }, owner).payload;
    for (const path of ['/lamp', '/oic/res', '/oic/d', '/oic/p', '/oic/wk/introspection', '/oc/introspection']) {
      expect(ask(path), path).toBe(ask(path));
    }
    const before = ask('/lamp');
    const [directory, meterBefore] = [ask('/oic/res'), ask('/meter')];
    table.set(lamp, { level: 9 });
    expect(ask('/lamp')).not.toEqual(before);
    expect([ask('/oic/res'), ask('/meter')]).toEqual([directory, meterBefore]);
  });

  it('each requester is shown its own endpoints', () => {
    const table = newTable();
    const there = { ...owner, endpoints: { coaps: 'coaps://10.0.0.1:5684' } };
    const here = JSON.stringify(get(table, '/oic/res'));
    expect(here).toContain('coaps://[fe80::1]:5684');
    expect(JSON.stringify(get(table, '/oic/res', there))).not.toContain('fe80');
    expect(JSON.stringify(get(table, '/oic/wk/introspection', there))).toContain(
      'coaps://10.0.0.1:5684/oc/introspection',
    );
    expect(JSON.stringify(get(table, '/oic/res'))).toBe(here);
  });
});

describe('values that outlive restarts', () => {
  const stored = (table: ResourceTable): Uint8Array => encodeCbor(table.durable());

  it('are those of resources that were declared so, and the name of the device', () => {
    const table = tableOf(deviceKinds.lock());
    post(table, '/lock', { lockState: 'Unlocked' });
    post(table, '/oic/wk/con', { n: 'Back door' });
    expect(table.durable()).toEqual({ '/oic/wk/con': { n: 'Back door' }, '/lock': { lockState: 'Unlocked' } });
    expect([table.isDurable('/lock'), table.isDurable('/oic/wk/con'), table.isDurable('/oic/d')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('come back', async () => {
    const { decodeCbor } = await import('@selvage/core');
    const [before, after] = [tableOf(deviceKinds.lock()), tableOf(deviceKinds.lock())];
    post(before, '/lock', { lockState: 'Unlocked' });
    post(before, '/oic/wk/con', { n: 'Back door' });
    expect(get(after, '/oic/d').value).toMatchObject({ n: 'Lock' });
    after.restore(decodeCbor(stored(before)));
    expect(get(after, '/lock').value).toEqual({ lockState: 'Unlocked' });
    expect(get(after, '/oic/d').value).toMatchObject({ n: 'Back door' });
  });

  it('can be stored before they are made', () => {
    const table = tableOf(deviceKinds.lock());
    const pending = [{ path: '/lock', values: { lockState: 'Unlocked' } }];
    expect(table.durable(pending)).toMatchObject({ '/lock': { lockState: 'Unlocked' } });
    expect(table.durable()).toMatchObject({ '/lock': { lockState: 'Locked' } });
  });

  it.each([
    ['nothing', undefined],
    ['no map', 7],
    ['another resource', new Map([['/other', new Map([['a', 1]])]])],
    ['no values', new Map([['/lock', 7]])],
    ['a value of another type', new Map([['/lock', new Map([['lockState', 'Ajar']])]])],
    ['another property', new Map([['/lock', new Map([['state', 'Locked']])]])],
  ])('of %s leave the device as its model has it', (_, value) => {
    const table = tableOf(deviceKinds.lock());
    table.restore(value);
    expect(get(table, '/lock').value).toEqual({ lockState: 'Locked' });
  });
});

describe('who the device is', () => {
  it('is told anew after a change of identity', () => {
    const table = newTable();
    const { device } = table.facts;
    expect(JSON.stringify([get(table, '/oic/res'), get(table, '/oic/d')])).toContain(device);
    table.identify({ ...table.facts, device: table.facts.platform });
    expect(JSON.stringify([get(table, '/oic/res'), get(table, '/oic/d')])).not.toContain(device);
    expect(get(table, '/oic/d').value).toMatchObject({ di: table.facts.platform, piid: table.facts.permanent });
  });

  it('can be given a name, of 1 to 64 characters', () => {
    const table = newTable();
    expect(get(table, '/oic/d').value).toMatchObject({ n: 'Lamp' });
    expect(post(table, '/oic/wk/con', { n: 'Desk' })).toEqual({ code: '2.04', value: { n: 'Desk' } });
    expect(get(table, '/oic/d').value).toMatchObject({ n: 'Desk' });
    expect(get(table, '/oic/wk/con?if=oic.if.baseline').value).toMatchObject({ rt: ['oic.wk.con'], n: 'Desk' });
    for (const n of ['', 'x'.repeat(65), 7]) expect(post(table, '/oic/wk/con', { n }).code).toBe('4.00');
    expect(table.affectedBy('/oic/wk/con')).toEqual(['/oic/wk/con', '/oic/d']);
  });

  it('is shown to access rules with every resource', () => {
    const kinds = [
      '/oic/res',
      '/oic/d',
      '/oic/p',
      '/oic/wk/con',
      '/oic/wk/introspection',
      '/oc/introspection',
      '/lamp',
    ];
    const table = newTable();
    expect(kinds.map((path) => table.find(path)?.kind)).toEqual([
      'core',
      'core',
      'core',
      'auxiliary',
      'auxiliary',
      'auxiliary',
      'application',
    ]);
    expect(table.find('/oic/sec/cred')).toMatchObject({ kind: 'security', secure: true });
    expect(table.find('/nosuch')).toBeUndefined();
  });
});
