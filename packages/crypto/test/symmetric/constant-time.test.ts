import { constantTimeEqual } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { flips, sample } from '../contract/helpers.js';

describe('constantTimeEqual', () => {
  it('is true for equal bytes, wherever they lie', () => {
    for (const length of [0, 1, 8, 16, 33]) {
      expect(constantTimeEqual(sample(length), sample(length))).toBe(true);
      expect(constantTimeEqual(Buffer.from(sample(length + 3)).subarray(3), sample(length + 3).subarray(3))).toBe(true);
    }
  });

  it('is false for any bit that differs and for any other length', () => {
    for (const other of flips(sample(16))) {
      expect(constantTimeEqual(sample(16), other)).toBe(false);
    }
    expect(constantTimeEqual(sample(16), sample(16).subarray(0, 15))).toBe(false);
    expect(constantTimeEqual(new Uint8Array(0), new Uint8Array(1))).toBe(false);
  });
});
