import { writeFileSync } from 'node:fs';

/** Which parts of its memory Linux writes into a core file of this process (core(5)): a mask, here of nothing. */
const filterFile = '/proc/self/coredump_filter';
const nothing = '0';

/**
 * Has a core file of this process hold none of its memory, and so none of its secrets, whatever ends it and wherever such
 * files go. Processes that it starts from now on inherit that. Called first in every process that has keys.
 * @returns whether the system does so; one that has no such setting, or no /proc, does not
 */
export function keepMemoryOutOfCoreDumps(): boolean {
  try {
    writeFileSync(filterFile, nothing);
    return true;
  } catch {
    // Not Linux, or a process that sees no /proc: then its starter has set it.
    return false;
  }
}
