import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SelvageError } from '@selvage/core';

/** Its name begins with a dot, so that no store takes it for a value. */
const lockName = '.lock';

/**
 * Takes a folder for this process alone: a store is not made for two. Returns how to give it back. The lock of a process
 * that was killed is taken over.
 * @throws SelvageError `wrong-state` while another process has it, `store-failed`.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, lockName);
  if (!take(path)) {
    const holder = holderOf(path);
    if (holder !== undefined && isRunning(holder)) throw taken(folder, holder);
    rmSync(path, { force: true });
    if (!take(path)) throw taken(folder, holderOf(path));
  }
  return () => rmSync(path, { force: true });
}

function take(path: string): boolean {
  try {
    writeFileSync(path, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw new SelvageError('store-failed', `${path} cannot be written`, { cause, remedy: 'check who may write there' });
  }
}

function holderOf(path: string): number | undefined {
  try {
    const number = Number(readFileSync(path, 'utf8'));
    return Number.isSafeInteger(number) && number > 0 ? number : undefined;
  } catch {
    // Given back in this moment.
    return undefined;
  }
}

/** Signal 0 asks without sending anything; a process of somebody else may not be asked, and is there. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function taken(folder: string, pid: number | undefined): SelvageError {
  const who = pid === undefined ? 'another command' : `another command (process ${pid})`;
  return new SelvageError('wrong-state', `${who} works on the authority in ${folder}`, {
    remedy: 'try again when it has ended',
  });
}
