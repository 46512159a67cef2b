import { type CborInput, decodeCbor, encodeCbor, Secret, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';

const written = (value: CborInput): string => toHex(encodeCbor(value));

describe('maps', () => {
  it('are plain objects or Maps, and keep the order of their keys', () => {
    expect(written({ b: 1, a: 2 })).toBe('a2616201616102');
    expect(
      written(
        new Map<string | number, CborInput>([
          ['b', 1],
          [-1, 2],
          ['a', 3],
        ]),
      ),
    ).toBe('a361620120026161' + '03');
    expect(written(Object.assign(Object.create(null) as Record<string, number>, { a: 1 }))).toBe('a1616101');
  });

  it('leave out what is undefined in an object, and only there', () => {
    expect(written({ a: undefined, b: 1, c: undefined })).toBe('a1616201');
    expect(written({ a: undefined })).toBe('a0');
    expect(written(new Map([['a', undefined]]))).toBe('a16161f7');
    expect(written([undefined, 1])).toBe('82f701');
  });

  it('have texts and exact integers for keys', () => {
    for (const key of [1.5, NaN, 2 ** 53, true, null, undefined, 1n, {}]) {
      const map = new Map([[key, 1]]) as unknown as CborInput;
      expect({ key, outcome: outcomeOf(() => encodeCbor(map)) }).toEqual({ key, outcome: 'invalid-argument' });
    }
  });
});

describe('numbers', () => {
  it('take the fewest bytes that hold them (RFC 8949 §4.1)', () => {
    const heads = [23, 24, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];
    expect(heads.map(written)).toEqual([
      '17',
      '1818',
      '18ff',
      '190100',
      '19ffff',
      '1a00010000',
      '1affffffff',
      '1b0000000100000000',
      '1b001fffffffffffff',
    ]);
    expect([-24, -25, -256, -257, -(2 ** 32), -(2 ** 32) - 1].map(written)).toEqual([
      '37',
      '3818',
      '38ff',
      '390100',
      '3affffffff',
      '3b0000000100000000',
    ]);
  });

  it('that are bigints are integers of up to 64 bits', () => {
    expect([0n, 23n, 24n, -1n, 2n ** 32n, 2n ** 64n - 1n, -(2n ** 64n)].map(written)).toEqual([
      '00',
      '17',
      '1818',
      '20',
      '1b0000000100000000',
      '1bffffffffffffffff',
      '3bffffffffffffffff',
    ]);
    for (const value of [2n ** 64n, -(2n ** 64n) - 1n, 2n ** 9000n]) {
      expect(outcomeOf(() => encodeCbor(value))).toBe('value-out-of-range');
    }
  });

  it('beyond exact integers are floats, as long as they need to be', () => {
    expect(written(2 ** 53)).toBe('fa5a000000');
    expect(written(2 ** 53 + 2)).toBe('fb4340000000000001');
    expect(written(0.1)).toBe('fb3fb999999999999a');
    expect(written(5e-324)).toBe('fb0000000000000001');
    expect(written(2 ** -149)).toBe('fa00000001');
  });

  it('are half floats where those are normal and exact', () => {
    expect([2 ** -24, 2 ** -14, 65503.5, 1365 / 4096, 1 + 2 ** -10].map(written)).toEqual([
      'f90001',
      'f90400',
      'fa477fdf80',
      'f93555',
      'f93c01',
    ]);
  });
});

describe('half floats', () => {
  it('are written for every number that has one, but for integers', () => {
    const differing: string[] = [];
    for (let bits = 0; bits < 0x1_0000; bits++) {
      const half = Uint8Array.of(0xf9, bits >> 8, bits & 0xff);
      const value = decodeCbor(half) as number;
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) continue;
      const expected = Number.isNaN(value) ? 'f97e00' : toHex(half);
      if (written(value) !== expected) differing.push(expected);
    }
    expect(differing).toEqual([]);
  });
});

describe('texts', () => {
  it('have the shortest head for their bytes, however many those are for a unit', () => {
    for (const [unit, bytes] of [
      ['a', '61'],
      ['ü', 'c3bc'],
      ['€', 'e282ac'],
      ['😀', 'f09f9880'],
    ] as const) {
      for (const units of [1, 7, 8, 12, 23, 24, 47, 49, 63, 64, 86, 127, 128, 255, 256, 30_000]) {
        const size = (units * bytes.length) / 2;
        const head = size < 24 ? toHex(Uint8Array.of(0x60 + size)) : headOf(size);
        expect(written(unit.repeat(units)) === head + bytes.repeat(units)).toBe(true);
      }
    }
  });

  function headOf(size: number): string {
    if (size < 256) return `78${size.toString(16).padStart(2, '0')}`;
    return size < 65_536 ? `79${size.toString(16).padStart(4, '0')}` : `7a${size.toString(16).padStart(8, '0')}`;
  }
});

describe('what cannot be encoded', () => {
  it('is refused, not written as something else', () => {
    const recursive: unknown[] = [];
    recursive.push(recursive);
    const wrong: readonly [string, unknown][] = [
      ['a function', () => 1],
      ['a symbol', Symbol('s')],
      ['a secret', Secret.text('PIN')],
      ['a date', new Date(0)],
      ['a set', new Set([1])],
      ['another typed array', new Uint16Array(2)],
      ['an array in itself', recursive],
      ['half a surrogate pair', 'a\ud800'],
      ['the other half', `${'a'.repeat(100)}\udc00`],
      ['half a pair in a key', { '\ud800': 1 }],
    ];
    for (const [name, value] of wrong) {
      const outcome = outcomeOf(() => encodeCbor([value as CborInput]));
      expect({ name, outcome }).toEqual({ name, outcome: 'invalid-argument' });
    }
  });

  it('leaves nothing behind for the next value', () => {
    expect(outcomeOf(() => encodeCbor(['PIN 12345678', 2n ** 64n]))).toBe('value-out-of-range');
    expect(written([1])).toBe('8101');
  });
});

describe('size', () => {
  it('is that of the value: 100,000 items in an array of its own', () => {
    const bytes = encodeCbor(Array.from({ length: 100_000 }, (_, i) => i & 15));
    expect([bytes.length, bytes.buffer.byteLength]).toEqual([100_005, 100_005]);
  });

  it('of a Buffer is its own, and it comes out as bytes', () => {
    expect(written(Buffer.from('0102', 'hex'))).toBe('420102');
  });
});
