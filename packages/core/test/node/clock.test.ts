import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '@selvage/core/node';
import { clockSuite } from '@selvage/core/testing';

clockSuite(
  { describe, it, expect },
  {
    name: 'systemClock',
    create: () => ({
      clock: systemClock,
      until: async (condition) => {
        while (!condition()) await turn();
      },
    }),
  },
);

describe('systemClock', () => {
  it('wakes at an instant farther away than setTimeout can wait, and not at once', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const days = 60 * 24 * 3600 * 1000;
      const fired: number[] = [];
      const start = performance.now();
      systemClock.wakeAt(start + days, () => fired.push(performance.now() - start));
      vi.advanceTimersByTime(days - 1000);
      expect(fired).toEqual([]);
      vi.advanceTimersByTime(2000);
      expect(fired).toEqual([days]);
    } finally {
      vi.useRealTimers();
    }
  });
});
