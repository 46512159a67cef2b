import { type CborLimits, type CborValue, concat, decodeCbor, encodeCbor, fromHex } from '@selvage/core';
import { mutate, outcomeOf } from '@selvage/core/testing';
import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { leastCpuTime } from '../support/least-cpu-time.js';

const outcome = (bytes: Uint8Array, limits?: CborLimits): string => outcomeOf(() => decodeCbor(bytes, limits));
const repeated = (hex: string, length: number): Uint8Array => {
  const piece = fromHex(hex);
  return new Uint8Array(length).map((_, i) => piece[i % piece.length] as number);
};

/** A device's owner-transfer state and its links, in the indefinite lengths of IoTivity-Lite. */
const messages = [
  'bf 646f786d73 820001 666f786d73656c 04 63736374 190149 656f776e6564 f4 6a64657669636575756964 6466333465 ff',
  '9f bf 6468726566 682f6f69632f726573 ff bf 627274 9f 676f69632e722e73 ff 6170 bf 62626d 03 ff ff ff',
  'a2 6131 fb3ff199999999999a 02 83 43 010203 f97e00 63 61c3bc',
].map(fromHex);

describe('a value that is cut off', () => {
  it.each(messages.map((message, i) => [i, message] as const))(
    'is truncated at every byte: message %d',
    (_, message) => {
      expect(outcome(message)).toBe('returned');
      const outcomes = Array.from({ length: message.length }, (_, length) => outcome(message.subarray(0, length)));
      expect(new Set(outcomes)).toEqual(new Set(['truncated']));
    },
  );
});

describe('nesting', () => {
  it.each(['81', 'a100', '9f', 'bf00'])('of %s is read to its limit and no further', (open) => {
    const close = open === '9f' || open === 'bf00' ? 'ff' : '';
    const nested = (depth: number): Uint8Array => fromHex(open.repeat(depth) + '00' + close.repeat(depth));
    expect(outcome(nested(16))).toBe('returned');
    expect(outcome(nested(17))).toBe('length-out-of-range');
    expect(outcome(nested(3), { depth: 3 })).toBe('returned');
    expect(outcome(nested(4), { depth: 3 })).toBe('length-out-of-range');
    expect(outcome(nested(256), { depth: Infinity })).toBe('returned');
    expect(outcome(nested(257), { depth: Infinity })).toBe('length-out-of-range');
  });

  it.each(['81', '9f', 'a100', 'bf00', 'c0', '7f', '5f'])('a megabyte of %s costs next to nothing', (open) => {
    const bomb = repeated(open, 1 << 20);
    const read = (): void => expect(outcome(bomb, { depth: Infinity })).toMatch(/length-out-of-range|invalid-value/);
    expect(leastCpuTime(read)).toBeLessThan(100);
  });
});

describe('lengths that are declared', () => {
  const types = { bytes: 2, text: 3, array: 4, map: 5 } as const;
  const sizes = ['18ff', '19ffff', '1a7fffffff', '1affffffff', '1b001fffffffffffff'];

  it.each(Object.entries(types))('of %s are compared with what is there before anything is made', (_, type) => {
    for (const size of sizes) {
      const [initial, ...argument] = fromHex(size) as unknown as [number, ...number[]];
      const bytes = Uint8Array.of((type << 5) | (initial & 31), ...argument, 0, 0);
      expect({ size, outcome: outcome(bytes) }).toEqual({ size, outcome: 'truncated' });
      expect({ size, outcome: outcome(concat(Uint8Array.of(0x9f), bytes)) }).toEqual({ size, outcome: 'truncated' });
    }
  });

  it('count two items for each entry of a map', () => {
    expect(outcome(fromHex('a3 01 02 03 04 05'))).toBe('truncated');
  });
});

describe('the number of items', () => {
  it('is limited, keys among them', () => {
    const limits = { items: 4 };
    expect(outcome(fromHex('83 01 02 03'), limits)).toBe('returned');
    expect(outcome(fromHex('84 01 02 03 04'), limits)).toBe('length-out-of-range');
    expect(outcome(fromHex('a1 01 81 02'), limits)).toBe('returned');
    expect(outcome(fromHex('a2 01 02 03 04'), limits)).toBe('length-out-of-range');
  });

  it.each(['80', 'a0', '40', '60', '00'])('keeps ten megabytes of %s small and quick', (item) => {
    const bomb = concat(fromHex('9f'), repeated(item, 10 << 20), fromHex('ff'));
    expect(leastCpuTime(() => expect(outcome(bomb)).toBe('length-out-of-range'))).toBeLessThan(500);
  });
});

describe('the number of keys of a map', () => {
  it('is limited for each map', () => {
    const keys = (count: number): Uint8Array => encodeCbor(new Map(Array.from({ length: count }, (_, i) => [i, 0])));
    expect(outcome(keys(1024))).toBe('returned');
    expect(outcome(keys(1025))).toBe('length-out-of-range');
    expect(outcome(keys(3), { keys: 2 })).toBe('length-out-of-range');
    expect(outcome(fromHex('82 a2 0000 0100 a2 0000 0100'), { keys: 2 })).toBe('returned');
  });

  it('keeps keys that meet in one place of the table from costing much', () => {
    const colliding = encodeCbor(new Map(collidingKeys(1024).map((key) => [key, 0])));
    expect(leastCpuTime(() => expect(outcome(colliding)).toBe('returned'))).toBeLessThan(100);
  });
});

describe('random bytes', () => {
  it.each([1, 2, 3])('end in a value that survives a round trip, or in an error of the peer (seed %d)', (seed) => {
    const random = new SeededRandom(seed);
    const outcomes = new Map<string, number>();
    for (let round = 0; round < 20_000; round++) {
      const base = messages[random.below(messages.length)] as Uint8Array;
      let bytes = random.chance(0.2) ? random.bytes(random.below(40)) : mutate(base, random);
      while (random.chance(0.4)) bytes = mutate(bytes, random);
      const result = attempt(bytes);
      outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
    }
    const expected = ['returned', 'truncated', 'invalid-value', 'trailing-bytes', 'length-out-of-range'];
    expect([...outcomes.keys()].filter((result) => !expected.includes(result))).toEqual([]);
    for (const result of expected.slice(0, 4)) expect([result, outcomes.get(result)! > 100]).toEqual([result, true]);
  });
});

/** Reads, and if that works writes and reads again. */
function attempt(bytes: Uint8Array): string {
  let value: CborValue;
  const result = outcomeOf(() => (value = decodeCbor(bytes)));
  if (result !== 'returned') return result;
  const again = decodeCbor(encodeCbor(value));
  expect(again).toStrictEqual(value);
  return result;
}

/** Integers that V8's unseeded hash of small integers puts into one place of a table of 512. */
function collidingKeys(count: number): number[] {
  const keys: number[] = [];
  for (let key = 0; keys.length < count; key++) if (smallIntegerHash(key) % 512 === 0) keys.push(key);
  return keys;
}

/** Thomas Wang's mixer of 32 bits. */
function smallIntegerHash(key: number): number {
  let hash = (~key + (key << 15)) >>> 0;
  hash = (hash ^ (hash >>> 12)) >>> 0;
  hash = (hash + (hash << 2)) >>> 0;
  hash = (hash ^ (hash >>> 4)) >>> 0;
  hash = Math.imul(hash, 2057) >>> 0;
  return (hash ^ (hash >>> 16)) & 0x3fff_ffff;
}
