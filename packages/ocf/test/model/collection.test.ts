import { describe, expect, it } from 'vitest';
import {
  binarySwitch,
  defineAtomicMeasurement,
  defineCollection,
  defineResource,
  deviceModel,
  dimming,
  motionSensor,
  type Requester,
  type ResourceTable,
  temperatureSensor,
} from '../../src/index.js';
import { get, owner, post, tableOf } from '../support/table.js';

const model = deviceModel({
  name: 'Room',
  type: 'oic.d.room',
  manufacturer: 'Us',
  resources: [
    defineResource({ path: '/switch', ...binarySwitch, initial: { value: false } }),
    defineResource({ path: '/dimming', ...dimming, initial: { dimmingSetting: 10, range: [0, 100] } }),
    defineResource({ path: '/motion', ...motionSensor, initial: { value: true } }),
    defineCollection({ path: '/room', name: 'Hall', members: ['/switch', '/dimming', '/motion'] }),
    defineCollection({ path: '/floor', types: ['x.floor'], members: ['/room'], mandatoryTypes: ['oic.wk.col'] }),
    defineResource({ path: '/ear', ...temperatureSensor, initial: { temperature: 37 } }),
    defineResource({ path: '/moved', ...motionSensor, initial: { value: false } }),
    defineAtomicMeasurement({ path: '/fever', members: ['/ear', '/moved'] }),
  ],
});
const newTable = (): ResourceTable => tableOf(model);
const but = (...refused: string[]): Requester => ({ ...owner, allows: ({ path }) => !refused.includes(path) });
const state = [
  { href: '/switch', rep: { value: false } },
  { href: '/dimming', rep: { dimmingSetting: 10, range: [0, 100] } },
  { href: '/motion', rep: { value: true } },
];

describe('a collection (oic.wk.col)', () => {
  it('is the links to its members, by default', () => {
    const { code, value } = get(newTable(), '/room');
    expect(code).toBe('2.05');
    expect(value).toEqual(get(newTable(), '/room?if=oic.if.ll').value);
    expect((value as readonly unknown[])[0]).toEqual({
      href: '/switch',
      rt: ['oic.r.switch.binary'],
      if: ['oic.if.a', 'oic.if.baseline'],
      p: { bm: 3 },
      eps: [{ ep: 'coaps://[fe80::1]:5684' }],
    });
  });

  it('has its own properties in baseline, with the types of its members', () => {
    const { links, ...common } = get(newTable(), '/room?if=oic.if.baseline').value as { links: unknown[] };
    expect(links.length).toBe(3);
    expect(common).toEqual({
      n: 'Hall',
      rt: ['oic.wk.col'],
      if: ['oic.if.ll', 'oic.if.b', 'oic.if.baseline'],
      rts: ['oic.r.switch.binary', 'oic.r.light.dimming', 'oic.r.sensor.motion'],
    });
    expect(get(newTable(), '/floor?if=oic.if.baseline').value).toMatchObject({
      rt: ['x.floor', 'oic.wk.col'],
      'rts-m': ['oic.wk.col'],
    });
  });

  it('shows members of a type only, where that is asked for', () => {
    expect(get(newTable(), '/room?if=oic.if.b&rt=oic.r.sensor.motion').value).toEqual(state.slice(2));
  });

  it('cannot be changed in baseline', () => {
    expect(post(newTable(), '/room?if=oic.if.baseline', { links: [] }).code).toBe('4.05');
    expect(post(newTable(), '/room', []).code).toBe('4.03');
  });

  it('is told of with its members', () => {
    expect(newTable().affectedBy('/switch')).toEqual(['/switch', '/room']);
    expect(newTable().affectedBy('/room')).toEqual(['/room', '/floor']);
  });
});

describe('a batch', () => {
  it('reads all members at once, each in its default interface', () => {
    expect(get(newTable(), '/room?if=oic.if.b')).toEqual({ code: '2.05', value: state });
  });

  it('holds the links of a collection in a collection', () => {
    const [floor] = get(newTable(), '/floor?if=oic.if.b').value as [{ href: string; rep: unknown[] }];
    expect([floor.href, floor.rep.length]).toEqual(['/room', 3]);
  });

  it('of collections in one another ends', () => {
    const all = [
      defineCollection({ path: '/a', members: ['/b', '/fever'] }),
      defineCollection({ path: '/b', members: ['/a'] }),
      defineAtomicMeasurement({ path: '/fever', members: ['/moved'] }),
      defineResource({ path: '/moved', ...motionSensor, initial: { value: false } }),
    ];
    const table = tableOf(deviceModel({ name: 'Room', type: 'oic.d.room', manufacturer: 'Us', resources: all }));
    expect(get(table, '/a?if=oic.if.b').value).toMatchObject([
      { href: '/b', rep: [{ href: '/a' }] },
      { href: '/fever', rep: [{ href: '/moved', rep: { value: false } }] },
    ]);
  });

  it('with members that the requester may not read is 4.04, with those that it may', () => {
    expect(get(newTable(), '/room?if=oic.if.b', but('/switch'))).toEqual({ code: '4.04', value: state.slice(1) });
  });

  it('updates each member that it names, and shows all as they are then', () => {
    const table = newTable();
    const items = [
      { href: '/switch', rep: { value: true } },
      { href: '/dimming', rep: { dimmingSetting: 20 } },
    ];
    const after = [
      { href: '/switch', rep: { value: true } },
      { href: '/dimming', rep: { dimmingSetting: 20, range: [0, 100] } },
      state[2],
    ];
    expect(post(table, '/room?if=oic.if.b', items)).toEqual({ code: '2.04', value: after });
    expect(get(table, '/room?if=oic.if.b').value).toEqual(after);
  });

  it('updates all members where it names none; those that cannot make it 4.03', () => {
    const table = newTable();
    const { code, value } = post(table, '/room?if=oic.if.b', [{ href: '', rep: { value: true } }]);
    expect(code).toBe('4.03');
    expect(value).toEqual([{ href: '/switch', rep: { value: true } }, state[1], state[2]]);
  });

  it('does not touch what the requester may not update', () => {
    const table = newTable();
    const items = [{ href: '/switch', rep: { value: true } }];
    expect(post(table, '/room?if=oic.if.b', items, but('/switch'))).toEqual({ code: '4.03', value: state.slice(1) });
    expect(table.values('/switch')).toEqual({ value: false });
  });

  it.each([
    ['what is no member', [{ href: '/ear', rep: { temperature: 1 } }], '4.03'],
    ['a value that does not fit', [{ href: '/switch', rep: { value: 1 } }], '4.03'],
    ['no list', { href: '/switch', rep: { value: true } }, '4.00'],
    ['no items', [], '4.00'],
    ['an item without a representation', [{ href: '/switch' }], '4.00'],
    ['an item that is none', [true], '4.00'],
  ])('with %s changes nothing', (_, value, code) => {
    const table = newTable();
    expect(post(table, '/room?if=oic.if.b', value).code).toBe(code);
    expect(get(table, '/room?if=oic.if.b').value).toEqual(state);
  });
});

describe('an atomic measurement (oic.wk.atomicmeasurement)', () => {
  const measured = [
    { href: '/ear', rep: { temperature: 37 } },
    { href: '/moved', rep: { value: false } },
  ];

  it('is a batch by default', () => {
    expect(get(newTable(), '/fever')).toEqual({ code: '2.05', value: measured });
    expect(get(newTable(), '/fever?if=oic.if.baseline').value).toMatchObject({
      rt: ['oic.wk.atomicmeasurement'],
      if: ['oic.if.b', 'oic.if.ll', 'oic.if.baseline'],
      rts: ['oic.r.temperature', 'oic.r.sensor.motion'],
    });
  });

  it('is read whole by who may read it, whatever else they may', () => {
    expect(get(newTable(), '/fever', but('/ear'))).toEqual({ code: '2.05', value: measured });
  });

  it('is the only way to its members', () => {
    expect(get(newTable(), '/ear')).toEqual({ code: '4.03' });
    expect(JSON.stringify(get(newTable(), '/oic/res'))).not.toContain('"/ear"');
    const readable = get(newTable(), '/oic/res?if=oic.if.b').value as { href: string }[];
    expect(readable.map(({ href }) => href)).not.toContain('/ear');
  });

  it('cannot be updated', () => {
    expect(post(newTable(), '/fever', [{ href: '/ear', rep: { temperature: 1 } }]).code).toBe('4.05');
  });
});
