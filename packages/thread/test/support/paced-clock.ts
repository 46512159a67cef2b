import { setTimeout as rest } from 'node:timers/promises';
import type { VirtualClock } from '@selvage/core/virtual';

/** How far virtual time goes on at most between two looks at the real clock, milliseconds. */
const longestStep = 20;

/**
 * Lets a virtual clock go with the real one, for what must speak with processes: never faster, and after a stall not so
 * far on. So a machine that has too much to do makes a virtual world slow, and nothing in it late.
 * @returns how to let it stand still again
 */
export function paceClock(clock: VirtualClock): () => Promise<void> {
  let goesOn = true;
  const going = (async () => {
    for (let before = performance.now(); goesOn; ) {
      await rest(1);
      const now = performance.now();
      const end = clock.now() + Math.min(now - before, longestStep);
      before = now;
      await clock.runUntil(() => clock.next === undefined || clock.next > end);
      clock.advanceTo(end);
    }
  })();
  return () => {
    goesOn = false;
    return going;
  };
}
