import { describe, expect, it } from 'vitest';
import { bytesEqual, concat, fromHex, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';

describe('hexadecimal', () => {
  it('is written in lower case', () => {
    expect(toHex(new Uint8Array([0, 1, 0xab, 0xff]))).toBe('0001abff');
    expect(toHex(new Uint8Array(0))).toBe('');
  });

  it('is read in either case, with white space and colons between', () => {
    expect(fromHex('00 01:AB\n fF')).toEqual(new Uint8Array([0, 1, 0xab, 0xff]));
    expect(fromHex('')).toEqual(new Uint8Array(0));
  });

  it.each(['0', '0g', '0x00', 'é0', '--'])('refuses %j, and does not repeat it: it may be a key', (text) => {
    expect(outcomeOf(() => fromHex(text))).toBe('invalid-hex');
    expect(() => fromHex(`${text}5ec4e7`)).not.toThrow(/5ec4e7/);
  });
});

describe('concat', () => {
  it('copies the parts in order', () => {
    const part = new Uint8Array([1]);
    const whole = concat(part, new Uint8Array(0), new Uint8Array([2, 3]));
    part.fill(9);
    expect(toHex(whole)).toBe('010203');
    expect(concat()).toEqual(new Uint8Array(0));
  });
});

describe('bytesEqual', () => {
  it('compares length and content', () => {
    expect(bytesEqual(fromHex('0102'), fromHex('0102'))).toBe(true);
    expect(bytesEqual(fromHex('0102'), fromHex('0103'))).toBe(false);
    expect(bytesEqual(fromHex('0102'), fromHex('01'))).toBe(false);
    expect(bytesEqual(new Uint8Array(0), new Uint8Array(0))).toBe(true);
  });
});
