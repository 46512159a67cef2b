import { Alarm } from '@selvage/core';
import { VirtualClock } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';

describe('an alarm', () => {
  it('is due once, at the time that was set last, and may be set again from what is due', () => {
    const clock = new VirtualClock();
    const rung: number[] = [];
    const alarm = new Alarm(clock, () => {
      rung.push(clock.now());
      if (rung.length === 1) alarm.set(90);
    });
    alarm.set(10);
    alarm.set(50);
    expect(alarm.isSet).toBe(true);
    clock.advance(60);
    expect([rung, alarm.isSet]).toEqual([[50], true]);
    clock.advance(60);
    expect([rung, alarm.isSet]).toEqual([[50, 90], false]);
  });

  it('is due never when it is set to never, and asks nothing of the clock for the time that it has', () => {
    const clock = new VirtualClock();
    let asked = 0;
    const wakeAt: VirtualClock['wakeAt'] = (at, wake) => {
      asked++;
      return clock.wakeAt(at, wake);
    };
    const counting = { now: () => clock.now(), wallTime: () => clock.wallTime(), wakeAt };
    const alarm = new Alarm(counting, () => expect.fail('it rang'));
    for (let i = 0; i < 3; i++) alarm.set(10);
    expect(asked).toBe(1);
    alarm.set(undefined);
    alarm.set(undefined);
    clock.advance(20);
    expect(alarm.isSet).toBe(false);
  });

  it('rings again at the time that it rang at, if that is set again', () => {
    const clock = new VirtualClock();
    let rung = 0;
    const alarm = new Alarm(clock, () => rung++);
    alarm.set(5);
    clock.advance(5);
    alarm.set(5);
    clock.advance(0.5);
    expect(rung).toBe(2);
  });
});
