import { join } from 'node:path';
import { SelvageError, type Store } from '@selvage/core';
import { LogStore } from '@selvage/core/node';

/** Where a node keeps who it is, and how far its counters are: for one command at a time. */
export interface NodePlace {
  readonly store: Store;
  /** Leaves it to the next command; what is written from then on is not kept. */
  release(): Promise<void>;
}

/** Commands that are on the air of a site at the same time, at most. */
const most = 16;
/** What a node draws once and tells nobody: it lies in the vault. */
const drawn = 'thread.identity';
/** The dataset in force is the site's to keep: its network key has no other home. */
const ofNetwork = /^thread\.dataset\./;

/**
 * The first place of a site's nodes that no other command has.
 * @param folder where the places are
 * @param vault where what is secret lies, one name for each place; it is asked before this resolves, and when the node is opened
 * @throws SelvageError (rejects) `store-in-use` where all are taken, `store-failed`
 */
export async function takePlace(folder: string, vault: Store): Promise<NodePlace> {
  for (let number = 1; number <= most; number++) {
    const log = await openOrUndefined(join(folder, `${number}`));
    if (log !== undefined) return { store: placeStore(log, vault, `${number}.`), release: () => log.close() };
  }
  throw new SelvageError('store-in-use', `${most} commands are on the air of this site already`, {
    remedy: 'end one of them',
  });
}

/** The place of a node that has a store to itself. */
export function keptPlace(store: Store): NodePlace {
  return { store: placeStore(store, store, ''), release: () => Promise.resolve() };
}

async function openOrUndefined(folder: string): Promise<LogStore | undefined> {
  try {
    return await LogStore.open(folder);
  } catch (error) {
    if (error instanceof SelvageError && error.code === 'store-in-use') return undefined;
    throw error;
  }
}

function placeStore(log: Store, vault: Store, prefix: string): Store {
  const homeOf = (name: string): [Store, string] => (name === drawn ? [vault, `${prefix}${name}`] : [log, name]);
  return {
    get: async (name) => {
      const [home, called] = homeOf(name);
      return ofNetwork.test(name) ? undefined : home.get(called);
    },
    put: async (name, value) => {
      const [home, called] = homeOf(name);
      if (!ofNetwork.test(name)) await home.put(called, value);
    },
    delete: async (name) => {
      const [home, called] = homeOf(name);
      await home.delete(called);
    },
    names: () => log.names(),
  };
}
