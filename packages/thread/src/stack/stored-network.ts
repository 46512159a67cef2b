import type { StoredParent } from '../mle/child/child-state.js';
import { fullMode } from '../mle/router/full-device.js';
import type { NetworkRecord } from './network-record.js';
import type { NodeRole } from './node-role.js';

/** A node's place in its network, as it is stored. */
export type StoredNetwork = Omit<NetworkRecord, 'version'>;

/** What a child keeps: its parent, and its own locator. */
export function childRecord(parent: StoredParent, keySequence: number): StoredNetwork {
  const { extended, rloc16, version, childRloc16 } = parent;
  const neighbours = [{ extended, rloc16, version, mode: fullMode, timeout: 0 }];
  return { role: 'child', rloc16: childRloc16, keySequence, neighbours };
}

/** What a router keeps: its locator, and its children. */
export function routerRecord(
  { full: { rloc16, parent }, leader }: Extract<NodeRole, { kind: 'router' }>,
  keySequence: number,
): StoredNetwork {
  const neighbours = [...parent.children].map(({ extended, rloc16: short, mode, timeout, version }) => ({
    extended,
    rloc16: short,
    mode,
    timeout,
    version,
  }));
  return { role: leader === undefined ? 'router' : 'leader', rloc16, keySequence, neighbours };
}

/** The parent of before; `undefined` where there was none. */
export function storedParent(stored: StoredNetwork | undefined): StoredParent | undefined {
  const [parent] = stored?.role === 'child' ? stored.neighbours : [];
  return parent && { ...parent, childRloc16: stored?.rloc16 ?? 0 };
}
