import { type CborValue, decodeCbor, encodeCbor } from '@selvage/core';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { type DeviceKind, deviceKinds, type ResourceProperty, type ResourceTable } from '../../src/index.js';
import { owner, tableOf } from '../support/table.js';

const seed = Number(process.env['SELVAGE_SEED'] ?? 7);
const rounds = 3000;
const codes = new Set(['2.04', '2.05', '4.00', '4.03', '4.04', '4.05']);
const words = [
  'value',
  'href',
  'rep',
  'units',
  'temperature',
  'modes',
  'n',
  '__proto__',
  'constructor',
  '',
  'rt',
  'if',
];

/** A value of any kind, nested at most so deep, made of what might matter to somebody. */
function randomValue(random: SeededRandom, depth: number): CborValue {
  const pick = <T>(values: readonly T[]): T => values[random.below(values.length)] as T;
  switch (random.below(depth === 0 ? 6 : 8)) {
    case 0:
      return pick([true, false, null, undefined]);
    case 1:
      return pick([0, 1, -1, 50, 1e9, 0.5, NaN, Infinity, -0, 2n ** 63n]);
    case 2:
      return pick(['Locked', 'Unlocked', 'C', 'F', 'heat', '', 'x'.repeat(300), '\0', '/switch', '/room']);
    case 3:
      return new Uint8Array(random.below(4));
    case 4:
      return pick(words);
    case 5:
      return random.below(101);
    case 6:
      return Array.from({ length: random.below(4) }, () => randomValue(random, depth - 1));
    default:
      return new Map(Array.from({ length: random.below(4) }, () => [pick(words), randomValue(random, depth - 1)]));
  }
}

/** What looks like an update of one of the resources, or a batch of one, or is anything at all. */
function randomUpdate(random: SeededRandom, paths: readonly string[], names: readonly string[]): CborValue {
  const update = new Map([[names[random.below(names.length)] as string, randomValue(random, 1)]]);
  if (random.chance(0.6)) return update;
  if (random.chance(0.5)) return randomValue(random, 3);
  const href = paths[random.below(paths.length)] as string;
  return [
    new Map<string, CborValue>([
      ['href', href],
      ['rep', update],
    ]),
  ];
}

/** Every value that a device has, by resource and property, with the property. */
function* valuesOf(table: ResourceTable, kind: DeviceKind): Iterable<[string, ResourceProperty, unknown]> {
  for (const resource of deviceKinds[kind]().resources) {
    if (resource.form === 'collection') continue;
    const values = table.values(resource.path);
    for (const [name, property] of Object.entries(resource.properties)) yield [name, property, values[name]];
  }
}

describe(`updates and queries of any kind (seed ${seed}: SELVAGE_SEED)`, () => {
  const kinds = Object.keys(deviceKinds) as DeviceKind[];

  it.each(kinds)('leave a %s with values of its types, and are answered', (kind) => {
    const random = new SeededRandom(`${seed}/${kind}`);
    const table = tableOf(deviceKinds[kind]());
    const paths = [...deviceKinds[kind]().resources.map(({ path }) => path), '/oic/wk/con', '/oic/res', '/oic/d', '/x'];
    const names = ['n', ...[...valuesOf(table, kind)].map(([name]) => name)];
    const interfaces = ['oic.if.baseline', 'oic.if.b', 'oic.if.ll', 'oic.if.a', 'oic.if.s', 'oic.if.rw', 'x', ''];
    let accepted = 0;
    for (let i = 0; i < rounds; i++) {
      const path = paths[random.below(paths.length)] as string;
      const query = [['if=' + (interfaces[random.below(8)] as string)], ['units=' + 'CFKx'[random.below(4)]], []][
        random.below(3)
      ];
      const method = (['POST', 'POST', 'PUT', 'GET', 'DELETE'] as const)[random.below(5)] as 'POST';
      const before = JSON.stringify(table.durable());
      const value = decodeCbor(encodeCbor(randomUpdate(random, paths, names)));
      const outcome = table.handle({ method, path, query: query as string[], value }, owner);
      expect(codes).toContain(outcome.code);
      expect(outcome.code.startsWith('2') || outcome.reason !== undefined).toBe(true);
      if (outcome.payload !== undefined) decodeCbor(outcome.payload);
      expect(JSON.stringify(table.durable())).toBe(before);
      table.apply(outcome.changes);
      if (outcome.code === '2.04') accepted++;
    }
    for (const [name, { type, optional }, value] of valuesOf(table, kind)) {
      if (value === undefined) expect(optional, name).toBe(true);
      else expect(type.read(decodeCbor(encodeCbor(type.write(value)))), name).toEqual(value);
    }
    expect(accepted).toBeGreaterThan(0);
  });

  it('change no prototype', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as { value?: unknown }).value).toBeUndefined();
  });
});
