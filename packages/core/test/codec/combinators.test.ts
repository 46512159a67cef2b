import { describe, expect, it } from 'vitest';
import {
  type Codec,
  FormatError,
  bytes,
  constant,
  decode,
  encode,
  enumeration,
  fromHex,
  list,
  mapped,
  named,
  nested,
  opaque,
  optionalTail,
  remaining,
  sequence,
  struct,
  toHex,
  u16,
  u16le,
  u24,
  u32,
  u32le,
  u48,
  u64,
  u8,
  variant,
} from '@selvage/core';
import { codecSuite, outcomeOf } from '@selvage/core/testing';

const test = { describe, it, expect };
const color = enumeration(u8, { red: 1, green: 2, blue: 4 });
const nothing = fromHex('');

const numbers: readonly [string, Codec<number>, number][] = [
  ['u8', u8, 1],
  ['u16', u16, 2],
  ['u24', u24, 3],
  ['u32', u32, 4],
  ['u48', u48, 6],
  ['u16le', u16le, 2],
  ['u32le', u32le, 4],
];
for (const [name, codec, size] of numbers) {
  const values = [0, 1, 2 ** (8 * size - 1), 2 ** (8 * size) - 1];
  codecSuite(test, { name, codec, values, rounds: 50 });
}
codecSuite(test, { name: 'u64', codec: u64, values: [0n, 1n, 2n ** 63n, 2n ** 64n - 1n], rounds: 50 });
codecSuite(test, { name: 'bytes(3)', codec: bytes(3), values: [fromHex('010203')], rounds: 50 });
codecSuite(test, {
  name: 'opaque<0..2^8-1>',
  codec: opaque(u8),
  vectors: [{ name: 'two bytes', bytes: '02 0102', value: fromHex('0102') }],
  values: [nothing, new Uint8Array(255)],
  rounds: 50,
});
codecSuite(test, {
  name: 'opaque with a little-endian length',
  codec: opaque(u16le),
  vectors: [
    { name: 'two bytes', bytes: '0200 0102', value: fromHex('0102') },
    { name: '258 bytes', bytes: `0201 ${'00'.repeat(258)}`, value: new Uint8Array(258) },
  ],
  rounds: 50,
});
codecSuite(test, {
  name: 'a little-endian list',
  codec: list(u16le, u32le),
  vectors: [{ name: 'two numbers', bytes: '0800 01000000 ddccbbaa', value: [1, 0xaabb_ccdd] }],
  rounds: 50,
});
codecSuite(test, {
  name: 'remaining',
  codec: remaining,
  values: [nothing, fromHex('01')],
  openEnded: true,
  rounds: 50,
});
codecSuite(test, {
  name: 'list of u16',
  codec: list(u8, u16),
  vectors: [{ name: 'two items', bytes: '04 0001 0002', value: [1, 2] }],
  values: [[]],
  rounds: 50,
});
codecSuite(test, {
  name: 'sequence of opaque',
  codec: sequence(opaque(u8)),
  vectors: [{ name: 'two items', bytes: '00 01ff', value: [nothing, fromHex('ff')] }],
  openEnded: true,
  rounds: 50,
});
codecSuite(test, {
  name: 'enumeration',
  codec: color,
  vectors: [{ name: 'green', bytes: '02', value: 'green' as const }],
  values: [{ unknown: 3 }],
  unknown: ['03', 'ff'],
  rounds: 50,
});
codecSuite(test, {
  name: 'variant without a frame',
  codec: variant(color, { red: u8, green: opaque(u8) }),
  vectors: [
    { name: 'red', bytes: '01 07', value: { type: 'red' as const, value: 7 } },
    {
      name: 'a listed tag without a case',
      bytes: '04 0102',
      value: { type: 'unknown' as const, tag: 4, body: fromHex('0102') },
    },
  ],
  unknown: ['09', '09 0102'],
  openEnded: true,
  rounds: 50,
});

describe('struct', () => {
  it('leaves out an optional field that is absent, and may be given without it', () => {
    const codec = struct({ a: u8, b: optionalTail(u8) });
    expect(toHex(encode(codec, { a: 1 }))).toBe('01');
    expect(decode(codec, fromHex('01'))).toEqual({ a: 1 });
    expect(decode(codec, fromHex('0102'))).toEqual({ a: 1, b: 2 });
  });

  it('keeps the order of the wire in the value', () => {
    const codec = struct({ z: u8, a: u8 });
    expect(Object.keys(decode(codec, fromHex('0102')))).toEqual(['z', 'a']);
  });

  it('knows its size where every field has one', () => {
    expect(struct({ a: u8, b: struct({ c: u48, d: bytes(3) }) }).size).toBe(10);
    expect(struct({ a: u8, b: opaque(u8) }).size).toBe(undefined);
  });
});

describe('lengths', () => {
  it('must be within their limits, on both ways', () => {
    const codec = opaque(u8, { min: 2, max: 3 });
    for (const size of [1, 4]) {
      const wire = fromHex(`0${size}${'00'.repeat(size)}`);
      expect(caught(() => decode(codec, wire))).toMatchObject({ code: 'length-out-of-range', fault: 'peer' });
      expect(caught(() => encode(codec, new Uint8Array(size)))).toMatchObject({
        code: 'length-out-of-range',
        fault: 'caller',
      });
    }
  });

  it('must fit their prefix', () => {
    for (const codec of [opaque(u8), nested(u8, remaining)]) {
      expect(caught(() => encode(codec, new Uint8Array(256)))).toMatchObject({
        code: 'length-out-of-range',
        fault: 'caller',
      });
    }
  });

  it('are exact: what is nested must fill its length', () => {
    expect(outcomeOf(() => decode(nested(u8, u16), fromHex('03 010203')))).toBe('trailing-bytes');
    expect(outcomeOf(() => decode(nested(u8, u16), fromHex('01 0102')))).toBe('truncated');
    expect(outcomeOf(() => decode(list(u8, u16), fromHex('03 010203')))).toBe('truncated');
  });

  it('are exact for fixed byte strings', () => {
    for (const size of [2, 4]) {
      expect(outcomeOf(() => encode(bytes(3), new Uint8Array(size)))).toBe('length-out-of-range');
    }
  });
});

describe('sequence', () => {
  it('refuses an item that takes no bytes instead of reading for ever', () => {
    expect(outcomeOf(() => decode(sequence(struct({})), fromHex('01')))).toBe('invalid-value');
    expect(outcomeOf(() => decode(list(u8, bytes(0)), fromHex('01 01')))).toBe('invalid-value');
  });
});

describe('enumeration', () => {
  it('translates between names and numbers', () => {
    expect([color.fromNumber(4), color.fromNumber(9)]).toEqual(['blue', { unknown: 9 }]);
    expect([color.toNumber('blue'), color.toNumber({ unknown: 9 })]).toEqual([4, 9]);
  });

  it('takes no name that only objects in general have', () => {
    for (const name of ['toString', '__proto__', 'mauve']) {
      expect(caught(() => encode(color, name as 'red'))).toMatchObject({ code: 'invalid-value', fault: 'caller' });
    }
  });

  it('refuses an unknown number that does not fit', () => {
    expect(outcomeOf(() => encode(color, { unknown: 256 }))).toBe('value-out-of-range');
  });
});

describe('variant', () => {
  it('refuses to write a type that it does not declare', () => {
    const codec = variant(color, { red: u8 });
    const value = { type: 'green', value: 1 } as unknown as { type: 'red'; value: number };
    expect(caught(() => encode(codec, value))).toMatchObject({ code: 'invalid-value', fault: 'caller' });
  });
});

describe('constant', () => {
  it('refuses another value on both ways', () => {
    const codec = constant(u16, 0xfefd);
    expect(decode(codec, fromHex('fefd'))).toBe(0xfefd);
    expect(caught(() => decode(codec, fromHex('feff')))).toMatchObject({ code: 'invalid-value', fault: 'peer' });
    expect(caught(() => encode(codec, 1 as 0xfefd))).toMatchObject({ code: 'invalid-value', fault: 'caller' });
    expect(toHex(encode(constant(color, 'green'), 'green'))).toBe('02');
    expect(outcomeOf(() => decode(constant(u64, 5n), fromHex('0000000000000006')))).toBe('invalid-value');
  });
});

describe('mapped', () => {
  const even = mapped(
    u8,
    (wire) => {
      if (wire % 2 === 1) throw new FormatError('invalid-value', `${wire} is odd`, { fault: 'peer' });
      return wire / 2;
    },
    (half) => half * 2,
  );

  it('converts both ways, and its refusal gains the path', () => {
    const codec = struct({ half: even });
    expect(toHex(encode(codec, { half: 4 }))).toBe('08');
    expect(decode(codec, fromHex('08'))).toEqual({ half: 4 });
    expect(() => decode(codec, fromHex('07'))).toThrow('half: 7 is odd');
    expect(codec.size).toBe(1);
  });
});

describe('named', () => {
  it('adds a path segment and nothing else', () => {
    const codec = named('outer', struct({ inner: u8 }));
    expect(toHex(encode(codec, { inner: 1 }))).toBe('01');
    expect(() => decode(codec, nothing)).toThrow('outer.inner: needs 1 byte where 0 are left');
    expect(() => encode(codec, { inner: 256 })).toThrow('outer.inner: 256 does not fit');
  });
});

function caught(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}
