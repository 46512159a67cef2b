import type { Clock } from '@selvage/core';

/** A clock that runs `factor` times as fast: what OpenThread's simulation does with its argument `-s`. */
export function fastClock(clock: Clock, factor: number): Clock {
  return {
    now: () => clock.now() * factor,
    wallTime: () => clock.wallTime(),
    wakeAt: (at, callback) => clock.wakeAt(at / factor, callback),
  };
}
