import type { Neighbour } from '../mac/neighbour.js';
import type { ChildRole } from '../mle/child/child-role.js';
import type { Leader } from '../mle/leader/leader.js';
import { isMinimal } from '../mle/parent/child-entry.js';
import type { FullDevice } from '../mle/router/full-device.js';
import type { RoleRestorer } from '../mle/router/role-restorer.js';
import type { Role } from './node-event.js';
import type { Place } from './place.js';

/** What a node does in its network. `full` is what a full device keeps of its partition. */
export type NodeRole =
  | { readonly kind: 'disabled' }
  /** A router of before a restart. */
  | { readonly kind: 'restoring'; readonly restorer: RoleRestorer; readonly full: FullDevice }
  | { readonly kind: 'child'; readonly child: ChildRole; readonly full: FullDevice | undefined }
  | { readonly kind: 'router'; readonly full: FullDevice; readonly leader: Leader | undefined };

/** The specification's name of it. */
export function roleName(role: NodeRole): Role {
  switch (role.kind) {
    case 'disabled':
      return 'disabled';
    case 'restoring':
      return 'detached';
    case 'router':
      return role.leader === undefined ? 'router' : 'leader';
    case 'child': {
      const { kind } = role.child.state;
      return kind === 'child' || kind === 'disabled' ? kind : 'detached';
    }
  }
}

/** Where it is in the mesh. */
export function placeOf(role: NodeRole): Place {
  if (role.kind === 'router') {
    const { full, leader } = role;
    const { rloc16, table: routes } = full;
    return { kind: 'router', rloc16, isLeader: leader !== undefined, children: full.parent.children, routes };
  }
  const state = role.kind === 'child' ? role.child.state : undefined;
  if (role.kind !== 'child' || state?.kind !== 'child') return { kind: 'none' };
  return { kind: 'child', rloc16: state.rloc16, parent: state.parent, routes: role.full?.table };
}

/** Whether packets to a short address end here: a parent puts together what is for its minimal children. */
export function isTaken(place: Place, short: number): boolean {
  if (place.kind === 'none' || short === place.rloc16) return place.kind !== 'none';
  const child = place.kind === 'router' ? place.children.byRloc16(short) : undefined;
  return child !== undefined && isMinimal(child);
}

/** Whether a neighbour of before our restart has proved to be there: until then MLE alone listens to it. */
export function isHeard(role: NodeRole, neighbour: Neighbour | undefined): boolean {
  if (role.kind === 'child') return role.child.state.kind === 'child';
  if (role.kind !== 'router') return false;
  if (neighbour === undefined || !neighbour.isChild) return true;
  return role.full.parent.children.get(neighbour.extended)?.kind === 'valid';
}
