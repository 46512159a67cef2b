import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process of this machine, as /proc tells of it. */
export interface RunningProcess {
  readonly pid: number;
  /** The words that it was started with. */
  readonly words: readonly string[];
  /** Where a core file of it goes. */
  readonly folder: string | undefined;
  /** What of its memory goes into one: a mask (core(5)). */
  readonly coreFilter: number | undefined;
  /** Whether it is the first process of a name space: no signal but SIGKILL ends such a one from outside. */
  readonly isFirst: boolean;
}

/** A process, all that it has started, and all that they have. */
export function treeOf(pid: number): RunningProcess[] {
  const children = allProcesses().filter(({ parent }) => parent === pid);
  return [...describe(pid), ...children.flatMap(({ pid: child }) => treeOf(child))];
}

/** Whether a process is there and not only waits to be forgotten. */
export function isRunning(pid: number): boolean {
  const stat = orUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat !== undefined && stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
}

function allProcesses(): { pid: number; parent: number }[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    // The name of the program is in brackets, and can hold anything.
    const stat = orUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
    const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return stat === undefined ? [] : [{ pid: Number(pid), parent }];
  });
}

function describe(pid: number): RunningProcess[] {
  const line = orUndefined(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  if (line === undefined) return [];
  const status = orUndefined(() => readFileSync(`/proc/${pid}/status`, 'utf8'));
  const filter = orUndefined(() => readFileSync(`/proc/${pid}/coredump_filter`, 'utf8').trim());
  return [
    {
      pid,
      words: line.split('\0').filter((word) => word !== ''),
      folder: orUndefined(() => readlinkSync(`/proc/${pid}/cwd`)),
      coreFilter: filter === undefined || filter === '' ? undefined : Number.parseInt(filter, 16),
      isFirst: /^NSpid:.*\s1$/m.test(status ?? ''),
    },
  ];
}

/** Processes end while they are looked at. */
function orUndefined<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
