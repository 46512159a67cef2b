import { LogStore } from '@selvage/core/node';
import { whenFree } from '../keeping/when-free.js';
import type { Surface } from '../terminal/surface.js';

/**
 * Opens the store in a folder, when the command that has it open has ended.
 * @param what whose folder it is, as in "the devices in .selvage/devices/light"
 * @throws SelvageError `store-in-use` where it does not end soon, `store-failed`.
 */
export function openStore(surface: Pick<Surface, 'clock'>, folder: string, what: string): Promise<LogStore> {
  return whenFree(surface, folder, what, () => LogStore.open(folder));
}
