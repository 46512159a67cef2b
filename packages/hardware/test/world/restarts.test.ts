import { describe, expect, it } from 'vitest';
import { Allowance } from '../../src/world/allowance.js';
import { Restarts } from '../../src/world/restarts.js';

describe('restarts', () => {
  it('come later each time, and not for ever', () => {
    const restarts = new Restarts({ restarts: 3, within: 1000, pause: 10 });
    const ends = [0, 20, 50, 100].map((now) => restarts.ended(now));
    expect(ends).toEqual([
      { kind: 'restart', at: 10 },
      { kind: 'restart', at: 40 },
      { kind: 'restart', at: 90 },
      { kind: 'off' },
    ]);
  });

  it('are forgiven with time', () => {
    const restarts = new Restarts({ restarts: 1, within: 1000, pause: 10 });
    expect(restarts.ended(0).kind).toBe('restart');
    expect(restarts.ended(999).kind).toBe('off');
    expect(restarts.ended(1000)).toEqual({ kind: 'restart', at: 1010 });
  });
});

describe('an allowance', () => {
  it('gives its burst at once, and then what comes in', () => {
    const allowance = new Allowance({ burst: 3, perSecond: 2 });
    expect([0, 0, 0, 0].map((now) => allowance.take(now))).toEqual([true, true, true, false]);
    expect([499, 500, 501, 1000].map((now) => allowance.take(now))).toEqual([false, true, false, true]);
    expect([100_000, 100_000, 100_000, 100_000].map((now) => allowance.take(now))).toEqual([true, true, true, false]);
  });

  it('says how long to wait for what was drawn beyond it', () => {
    const allowance = new Allowance({ burst: 10, perSecond: 10 });
    expect([allowance.draw(0, 10), allowance.draw(0, 5), allowance.draw(500, 10)]).toEqual([0, 500, 1000]);
  });
});
