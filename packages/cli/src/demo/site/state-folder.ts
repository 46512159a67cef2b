import { existsSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SelvageError } from '@selvage/core';
import { LogStore } from '@selvage/core/node';
import { openStore } from '../../ocf/open-store.js';
import type { Surface } from '../../terminal/surface.js';

/** What is in the folder: the lock of the show, and what it makes anew each time. */
const [lockName, siteName, tenantName, devicesName] = ['show', 'site', 'tenant', 'devices'] as const;
/** What passed on the air of a show that has one, and the keys beside it. */
const airFiles = ['air.pcapng', 'air.pcapng.wireshark'] as const;

/** The folder of a show: for this show alone, and empty when it begins. */
export class StateFolder {
  readonly path: string;
  readonly #lock: LogStore;

  private constructor(path: string, lock: LogStore) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Takes a folder, and removes what an earlier show left there.
   * @throws SelvageError `store-in-use` while another show, or a command, works with it; `wrong-state` for a folder that
   *   has something of these names and is no show's: nothing is touched then; `store-failed`.
   */
  static async take(surface: Surface, path: string): Promise<StateFolder> {
    const rest = [siteName, tenantName, devicesName, ...airFiles]
      .map((name) => join(path, name))
      .filter((name) => existsSync(name));
    if (rest.length > 0 && !existsSync(join(path, lockName))) throw foreign(path);
    const lock = await takeLock(path);
    try {
      for (const name of rest) await remove(surface, name);
      return new StateFolder(path, lock);
    } catch (error) {
      await lock.close();
      throw error;
    }
  }

  /** Of the owner, as `--site` takes it. */
  get site(): string {
    return join(this.path, siteName);
  }

  /** Of the second owner. */
  get tenant(): string {
    return join(this.path, tenantName);
  }

  /** Of what the devices keep. */
  get devices(): string {
    return join(this.path, devicesName);
  }

  /** Where the frames of its air are kept. */
  get air(): string {
    return join(this.path, airFiles[0]);
  }

  /** Leaves it to the next show. */
  release(): Promise<void> {
    return this.#lock.close();
  }
}

async function takeLock(path: string): Promise<LogStore> {
  try {
    return await LogStore.open(join(path, lockName));
  } catch (cause) {
    if (!(cause instanceof SelvageError) || cause.code !== 'store-in-use') throw cause;
    const pid = cause.details?.['pid'];
    throw new SelvageError('store-in-use', `a show is running in ${path} already, in process ${pid}`, {
      details: { ...cause.details },
      remedy: 'end it with Ctrl-C in its terminal, or give this one a folder of its own with --state <folder>',
    });
  }
}

/** A command that works with it comes to its end first. What is damaged is removed as well. */
async function remove(surface: Surface, folder: string): Promise<void> {
  try {
    if (!basename(folder).startsWith(airFiles[0])) {
      const store = await openStore(surface, folder, 'what the last show left');
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof SelvageError) || error.code === 'store-in-use') throw error;
  }
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (cause) {
    throw new SelvageError('store-failed', `what the last show left in ${folder} cannot be removed`, { cause });
  }
}

function foreign(path: string): SelvageError {
  return new SelvageError('wrong-state', `${path} has something in it that no show has made`, {
    fault: 'caller',
    remedy: 'give another folder with --state: the show makes everything in its folder anew',
  });
}
