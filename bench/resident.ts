import { setImmediate } from 'node:timers/promises';
import { SelvageError } from '@selvage/core';

/**
 * Bytes of memory that this process takes up once it has collected its garbage.
 * @throws SelvageError (rejects) `wrong-state` in a process that was not begun with `--expose-gc`
 */
export async function resident(): Promise<number> {
  const collect = globalThis.gc;
  if (collect === undefined) throw new SelvageError('wrong-state', 'run with --expose-gc');
  for (let i = 0; i < 4; i++) {
    collect();
    await setImmediate();
  }
  return process.memoryUsage.rss();
}
