import { givingUpAfter, type Timer } from '@selvage/core';
import { type Surface, unlessInterrupted } from '../../../terminal/surface.js';

/** Waits until all whom a commissioner asked have reported, for so many milliseconds at most, or until it is interrupted. */
export async function reported(surface: Surface, all: Promise<void>, milliseconds: number): Promise<void> {
  let timer: Timer | undefined;
  const over = new Promise<void>((resolve) => {
    timer = givingUpAfter(surface.clock, milliseconds, resolve);
  });
  await unlessInterrupted(surface, Promise.race([all, over]));
  timer?.cancel();
}
