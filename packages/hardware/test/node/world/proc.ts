/** What the kernel says of a process, from outside. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The last of those that a process has started: what runs inside of its namespaces, where it makes some. */
export function innermost(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? pid : innermost(Number(children.split(' ')[0]));
}

export function status(pid: number, field: string): string {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
}

/** Soft and hard. */
export function limits(pid: number, name: string): readonly string[] {
  const line = readFileSync(`/proc/${pid}/limits`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith(name));
  return (line ?? '').slice(name.length).trim().split(/\s+/).slice(0, 2);
}

/** Which of the kinds of namespaces are another's than this process's. */
export function ownNamespaces(pid: number): readonly string[] {
  return ['ipc', 'mnt', 'net', 'pid', 'uts'].filter(
    (kind) => readlinkSync(`/proc/${pid}/ns/${kind}`) !== readlinkSync(`/proc/self/ns/${kind}`),
  );
}

/** What its descriptors are: `socket`, `pipe`, `anon_inode`, or a path. */
export function descriptors(pid: number): readonly string[] {
  const all = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  return [...new Set(all.map((one) => one.replace(/:.*|^\/mnt(?=\/dev)/, '')))].sort();
}

export function isThere(pid: number): boolean {
  try {
    return !status(pid, 'State').startsWith('Z');
  } catch {
    return false;
  }
}
