import type { StoredParent } from '../mle/child/child-state.js';
import type { Leader } from '../mle/leader/leader.js';
import type { NetworkRecord } from './network-record.js';
import { routerMode } from './node-diagnostics.js';

/** A node's place in its network, as it is stored. */
export type StoredNetwork = Omit<NetworkRecord, 'version'>;

/** What a child keeps: its parent, and its own locator. */
export function childRecord(parent: StoredParent, keySequence: number): StoredNetwork {
  const { extended, rloc16, version, childRloc16 } = parent;
  const neighbours = [{ extended, rloc16, version, mode: routerMode, timeout: 0 }];
  return { role: 'child', rloc16: childRloc16, keySequence, neighbours };
}

/** What a leader keeps: its locator, and its children. */
export function leaderRecord({ rloc16, children }: Leader, keySequence: number): StoredNetwork {
  const neighbours = [...children].map(({ extended, rloc16: short, mode, timeout, version }) => ({
    extended,
    rloc16: short,
    mode,
    timeout,
    version,
  }));
  return { role: 'leader', rloc16, keySequence, neighbours };
}

/** The parent of before; `undefined` where there was none. */
export function storedParent(stored: StoredNetwork | undefined): StoredParent | undefined {
  const [parent] = stored?.role === 'child' ? stored.neighbours : [];
  return parent && { ...parent, childRloc16: stored?.rloc16 ?? 0 };
}
