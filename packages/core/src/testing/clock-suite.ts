import type { Clock } from '../ports.js';
import type { TestFunctions } from './harness.js';
import { outcomeOf } from './outcome.js';

/** A clock under test and how to wait on it. */
export interface ClockHarness {
  readonly clock: Clock;
  /** Lets time pass until the condition holds. */
  readonly until: (condition: () => boolean) => Promise<void>;
}

/** What every {@link Clock} must do. */
export function clockSuite(
  { describe, it, expect }: TestFunctions,
  options: { readonly name: string; readonly create: () => ClockHarness },
): void {
  describe(`${options.name}: clock contract`, () => {
    it('never goes back', async () => {
      const { clock, until } = options.create();
      const start = clock.now();
      await until(passed(clock, 3));
      expect(Number.isFinite(start) && clock.now() >= start + 3).toBe(true);
    });

    it('tells the wall time in milliseconds since 1970', () => {
      const { clock } = options.create();
      const year = new Date(clock.wallTime()).getUTCFullYear();
      expect(year >= 2024 && year < 2100).toBe(true);
    });

    it('wakes once, and not before the instant', async () => {
      const { clock, until } = options.create();
      const at = clock.now() + 4.5;
      const fired: number[] = [];
      clock.wakeAt(at, () => fired.push(clock.now()));
      await until(() => fired.length > 0);
      await until(passed(clock, 10));
      expect(fired.map((instant) => instant >= at)).toEqual([true]);
    });

    it('wakes in the order of the instants, whatever the order of setting', async () => {
      const { clock, until } = options.create();
      const start = clock.now();
      const fired: number[] = [];
      for (const delay of [12, 4, 8]) clock.wakeAt(start + delay, () => fired.push(delay));
      await until(() => fired.length === 3);
      expect(fired).toEqual([4, 8, 12]);
    });

    it('wakes soon, but not at once, for an instant that has passed', async () => {
      const { clock, until } = options.create();
      let fired = false;
      clock.wakeAt(clock.now() - 1000, () => (fired = true));
      expect(fired).toBe(false);
      await until(() => fired);
      expect(fired).toBe(true);
    });

    it('does not wake for a cancelled timer, and lets it be cancelled again', async () => {
      const { clock, until } = options.create();
      let fired = 0;
      const timer = clock.wakeAt(clock.now() + 2, () => fired++);
      timer.cancel();
      timer.cancel();
      await until(passed(clock, 6));
      expect(fired).toBe(0);
    });

    it('ignores the cancellation of a timer that has fired', async () => {
      const { clock, until } = options.create();
      let fired = 0;
      const timer = clock.wakeAt(clock.now() + 1, () => fired++);
      await until(() => fired === 1);
      timer.cancel();
      clock.wakeAt(clock.now(), () => fired++);
      await until(() => fired === 2);
      expect(fired).toBe(2);
    });

    it('lets a callback set the next timer', async () => {
      const { clock, until } = options.create();
      const fired: string[] = [];
      clock.wakeAt(clock.now() + 1, () => {
        fired.push('first');
        clock.wakeAt(clock.now() + 1, () => fired.push('second'));
      });
      await until(() => fired.length === 2);
      expect(fired).toEqual(['first', 'second']);
    });

    it('never wakes for an infinite instant', async () => {
      const { clock, until } = options.create();
      let fired = false;
      const timer = clock.wakeAt(Infinity, () => (fired = true));
      await until(passed(clock, 3));
      timer.cancel();
      expect(fired).toBe(false);
    });

    it('refuses an instant that is no number', () => {
      const { clock } = options.create();
      expect(outcomeOf(() => clock.wakeAt(NaN, () => undefined))).toBe('invalid-argument');
    });
  });
}

/** Whether so many milliseconds have passed, and with them all timers until then: a busy machine comes late to them. */
function passed(clock: Clock, milliseconds: number): () => boolean {
  let isOver = false;
  clock.wakeAt(clock.now() + milliseconds, () => (isOver = true));
  return () => isOver;
}
