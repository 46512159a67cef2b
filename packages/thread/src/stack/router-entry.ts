import type { Instant } from '@selvage/core';
import { routerIdOf, routerRloc16 } from '../mesh/mesh-routes.js';
import { Leader } from '../mle/leader/leader.js';
import type { MleArrival } from '../mle/mle-host.js';
import type { News } from '../mle/news.js';
import type { LeaderData } from '../mle/partition.js';
import type { FullDevice } from '../mle/router/full-device.js';
import type { Restored } from '../mle/router/role-restorer.js';
import { routerGroups } from './node-addresses.js';
import type { PlaceSearch } from './place-search.js';
import type { RoleContext } from './role-context.js';
import type { RoleParts } from './role-parts.js';
import type { RouterHearing } from './router-hearing.js';
import type { Granted, RouterQuest } from './router-quest.js';

/** What a {@link RouterEntry} works on. */
export interface RouterEntryParts {
  readonly parts: RoleParts;
  readonly context: RoleContext;
  readonly full: FullDevice;
  readonly news: News;
  readonly quest: RouterQuest;
  readonly hearing: RouterHearing;
  readonly search: PlaceSearch;
  /** What it knew of its partition is over. */
  readonly leave: (now: Instant) => void;
}

/** How a full device becomes a router: by a router id, by a neighbour that knows it from before, or as a leader. */
export class RouterEntry {
  readonly #its: RouterEntryParts;
  #hasRouted = false;

  constructor(its: RouterEntryParts) {
    this.#its = its;
  }

  /** It routed: others may depend on it. */
  get hasRouted(): boolean {
    return this.#hasRouted;
  }

  /** Forms a partition, with the children that are known. */
  lead(now: Instant): void {
    const { parent } = this.#its.full.parent;
    const stored = this.#its.parts.stored();
    const wasRouter = stored?.role === 'router' || stored?.role === 'leader';
    const isStored = this.#its.context.role.kind === 'disabled' && wasRouter;
    const routerId = this.#its.quest.routerId ?? (isStored ? routerIdOf(stored.rloc16) : undefined);
    if (this.#its.context.role.kind === 'child') this.#its.context.role.child.retire();
    this.#its.leave(now);
    const leader = this.#leader(routerId, undefined, now);
    this.#beRouter(leader.routerId, leader, leader.facts, now);
    parent.adopt(leader.routerId, now);
    if (isStored) parent.restore(stored.neighbours, now);
    this.#its.news.own(leader.facts);
    this.#its.parts.onPartitionChanged(now);
    parent.announce(now);
    this.#its.full.hasChanged(now);
  }

  /** The leader gave a router id: the parent is a neighbour now, and its ways are ours. */
  granted({ rloc16, idSequence, ids }: Granted, now: Instant): void {
    const { role } = this.#its.context;
    if (role.kind !== 'child' || role.child.state.kind !== 'child') return;
    const { parent, leader } = role.child.state;
    const { full } = this.#its;
    const [routerId, parentId] = [routerIdOf(rloc16), routerIdOf(parent.rloc16)];
    full.links.clear(parent.extended);
    role.child.retire(parent.extended);
    this.#beRouter(routerId, undefined, leader, now);
    this.#its.hearing.onIds(full.table.setIds(idSequence, ids, now), now);
    full.links.know(parentId, parent.extended, parent.version, now);
    full.table.suppose(leader.leaderRouterId, parentId, 1, now);
    this.#its.parts.onPartitionChanged(now);
    full.advertise(now);
    full.parent.parent.adopt(routerId, now);
  }

  /** A neighbour knows it from before its restart. */
  restored(restored: Restored | undefined, arrival: MleArrival, now: Instant): void {
    const stored = this.#its.parts.stored();
    if (restored === undefined || stored === undefined) return;
    const { leader: facts, route64, routerId: neighbour } = restored;
    const { full } = this.#its;
    const routerId = routerIdOf(stored.rloc16);
    full.table.reset();
    full.asRouter(stored.rloc16, facts, now);
    this.#its.hearing.setIds(route64, now);
    full.links.adopt(neighbour, arrival, now);
    full.table.update(neighbour, route64, now);
    const leader = facts.leaderRouterId === routerId ? this.#leader(routerId, facts, now) : undefined;
    this.#beRouter(routerId, leader, facts, now);
    full.parent.parent.restore(stored.neighbours, now);
    this.#its.news.forget();
    full.news.ask(arrival.extended, now);
    full.hasChanged(now);
    this.#its.parts.onPartitionChanged(now);
  }

  #beRouter(routerId: number, leader: Leader | undefined, facts: LeaderData, now: Instant): void {
    const { link, ip } = this.#its.parts;
    const rloc16 = routerRloc16(routerId);
    this.#its.quest.routerId = routerId;
    this.#hasRouted = true;
    this.#its.search.stop();
    this.#its.full.asRouter(rloc16, facts, now);
    link.setPolling(undefined, now);
    link.setReceiveOn(true);
    link.setShort(rloc16);
    for (const group of routerGroups) ip.addresses.join(group);
    this.#its.context.become({ kind: 'router', full: this.#its.full, leader });
    this.#its.context.host.storeChildren();
  }

  #leader(routerId: number | undefined, goesOn: LeaderData | undefined, now: Instant): Leader {
    const { options, link } = this.#its.parts;
    const { upgradeThreshold, weighting } = options.router;
    return new Leader({
      entropy: options.entropy,
      table: this.#its.full.table,
      extended: link.extended,
      upgradeThreshold,
      weighting,
      routerId,
      goesOn,
      onIds: (change, at) => this.#its.hearing.onIds(change, at),
      now,
    });
  }
}
