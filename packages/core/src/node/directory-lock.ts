import { join } from 'node:path';
import { toHex } from '../bytes/hex.js';
import { SelvageError } from '../errors/error.js';
import type { FileSystem } from './file-system.js';
import type { Processes, ProcessIdentity } from './processes.js';

/** What a lock file says: who holds the lock, and a number that no other lock has. */
interface Holder extends ProcessIdentity {
  readonly nonce: string;
}

/** A directory that one process has for itself. */
export interface DirectoryLock {
  release(): Promise<void>;
}

const lockName = 'lock';
const nonceLength = 8;

/**
 * Takes a directory for this process: the file `lock` in it says who has it. A lock whose process is dead is taken over.
 * The file appears whole, by a second name for one that was written before; and only one process at a time removes the
 * lock of a dead one, the one that holds a lock of the same kind on just that.
 * @throws SelvageError `store-in-use`, with the other's `pid` in the details
 */
export async function lockDirectory(
  directory: string,
  files: FileSystem,
  processes: Processes,
): Promise<DirectoryLock> {
  const holder = { ...processes.own, nonce: drawNonce() };
  const claim = join(directory, `${lockName}.claim-${holder.nonce}`);
  const path = join(directory, lockName);
  await files.createFile(claim, new TextEncoder().encode(`${JSON.stringify(holder)}\n`));
  const locks = new Locks(files, processes, claim);
  try {
    await locks.take(path);
  } finally {
    await files.remove(claim);
  }
  await locks.sweep(directory);
  return { release: () => locks.release(path, holder.nonce) };
}

class Locks {
  readonly #files: FileSystem;
  readonly #processes: Processes;
  readonly #claim: string;

  constructor(files: FileSystem, processes: Processes, claim: string) {
    this.#files = files;
    this.#processes = processes;
    this.#claim = claim;
  }

  async take(path: string): Promise<void> {
    while (!(await this.#files.link(this.#claim, path))) {
      const holder = await this.#holderOf(path);
      if (holder === 'nobody') continue;
      if (holder === 'unknown') throw unreadable(path);
      if (this.#processes.isAlive(holder)) throw inUse(path, holder, this.#processes.own);
      await this.#removeStale(path, holder);
    }
  }

  /** Removes what processes left that died while they took a lock. */
  async sweep(directory: string): Promise<void> {
    for (const entry of await this.#files.list(directory)) {
      if (!entry.startsWith(`${lockName}.`)) continue;
      const path = join(directory, entry);
      const holder = await this.#holderOf(path);
      if (typeof holder === 'object' && !this.#processes.isAlive(holder)) await this.#files.remove(path);
    }
  }

  async release(path: string, nonce: string): Promise<void> {
    if (await this.#isHeldBy(path, nonce)) await this.#files.remove(path);
  }

  /** Whoever comes second finds another lock in its place, and leaves it alone. */
  async #removeStale(path: string, stale: Holder): Promise<void> {
    const guard = `${path}.${stale.nonce}`;
    await this.take(guard);
    try {
      await this.release(path, stale.nonce);
    } finally {
      await this.#files.remove(guard);
    }
  }

  async #isHeldBy(path: string, nonce: string): Promise<boolean> {
    const holder = await this.#holderOf(path);
    return typeof holder === 'object' && holder.nonce === nonce;
  }

  async #holderOf(path: string): Promise<Holder | 'nobody' | 'unknown'> {
    const bytes = await this.#files.read(path);
    return bytes ? (parseHolder(new TextDecoder().decode(bytes)) ?? 'unknown') : 'nobody';
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, started, nonce } = JSON.parse(text) as Partial<Record<string, unknown>>;
    if (typeof pid !== 'number' || typeof started !== 'string' || typeof nonce !== 'string') return undefined;
    return { pid, started, nonce };
  } catch {
    return undefined;
  }
}

function inUse(path: string, { pid }: Holder, own: ProcessIdentity): SelvageError {
  const who = pid === own.pid ? `this process (${pid})` : `process ${pid}`;
  return new SelvageError('store-in-use', `${who} has locked ${path}`, {
    details: { pid },
    remedy: 'Wait until it has ended, or use another directory.',
  });
}

function unreadable(path: string): SelvageError {
  return new SelvageError('store-in-use', `${path} does not say who has locked it`, {
    remedy: 'Remove the file if no process uses the directory.',
  });
}

function drawNonce(): string {
  return toHex(globalThis.crypto.getRandomValues(new Uint8Array(nonceLength)));
}
