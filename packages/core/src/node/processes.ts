import { readFileSync } from 'node:fs';

/** A process of this machine, now or earlier: its number alone may be another's by now. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in whatever unit; equal for one process, and only for it. */
  readonly started: string;
}

/** What is known of the processes of this machine; a test puts others in their place. */
export interface Processes {
  readonly own: ProcessIdentity;
  isAlive(process: ProcessIdentity): boolean;
}

/**
 * The processes that this one can see: on Linux by the kernel's record of when each started, elsewhere by their number
 * alone. Processes in different containers do not see each other and take each other for dead.
 */
export const systemProcesses: Processes = {
  get own() {
    return { pid: process.pid, started: startOf(process.pid) ?? String(performance.timeOrigin) };
  },

  isAlive({ pid, started }) {
    if (process.platform === 'linux') return startOf(pid) === started;
    return pid === process.pid ? started === String(performance.timeOrigin) : hasNumber(pid);
  },
};

/** Which process has a number now; `undefined` where none has, or the system does not tell when it started. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

/** The boot, and the ticks from there to the start of a process that has not ended; undefined where there is none. */
function startOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    // proc(5): the name stands in parentheses and may hold any character; state and start are fields 3 and 22.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function hasNumber(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
