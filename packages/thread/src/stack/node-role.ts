import type { Instant } from '@selvage/core';
import type { Neighbour } from '../mac/neighbour.js';
import type { ChildRole } from '../mle/child/child-role.js';
import { isMinimal } from '../mle/parent/child-entry.js';
import type { LeaderRole } from '../mle/leader/leader-role.js';
import type { LeaderData } from '../mle/partition.js';
import type { Role } from './node-event.js';
import type { Place } from './place.js';

/** What a node does in its network. */
export type NodeRole =
  | { readonly kind: 'disabled' }
  | { readonly kind: 'child'; readonly child: ChildRole }
  | { readonly kind: 'leader'; readonly leader: LeaderRole };

/** The specification's name of it. */
export function roleName(role: NodeRole): Role {
  if (role.kind !== 'child') return role.kind;
  const { kind } = role.child.state;
  return kind === 'child' || kind === 'disabled' ? kind : 'detached';
}

/** Where it is in the mesh. */
export function placeOf(role: NodeRole): Place {
  if (role.kind === 'leader') {
    const { rloc16, children } = role.leader.leader;
    return { kind: 'router', rloc16, isLeader: true, children, routes: role.leader.table };
  }
  const state = role.kind === 'child' ? role.child.state : undefined;
  return state?.kind === 'child'
    ? { kind: 'child', rloc16: state.rloc16, parent: state.parent, routes: undefined }
    : { kind: 'none' };
}

/** The partition that it is part of, as it knows it. */
export function partitionOf(role: NodeRole): LeaderData | undefined {
  if (role.kind === 'leader') return role.leader.leader.facts;
  const state = role.kind === 'child' ? role.child.state : undefined;
  return state?.kind === 'child' ? state.leader : undefined;
}

/** When it wants the clock. */
export function roleDeadline(role: NodeRole): Instant {
  switch (role.kind) {
    case 'disabled':
      return Infinity;
    case 'child':
      return role.child.deadline;
    case 'leader':
      return role.leader.deadline;
  }
}

/** Time passes. */
export function tickRole(role: NodeRole, now: Instant): void {
  if (role.kind === 'child') role.child.advance({ kind: 'timer' }, now);
  if (role.kind === 'leader') role.leader.tick(now);
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
  if (role.kind !== 'leader' || neighbour === undefined) return true;
  return role.leader.leader.children.get(neighbour.extended)?.kind === 'valid';
}
