import type { Instant } from '@selvage/core';
import { routerIdOf } from '../mesh/mesh-routes.js';
import type { AttachMode } from '../mle/attach/attach-mode.js';
import type { ParentCandidate } from '../mle/attach/parent-candidate.js';
import { ChildRole } from '../mle/child/child-role.js';
import type { ChildSettings } from '../mle/child/child-settings.js';
import { sameRound } from '../mle/child/times.js';
import type { MleArrival } from '../mle/mle-host.js';
import type { News } from '../mle/news.js';
import type { FullDevice } from '../mle/router/full-device.js';
import type { RoleContext } from './role-context.js';

/** What a {@link PlaceSearch} works on. */
export interface PlaceSearchParts {
  readonly context: RoleContext;
  readonly full: FullDevice;
  readonly news: News;
  readonly settings: () => ChildSettings;
  readonly admits: (mode: AttachMode, candidate: ParentCandidate) => boolean;
  /** A router found nobody: it is to lead. */
  readonly lead: (now: Instant) => void;
}

/** A search, and where it got to. */
interface Search {
  readonly mode: AttachMode;
  readonly child: ChildRole;
}

/** Milliseconds until an end device whose parent goes on without a leader looks about again. */
const lookPause = 30_000;

/** A full device's search for another place, while it stays what it is until it has one (Thread 1.3 §4.5, §5.16). */
export class PlaceSearch {
  readonly #its: PlaceSearchParts;
  #search: Search | undefined;
  #lookAgainAt: Instant = -Infinity;

  constructor(its: PlaceSearchParts) {
    this.#its = its;
  }

  get isUnderWay(): boolean {
    return this.#search !== undefined;
  }

  get deadline(): Instant {
    return Math.min(this.#search?.child.deadline ?? Infinity, this.#leaderLostAt());
  }

  tick(now: Instant): void {
    this.#search?.child.advance({ kind: 'timer' }, now);
    if (now >= this.#leaderLostAt()) this.lookFor('same-partition', now);
  }

  receive(arrival: MleArrival, now: Instant): void {
    this.#search?.child.receive(arrival, now);
  }

  /** Whether a message answers a challenge of the search. */
  isAuthoritative(arrival: MleArrival): boolean {
    return this.#search?.child.isAuthoritative(arrival) === true;
  }

  /** Begins, unless a search is under way that is as urgent. */
  lookFor(mode: AttachMode, now: Instant): void {
    const isUrgent = mode === 'better-partition' && this.#search?.mode !== mode;
    if (this.#search !== undefined && !isUrgent) return;
    this.#search?.child.retire();
    const { context, news, settings, admits } = this.#its;
    const isSame = mode === 'same-partition' || mode === 'downgrade';
    const child = new ChildRole(context.searchHost, settings(), {
      news,
      aside: true,
      admits: (candidate) => admits(mode, candidate),
      ...(isSame && { round: sameRound }),
    });
    this.#search = { mode, child };
    child.advance({ kind: 'attach', stored: undefined }, now);
  }

  /** Whoever looked for the leader need not. */
  leaderHeard(): void {
    const mode = this.#search?.mode;
    if (mode !== 'same-partition' && mode !== 'any-partition') return;
    this.#search?.child.retire();
    this.#search = undefined;
  }

  /** Nobody answered. */
  failed(now: Instant): void {
    const mode = this.#search?.mode;
    this.#search = undefined;
    if (mode === 'same-partition' || mode === 'downgrade') return this.lookFor('any-partition', now);
    const { context, full, lead } = this.#its;
    if (mode !== 'any-partition' || now < full.leaderDeadline) return;
    const { role } = context;
    if (role.kind === 'router') return lead(now);
    if (role.kind !== 'child' || role.child.state.kind !== 'child') return;
    // A parent that is a router finds another leader, or is one; that the parent was the leader, nobody else will see.
    const isOrphan = routerIdOf(role.child.state.parent.rloc16) === full.leaderData.leaderRouterId;
    if (isOrphan) role.child.advance({ kind: 'lost', reason: 'unanswered' }, now);
    else this.#lookAgainAt = now + lookPause;
  }

  /**
   * The node has found a parent: the search is over.
   * @returns what found it, where it was this search; a node that lost its parent looks for one itself, and may find it
   *   before the search beside it does
   */
  end(parent: Uint8Array): Search | undefined {
    const search = this.#search;
    this.#search = undefined;
    if (search === undefined || search.child.state.kind === 'child') return search;
    search.child.retire(parent);
    return undefined;
  }

  /** Nothing is looked for any more. */
  stop(): void {
    this.#search = undefined;
  }

  #leaderLostAt(): Instant {
    const { context, full } = this.#its;
    const { role } = context;
    if (this.#search !== undefined || (role.kind === 'router' && role.leader !== undefined)) return Infinity;
    const isAttached = role.kind === 'router' || (role.kind === 'child' && role.child.state.kind === 'child');
    return isAttached ? Math.max(full.leaderDeadline, this.#lookAgainAt) : Infinity;
  }
}
