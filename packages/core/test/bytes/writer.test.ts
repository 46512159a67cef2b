import { describe, expect, it } from 'vitest';
import { ByteWriter, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';

describe('ByteWriter', () => {
  it('writes big-endian numbers of every width', () => {
    const writer = new ByteWriter();
    writer.u8(0x01);
    writer.u16(0x0203);
    writer.u24(0x040506);
    writer.u32(0xf708090a);
    writer.u48(0xfb0c0d0e0f10);
    writer.u64(0xf112131415161718n);
    expect(writer.length).toBe(24);
    expect(toHex(writer.take())).toBe('010203040506f708090afb0c0d0e0f10f112131415161718');
  });

  it.each([
    ['u8', 1],
    ['u16', 2],
    ['u24', 3],
    ['u32', 4],
    ['u48', 6],
  ] as const)('%s refuses what does not fit', (method, size) => {
    const writer = new ByteWriter();
    for (const value of [-1, 2 ** (8 * size), 0.5, NaN, Infinity]) {
      expect(outcomeOf(() => writer[method](value))).toBe('value-out-of-range');
    }
    expect(writer.length).toBe(0);
    writer[method](2 ** (8 * size) - 1);
    expect(toHex(writer.take())).toBe('ff'.repeat(size));
  });

  it('u64 refuses what does not fit', () => {
    for (const value of [-1n, 2n ** 64n]) {
      expect(outcomeOf(() => new ByteWriter().u64(value))).toBe('value-out-of-range');
    }
  });

  it('grows as needed', () => {
    const writer = new ByteWriter(1);
    for (let i = 0; i < 1000; i++) writer.u16(i);
    writer.bytes(new Uint8Array(5000).fill(7));
    const written = writer.take();
    expect(written.length).toBe(7000);
    expect(toHex(written.subarray(1996, 2003))).toBe('03e603e7070707');
    expect(written.lastIndexOf(7)).toBe(6999);
  });

  it('copies what it is given, and gives what it wrote away', () => {
    const writer = new ByteWriter();
    const part = new Uint8Array([1]);
    writer.bytes(part);
    part.fill(9);
    const first = writer.take();
    expect([toHex(first), writer.length]).toEqual(['01', 0]);
    writer.u8(2);
    expect([toHex(first), toHex(writer.take())]).toEqual(['01', '02']);
  });

  it('patches what it reserved, and nothing else', () => {
    const writer = new ByteWriter();
    writer.u8(1);
    const at = writer.reserve(3);
    writer.u8(2);
    writer.patch(at, 0xaabbcc, 3);
    expect(outcomeOf(() => writer.patch(4, 1, 2))).toBe('invalid-argument');
    expect(outcomeOf(() => writer.patch(-1, 1, 1))).toBe('invalid-argument');
    expect(outcomeOf(() => writer.patch(at, 0x1000000, 3))).toBe('value-out-of-range');
    expect(toHex(writer.take())).toBe('01aabbcc02');
  });

  it('leaves zeros in what it reserved, also where something was written before', () => {
    const writer = new ByteWriter();
    writer.u32(0xffffffff);
    writer.take();
    writer.reserve(4);
    expect(toHex(writer.take())).toBe('00000000');
  });
});
