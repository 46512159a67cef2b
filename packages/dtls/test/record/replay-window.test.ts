import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { ReplayWindow } from '../../src/record/replay-window.js';

describe('the replay window (RFC 6347 §4.1.2.6)', () => {
  it('takes each number once', () => {
    const window = new ReplayWindow();
    expect(window.isFresh(0)).toBe(true);
    window.accept(0);
    expect(window.isFresh(0)).toBe(false);
    expect(window.isFresh(1)).toBe(true);
  });

  it('takes what is at most 63 behind the newest', () => {
    const window = new ReplayWindow();
    window.accept(1000);
    expect(window.isFresh(1000 - 63)).toBe(true);
    expect(window.isFresh(1000 - 64)).toBe(false);
  });

  it('is not moved by being asked', () => {
    const window = new ReplayWindow();
    window.accept(5);
    window.isFresh(2 ** 47);
    expect(window.newest).toBe(5);
    expect(window.isFresh(4)).toBe(true);
  });

  it('agrees with a plain set of numbers on 20 000 random arrivals near and far', () => {
    const seed = 4711;
    const random = new SeededEntropy(seed);
    const bytes = new Uint8Array(2);
    const window = new ReplayWindow();
    const seen = new Set<number>();
    let newest = -1;
    for (let arrival = 0; arrival < 20_000; arrival++) {
      random.fill(bytes);
      const [near = 0, kind = 0] = bytes;
      const sequence = Math.max(0, newest + (kind < 8 ? near * 8 : (near % 80) - 70));
      const expected = !seen.has(sequence) && sequence > newest - 64;
      expect(window.isFresh(sequence), `seed ${seed}, arrival ${arrival}, number ${sequence}`).toBe(expected);
      if (!expected) continue;
      window.accept(sequence);
      seen.add(sequence);
      newest = Math.max(newest, sequence);
    }
    expect(window.newest).toBe(newest);
  });

  it('holds its place at the shifts of 31, 32, 33, 63 and 64', () => {
    for (const shift of [31, 32, 33, 63, 64]) {
      const window = new ReplayWindow();
      window.accept(100);
      window.accept(101);
      window.accept(101 + shift);
      expect(window.isFresh(100), `shift ${shift}`).toBe(false);
      expect(window.isFresh(101), `shift ${shift}`).toBe(false);
      expect(window.isFresh(99 + 3), `shift ${shift}`).toBe(shift < 64 || 102 > 101 + shift - 64);
    }
  });
});
