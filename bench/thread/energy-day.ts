/** A day of a sleepy child that nobody asks anything: real engines in virtual time. */
import { SelvageError } from '@selvage/core';
import { type EnergyUse, useSince, World } from '@selvage/sim';
import { meterOf } from './energy-join.js';

const [second, minute, day] = [1000, 60_000, 86_400_000] as const;
/** Between two polls. */
const pollPeriod: number = 5 * second;

/** A day, and how it was polled. */
export const sleepyDay = { duration: day, pollPeriod } as const;

/** What a sleepy child does in the day that begins two minutes after it has attached. */
export async function liveSleepyDay(seed: string): Promise<EnergyUse> {
  const world = new World({ seed, metersEnergy: true });
  world.add({ name: 'router', kind: 'router' }).start('lead');
  await world.run(10 * second);
  const child = world.add({ name: 'child', kind: 'sleepy', pollPeriod });
  child.start('attach');
  if ((await world.until(() => child.thread?.role === 'child', minute)) === undefined) {
    throw new SelvageError('timed-out', 'the child does not attach');
  }
  await world.run(2 * minute);
  const meter = meterOf(child);
  const before = meter.use;
  await world.run(day);
  if (child.thread?.role !== 'child') throw new SelvageError('wrong-state', 'the child is none any more');
  return useSince(before, meter.use);
}
