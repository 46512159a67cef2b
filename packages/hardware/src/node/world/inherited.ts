import { readdirSync, readFileSync } from 'node:fs';

/** `O_CLOEXEC`, in the flags of fdinfo (proc(5)). */
const closeOnExec = 0o2000000;

let found: readonly number[] | undefined;

/**
 * Descriptors that this process was started with and that a process started by it would have as well: Node closes only
 * those that it has opened itself, and low ones. Empty where the system does not tell.
 * @param from the first that counts
 */
export function leakingDescriptors(from: number): readonly number[] {
  found ??= leaking();
  return found.filter((descriptor) => descriptor >= from);
}

function leaking(): readonly number[] {
  try {
    return readdirSync('/proc/self/fdinfo').map(Number).filter(isLeft);
  } catch {
    return [];
  }
}

function isLeft(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    // The one that the folder was read by.
    return false;
  }
}
