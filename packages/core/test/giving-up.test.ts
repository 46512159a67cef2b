import { type Clock, givingUpAfter } from '@selvage/core';
import { VirtualClock } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';

/** A clock whose timers are late by so many milliseconds. */
function late(clock: VirtualClock, by: () => number): Clock {
  return {
    now: () => clock.now(),
    wallTime: () => clock.wallTime(),
    wakeAt: (at, wake) => clock.wakeAt(at + by(), wake),
  };
}

describe('giving up after a while', () => {
  it('happens once, on the millisecond where nothing holds the process up', () => {
    for (const time of [0, 1, 99, 100, 101, 5000]) {
      const clock = new VirtualClock({ now: 7 });
      const ended: number[] = [];
      givingUpAfter(clock, time, () => ended.push(clock.now() - 7));
      clock.advance(20_000);
      expect(ended).toEqual([time]);
    }
  });

  it('does not count a stall of the process', () => {
    const clock = new VirtualClock();
    const delays = [0, 0, 60_000];
    const ended: number[] = [];
    givingUpAfter(
      late(clock, () => delays.shift() ?? 0),
      1000,
      () => ended.push(clock.now()),
    );
    clock.advance(60_999);
    expect(ended).toEqual([]);
    clock.advance(1);
    expect(ended).toEqual([61_000]);
  });

  it('takes longer in proportion on a machine that is always late', () => {
    const clock = new VirtualClock();
    const ended: number[] = [];
    givingUpAfter(
      late(clock, () => 300),
      1000,
      () => ended.push(clock.now()),
    );
    clock.advance(20_000);
    expect(ended).toEqual([4000]);
  });

  it.each([0, 50, 950])('does not happen once it was cancelled, after %i ms', (after) => {
    const clock = new VirtualClock();
    const timer = givingUpAfter(clock, 1000, () => expect.fail('it was cancelled'));
    clock.advance(after);
    timer.cancel();
    clock.advance(20_000);
    expect(clock.pending).toBe(0);
  });
});
