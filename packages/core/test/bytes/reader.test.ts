import { describe, expect, it } from 'vitest';
import { ByteReader, fromHex, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';

describe('ByteReader', () => {
  it('reads big-endian numbers of every width at their limits', () => {
    const reader = new ByteReader(fromHex('ff ffff ffffff ffffffff ffffffffffff ffffffffffffffff'));
    expect([reader.u8(), reader.u16(), reader.u24(), reader.u32(), reader.u48(), reader.u64()]).toEqual([
      2 ** 8 - 1,
      2 ** 16 - 1,
      2 ** 24 - 1,
      2 ** 32 - 1,
      2 ** 48 - 1,
      2n ** 64n - 1n,
    ]);
    reader.finish();
  });

  it('reads bytes in network order', () => {
    const reader = new ByteReader(fromHex('01 0203 040506 0708090a 0b0c0d0e0f10 1112131415161718'));
    const numbers = [reader.u8(), reader.u16(), reader.u24(), reader.u32(), reader.u48(), reader.u64()];
    expect(numbers.map((n) => n.toString(16))).toEqual([
      '1',
      '203',
      '40506',
      '708090a',
      'b0c0d0e0f10',
      '1112131415161718',
    ]);
  });

  it.each([
    ['u8', 1],
    ['u16', 2],
    ['u24', 3],
    ['u32', 4],
    ['u48', 6],
    ['u64', 8],
  ] as const)('%s refuses to read past the end, and then has read nothing', (method, size) => {
    for (let length = 0; length < size; length++) {
      const reader = new ByteReader(new Uint8Array(length));
      expect(outcomeOf(() => reader[method]())).toBe('truncated');
      expect(reader.offset).toBe(0);
    }
  });

  it('gives bytes as plain views on the input, also of a Buffer', () => {
    const input = Buffer.from([1, 2, 3, 4]);
    const reader = new ByteReader(input);
    const view = reader.bytes(2);
    expect(view.constructor).toBe(Uint8Array);
    input[0] = 9;
    expect(toHex(view)).toBe('0902');
    expect(toHex(reader.rest())).toBe('0304');
    expect(reader.rest().length).toBe(0);
  });

  it('reads only its part of a larger buffer', () => {
    const reader = new ByteReader(new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
    expect(reader.u16()).toBe(0x0203);
    expect(outcomeOf(() => reader.u8())).toBe('truncated');
  });

  it.each([-1, 1.5, NaN, Infinity, 2 ** 32])('refuses %d as a number of bytes', (length) => {
    const reader = new ByteReader(new Uint8Array(4));
    expect(outcomeOf(() => reader.bytes(length))).toBe('invalid-argument');
    expect(outcomeOf(() => reader.sub(length))).toBe('invalid-argument');
  });

  it('shows what comes next without reading it, and no more than there is', () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3));
    reader.u8();
    expect([...reader.peek(2)]).toEqual([2, 3]);
    expect(reader.offset).toBe(1);
    expect(() => reader.peek(3)).toThrow('needs 3 bytes where 2 are left');
  });

  it('bounds a sub reader exactly, and skips its bytes', () => {
    const reader = new ByteReader(fromHex('01 0203 04'));
    reader.u8();
    const sub = reader.sub(2);
    expect([sub.offset, sub.remaining, reader.offset, reader.remaining]).toEqual([1, 2, 3, 1]);
    expect(sub.u16()).toBe(0x0203);
    expect(outcomeOf(() => sub.u8())).toBe('truncated');
    expect(outcomeOf(() => reader.sub(2))).toBe('truncated');
    expect(reader.u8()).toBe(4);
  });

  it('says what is missing and what is left over', () => {
    const reader = new ByteReader(fromHex('010203'));
    reader.u8();
    expect(() => reader.u32()).toThrow('needs 4 bytes where 2 are left');
    expect(() => reader.finish()).toThrow('2 bytes left over where the format ends');
    expect(outcomeOf(() => reader.finish())).toBe('trailing-bytes');
  });
});
