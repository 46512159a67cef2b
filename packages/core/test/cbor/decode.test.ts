import { type CborValue, decodeCbor, encodeCbor, FormatError, fromHex, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';

const read = (hex: string): CborValue => decodeCbor(fromHex(hex));
const outcome = (hex: string): string => outcomeOf(() => read(hex));

describe('integers', () => {
  it('are numbers where a number is exact, and bigints beyond', () => {
    expect(read('1b001fffffffffffff')).toBe(Number.MAX_SAFE_INTEGER);
    expect(read('1b0020000000000000')).toBe(2n ** 53n);
    expect(read('3b001ffffffffffffe')).toBe(Number.MIN_SAFE_INTEGER);
    expect(read('3b001fffffffffffff')).toBe(-(2n ** 53n));
  });

  it('may be longer than need be (RFC 8949 §4.1 only prefers the shortest)', () => {
    const forms = ['05', '1805', '190005', '1a00000005', '1b0000000000000005'];
    expect(forms.map(read)).toEqual([5, 5, 5, 5, 5]);
    expect(read('3800')).toBe(-1);
  });
});

describe('keys', () => {
  it.each([
    ['a text', 'a2 6161 01 6161 02'],
    ['an integer', 'a2 05 01 05 02'],
    ['an integer in two forms', 'a2 05 01 1805 02'],
    ['an integer in its longest form', 'bf 05 01 1b0000000000000005 02 ff'],
    ['a negative integer', 'a2 20 01 3800 02'],
    ['a text that is not ASCII', 'a2 62c3bc 01 62c3bc 02'],
    ['the empty text', 'a2 60 01 7800 02'],
    ['a name that objects have', 'a2 695f5f70726f746f5f5f 01 695f5f70726f746f5f5f 02'],
  ])('twice are refused (RFC 8949 §5.6): %s', (_, hex) => {
    expect(outcome(hex)).toBe('invalid-value');
  });

  it('twice are refused in whichever map they are', () => {
    expect(outcome('83 01 a1 6161 bf 6162 01 6162 02 ff 03')).toBe('invalid-value');
  });

  it('twice may be let through where nothing depends on them: the last counts', () => {
    const last = { repeatedKeys: 'last' } as const;
    expect(decodeCbor(fromHex('a3 6161 01 6162 02 6161 83030405'), last)).toEqual(
      new Map<string, CborValue>([
        ['a', [3, 4, 5]],
        ['b', 2],
      ]),
    );
    expect(outcomeOf(() => decodeCbor(fromHex('a2 6161 01 6161 61ff'), last))).toBe('invalid-value');
    expect(outcomeOf(() => decodeCbor(fromHex('a2 6161 01 6161 02'), { ...last, items: 4 }))).toBe(
      'length-out-of-range',
    );
  });

  it('are apart where they only look alike', () => {
    const map = read('a4 01 00 6131 01 63efbbbf 02 60 03') as ReadonlyMap<unknown, unknown>;
    expect([...map]).toEqual([
      [1, 0],
      ['1', 1],
      ['\ufeff', 2],
      ['', 3],
    ]);
  });

  it.each([
    ['NaN', 'f97e00'],
    ['1.0, which is 1 once read', 'f93c00'],
    ['a double', 'fb3ff199999999999a'],
    ['true', 'f5'],
    ['null', 'f6'],
    ['undefined', 'f7'],
    ['bytes', '4161'],
    ['an array', '80'],
    ['a map', 'a0'],
    ['an integer beyond exact numbers', '1b0020000000000000'],
    ['a tag', 'c001'],
  ])('are texts and exact integers, not %s', (_, key) => {
    expect(outcome(`a1 ${key} 00`)).toBe('invalid-value');
  });

  it('keep the order in which they came, and `__proto__` is one like any other', () => {
    const map = read('a3 6162 01 695f5f70726f746f5f5f 02 01 03') as ReadonlyMap<unknown, unknown>;
    expect([...map.keys()]).toEqual(['b', '__proto__', 1]);
    expect(Object.getPrototypeOf(map)).toBe(Map.prototype);
  });

  it('that were met before are told from others of the same length and ends', () => {
    const keys = ['axxb', 'ayyb', 'axxb', 'aüb', 'ayyb', 'aüb'];
    const read = keys.map((key) => [...(decodeCbor(encodeCbor({ [key]: 1 })) as ReadonlyMap<string, number>).keys()]);
    expect(read.flat()).toEqual(keys);
  });
});

describe('texts', () => {
  const bad: readonly (readonly [problem: string, bytes: string])[] = [
    ['a lone continuation', '80'],
    ['a character cut short', 'e282'],
    ['an overlong slash', 'c0af'],
    ['an overlong null', 'c080'],
    ['a surrogate', 'eda080'],
    ['a pair of surrogates (CESU-8)', 'eda081edb081'],
    ['beyond U+10FFFF', 'f4908080'],
    ['five bytes', 'f888808080'],
    ['0xff', 'ff'],
  ];
  const text = (bytes: string): string => toHex(Uint8Array.of(0x60 + bytes.length / 2)) + bytes;

  it.each(bad)('are UTF-8 (RFC 8949 §3.1), not %s', (_, bytes) => {
    expect(outcome(text(bytes))).toBe('invalid-value');
    expect(outcome(`a1 ${text(bytes)} 00`)).toBe('invalid-value');
    expect(outcome(`7f ${text(bytes)} ff`)).toBe('invalid-value');
    expect(outcome(`78 ff ${'61'.repeat(255 - bytes.length / 2)} ${bytes}`)).toBe('invalid-value');
  });

  it('come whole: in chunks (RFC 8949 §3.2.3) they are refused, as byte strings are', () => {
    for (const hex of ['7f 62c3bc 60 6161 ff', '7fff', '5f 42 0102 41 03 ff', 'a1 7f 6161 ff 00']) {
      expect({ hex, outcome: outcome(hex) }).toEqual({ hex, outcome: 'invalid-value' });
    }
  });

  it('keep a byte order mark and null characters', () => {
    expect(read('66efbbbf006100')).toBe('\ufeff\0a\0');
  });

  it.each([0, 1, 23, 24, 32, 33, 63, 64, 65, 255, 256, 70_000])('of %d characters come as they went', (length) => {
    for (const character of ['a', 'ü', '水', '𐅑']) {
      const value = character.repeat(length);
      expect(decodeCbor(encodeCbor(value))).toBe(value);
      if (length < 100) expect(decodeCbor(encodeCbor({ [value]: value }))).toEqual(new Map([[value, value]]));
    }
  });
});

describe('what is read', () => {
  it('keeps nothing of the input, also where that is a Buffer', () => {
    const input = Buffer.from('42a1a2', 'hex');
    const value = decodeCbor(input) as Uint8Array;
    input.fill(0);
    expect([toHex(value), value.constructor]).toEqual(['a1a2', Uint8Array]);
  });

  it('ends where the input ends', () => {
    expect(outcome('0000')).toBe('trailing-bytes');
    expect(outcome('80ff')).toBe('trailing-bytes');
    expect(outcome('')).toBe('truncated');
  });

  it('is told with the offset where it goes wrong', () => {
    const details: unknown[] = [];
    for (const hex of ['82 01 7f 00', '8201', '0102']) {
      try {
        read(hex);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        details.push([(error as FormatError).fault, (error as FormatError).details?.offset]);
      }
    }
    expect(details).toEqual([
      ['peer', 2],
      ['peer', 1],
      ['peer', 1],
    ]);
  });
});
