import type { Store } from '@selvage/core';
import { recordNames } from './network-record.js';

/**
 * Forgets who a node was, its network and its place there. Its frame counters stay: whoever comes to the same network
 * key again goes on with them. The keys are in their home, and are the caller's.
 * @throws SelvageError (rejects) `store-failed`
 */
export async function forgetNetwork(store: Store): Promise<void> {
  // Its identity last: where the power goes in between, it is forgotten once more.
  const { identity, ...rest } = recordNames;
  for (const name of [...Object.values(rest), identity]) await store.delete(name);
}
