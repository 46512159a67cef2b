import { describe, expect, it } from 'vitest';
import { SelvageError } from '@selvage/core';
import { clockSuite, outcomeOf, outcomeOfPromise } from '@selvage/core/testing';
import { VirtualClock } from '@selvage/core/virtual';

clockSuite(
  { describe, it, expect },
  {
    name: 'VirtualClock',
    create: () => {
      const clock = new VirtualClock();
      return { clock, until: (condition) => clock.runUntil(condition) };
    },
  },
);

/** Work that takes some turns of the event loop, as a key operation in another process does. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('VirtualClock', () => {
  it('stands still until told to move', () => {
    const clock = new VirtualClock({ now: 100, wallTime: 1_800_000_000_000 });
    expect([clock.now(), clock.wallTime(), clock.next]).toEqual([100, 1_800_000_000_000, undefined]);
    clock.advance(50);
    expect([clock.now(), clock.wallTime()]).toEqual([150, 1_800_000_000_050]);
  });

  it('fires each timer at its own instant on the way, and those that the callbacks set', () => {
    const clock = new VirtualClock();
    const fired: [string, number][] = [];
    const note = (name: string) => (): void => void fired.push([name, clock.now()]);
    clock.wakeAt(30, note('c'));
    clock.wakeAt(10, () => {
      note('a')();
      clock.wakeAt(20, note('b'));
      clock.wakeAt(99, note('later'));
    });
    expect(clock.advance(50)).toBe(3);
    expect(fired).toEqual([
      ['a', 10],
      ['b', 20],
      ['c', 30],
    ]);
    expect([clock.now(), clock.next, clock.pending]).toEqual([50, 99, 1]);
  });

  it('fires timers of one instant in the order in which they were set, an overdue one with them', () => {
    const clock = new VirtualClock({ now: 10 });
    const fired: string[] = [];
    clock.wakeAt(10, () => fired.push('first'));
    clock.wakeAt(-5, () => fired.push('second, overdue'));
    clock.wakeAt(10, () => fired.push('third'));
    clock.advance(0);
    expect(fired).toEqual(['first', 'second, overdue', 'third']);
    expect(clock.now()).toBe(10);
  });

  it('does not fire what another callback cancelled', () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    const second = clock.wakeAt(2, () => fired.push('second'));
    clock.wakeAt(1, () => second.cancel());
    expect([clock.runUntilIdle(), fired]).toEqual([1, []]);
  });

  it('refuses to go back', () => {
    const clock = new VirtualClock({ now: 5 });
    expect(outcomeOf(() => clock.advance(-1))).toBe('invalid-argument');
    expect(outcomeOf(() => clock.advance(NaN))).toBe('invalid-argument');
    clock.advanceTo(3);
    expect(clock.now()).toBe(5);
  });

  it('stops a world that never comes to rest', () => {
    const clock = new VirtualClock();
    const again = (): void => void clock.wakeAt(clock.now() + 1, again);
    again();
    expect(outcomeOf(() => clock.runUntilIdle(1000))).toBe('timed-out');
  });

  it('lets asynchronous work finish at the instant at which it was started', async () => {
    const clock = new VirtualClock();
    let finished: number | undefined;
    clock.wakeAt(10, () => {
      void turns(5).then(() => clock.wakeAt(0, () => (finished = clock.now())));
    });
    for (let at = 1000; at < 100_000; at += 1000) clock.wakeAt(at, () => undefined);
    await clock.runUntil(() => finished !== undefined);
    // A timer a turn: virtual time goes no further than the turns that the work took.
    expect(finished).toBeLessThanOrEqual(6000);
  });

  it('says when the condition did not come true in time, and why', async () => {
    const clock = new VirtualClock();
    clock.wakeAt(500, () => undefined);
    expect(await outcomeOfPromise(clock.runUntil(() => false, 100))).toBe('timed-out');
    expect(clock.now()).toBe(0);
    expect(await outcomeOfPromise(clock.runUntil(() => false))).toBe('timed-out');
    expect(clock.now()).toBe(500);
  });

  it('gives what a promise comes to, at the instant at which it comes to it', async () => {
    const clock = new VirtualClock();
    const later = new Promise<string>((resolve) => clock.wakeAt(500, () => resolve('there')));
    clock.wakeAt(1000, () => undefined);
    expect(await clock.outcome(later)).toBe('there');
    expect(clock.now()).toBe(500);
    const failing = Promise.reject(new SelvageError('device-not-found', 'gone'));
    expect(await outcomeOfPromise(clock.outcome(failing))).toBe('device-not-found');
    expect(await outcomeOfPromise(clock.outcome(new Promise(() => undefined), 1000))).toBe('timed-out');
  });

  it('lets time pass, and what is asynchronous with it', async () => {
    const clock = new VirtualClock();
    const fired: number[] = [];
    clock.wakeAt(10, () => void Promise.resolve().then(() => clock.wakeAt(0, () => fired.push(clock.now()))));
    clock.wakeAt(5000, () => fired.push(clock.now()));
    await clock.pass(1000);
    expect([clock.now(), fired]).toEqual([1000, [10]]);
  });
});
