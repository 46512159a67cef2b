import { describe, expect, it } from 'vitest';
import { outcomeOfPromise } from '@selvage/core/testing';
import { highestCount, type MonotonicCounter } from '@selvage/hardware';

/** A counter at 0, and how to open it again as a new process would. */
export interface CounterHarness {
  readonly counter: MonotonicCounter;
  readonly reopen: () => Promise<MonotonicCounter>;
  readonly dispose: () => Promise<void>;
}

/** What every {@link MonotonicCounter} must do. */
export function counterSuite(name: string, create: () => Promise<CounterHarness>): void {
  const test = (title: string, body: (harness: CounterHarness) => Promise<void>): void => {
    it(title, async () => {
      const harness = await create();
      try {
        await body(harness);
      } finally {
        await harness.dispose();
      }
    });
  };

  describe(`${name}: monotonic counter contract`, () => {
    test('stands at 0 at first', async ({ counter }) => {
      expect(await counter.read()).toBe(0);
    });

    test('keeps each value over a restart', async ({ counter, reopen }) => {
      let opened = counter;
      for (const value of [1, 2, 7, 65_536, 2 ** 40]) {
        await opened.advance(value);
        expect(await opened.read()).toBe(value);
        opened = await reopen();
        expect(await opened.read()).toBe(value);
      }
    });

    test('takes the value that it has, and refuses lower ones and what it cannot hold', async ({ counter, reopen }) => {
      await counter.advance(7);
      await counter.advance(7);
      for (const wrong of [6, 0, -1, 7.5, Number.NaN, Infinity, highestCount + 1]) {
        expect([wrong, await outcomeOfPromise(counter.advance(wrong))]).toEqual([wrong, 'value-out-of-range']);
      }
      const again = await reopen();
      expect(await again.read()).toBe(7);
      await again.advance(highestCount);
      expect(await again.read()).toBe(highestCount);
    });

    test('serves many at a time, and answers each when its value is durable', async ({ counter, reopen }) => {
      const order = [5, 3, 9, 9, 4, 12];
      const seen = await Promise.all(order.map((value) => counter.advance(value).then(() => counter.read())));
      for (const [i, value] of seen.entries()) expect(value).toBeGreaterThanOrEqual(order[i] as number);
      expect(await (await reopen()).read()).toBe(12);
    });
  });
}
