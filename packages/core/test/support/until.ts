import { setImmediate as turn } from 'node:timers/promises';
import { SelvageError } from '@selvage/core';

/** Gives the event loop turns until the condition holds, for at most two minutes. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 120_000;
  while (!condition()) {
    if (performance.now() > end) throw new SelvageError('timed-out', 'the condition does not hold after 2 min');
    await turn();
  }
}
