import type { Clock, Timer } from './ports.js';

/** A wait goes in pieces of so many milliseconds: what one lasts beyond that, the process was held up. */
const piece = 100;

/**
 * Calls back when whoever is waited for has had so many milliseconds. Time in which this process was held up does not count:
 * it could have taken no answer then, and whoever shares its machine could have given none.
 */
export function givingUpAfter(clock: Clock, milliseconds: number, callback: () => void): Timer {
  let remaining = milliseconds;
  let timer = next();
  return { cancel: () => timer.cancel() };

  function next(): Timer {
    const step = Math.min(remaining, piece);
    return clock.wakeAt(clock.now() + step, () => {
      remaining -= step;
      if (remaining > 0) timer = next();
      else callback();
    });
  }
}
