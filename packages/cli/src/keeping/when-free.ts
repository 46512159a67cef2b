import { type Clock, SelvageError } from '@selvage/core';
import type { Surface } from '../terminal/surface.js';

/** Commands that change something are quick: how long one waits for another, ms, and how often it looks. */
const [usualPatience, interval] = [5000, 50];

/**
 * Opens something in a folder, when the command that has it open has ended.
 * @param what whose folder it is, as in "the site in .selvage/site"
 * @param patience how long the other is waited for, ms; for a command that changes something where it is left out
 * @throws SelvageError `store-in-use` where it does not end soon, and what `open` throws.
 */
export async function whenFree<T>(
  { clock }: Pick<Surface, 'clock'>,
  folder: string,
  what: string,
  open: () => Promise<T>,
  patience = usualPatience,
): Promise<T> {
  const deadline = clock.now() + patience;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof SelvageError) || error.code !== 'store-in-use') throw error;
      if (clock.now() >= deadline) throw inUse(what, folder, error);
      await wait(clock, interval);
    }
  }
}

function wait(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => void clock.wakeAt(clock.now() + milliseconds, resolve));
}

function inUse(what: string, folder: string, cause: SelvageError): SelvageError {
  const pid = cause.details?.['pid'];
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new SelvageError('store-in-use', `${who} works with ${what} in ${folder}`, {
    cause,
    ...(cause.details && { details: cause.details }),
    remedy: pid === undefined ? cause.remedy : `wait until it has ended, or end it: kill ${pid}`,
  });
}
