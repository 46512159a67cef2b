import type { Instant } from '@selvage/core';
import { sameExtended } from '../mac/address.js';
import type { LinkEvent } from '../mac/link-user.js';
import { linkQualityOf } from '../mesh/link-quality.js';
import { isRouterRloc16, routerIdOf, routerRloc16 } from '../mesh/mesh-routes.js';
import type { AttachMode } from '../mle/attach/attach-mode.js';
import type { ChildHost } from '../mle/child/child-host.js';
import type { LossReason } from '../mle/child/child-input.js';
import { ChildRole, type ChildSettings } from '../mle/child/child-role.js';
import type { Child } from '../mle/child/child-state.js';
import { sameRound } from '../mle/child/times.js';
import { Leader } from '../mle/leader/leader.js';
import { linkMargin } from '../mle/link-margin.js';
import type { MleArrival } from '../mle/mle-host.js';
import { News } from '../mle/news.js';
import type { LeaderData } from '../mle/partition.js';
import type { SolicitStatus } from '../mle/reed/reed-state.js';
import { FullDevice } from '../mle/router/full-device.js';
import { type Restored, RoleRestorer } from '../mle/router/role-restorer.js';
import type { RouterHost } from '../mle/router/router-host.js';
import { routerGroups } from './node-addresses.js';
import type { NodeRole } from './node-role.js';
import { PartitionWatch, type Search } from './partition-watch.js';
import type { RoleParts } from './role-parts.js';
import { RouterHearing } from './router-hearing.js';
import { type Granted, RouterQuest } from './router-quest.js';

/** What {@link FullRoles} changes: what the node is. */
export interface RoleContext {
  readonly role: NodeRole;
  readonly host: ChildHost & RouterHost;
  /** The same, for a search that goes on beside what the node is. */
  readonly searchHost: ChildHost & RouterHost;
  become(role: NodeRole): void;
}

/** A node with as many children asks more often whether it is their router still. */
const criticalChildren = 6;
/** Frames to a router in a row that nobody acknowledged: its link is over. */
const mostUnacknowledged = 4;
/** Milliseconds until an end device whose parent goes on without a leader looks about again. */
const lookPause = 30_000;

/**
 * A full device on its way between end device, router and leader, and from partition to partition (Thread 1.3 §5.9, §5.16):
 * ```
 *   child ──── router id granted ───▶ router ◀──── Link Accept ──── restoring
 *     ▲ ▲                              │ │ leader silent, and nobody else there
 *     │ └──── not needed, or ──────────┘ ▼
 *     └────── a greater partition ◀─── leader ◀─── asked for, or nobody answered
 * ```
 */
export class FullRoles {
  readonly full: FullDevice;
  readonly news: News;
  readonly #parts: RoleParts;
  readonly #context: RoleContext;
  readonly #watch: PartitionWatch;
  readonly #quest: RouterQuest;
  readonly #hearing: RouterHearing;
  readonly #unacknowledged = new Map<number, number>();
  #search: Search | undefined;
  /** It routed: others may depend on it. */
  #hasRouted = false;
  /** How the place that it has now was looked for. */
  #cameBy: AttachMode | undefined;
  #lookAgainAt: Instant = -Infinity;

  constructor(parts: RoleParts, context: RoleContext) {
    this.#parts = parts;
    this.#context = context;
    this.news = new News(context.host);
    this.full = new FullDevice({
      host: context.host,
      settings: parts.options.router,
      news: this.news,
      parentRssi: () => this.#parentRssi(),
      isSettled: () => this.#search === undefined,
      wantsRouterId: (now) => this.#quest.advance({ kind: 'asked' }, now),
      couldRoute: (now) => this.#quest.couldRoute(now),
    });
    this.#watch = new PartitionWatch(this.full);
    this.#quest = new RouterQuest(parts, this.full, (granted, now) => this.#granted(granted, now));
    this.#hearing = new RouterHearing({
      parts,
      full: this.full,
      news: this.news,
      leader: () => (context.role.kind === 'router' ? context.role.leader : undefined),
      onExpelled: (now) => this.#lose('disowned', now),
      onLeaderHeard: () => this.#leaderHeard(),
    });
  }

  get deadline(): Instant {
    const { role } = this.#context;
    if (role.kind === 'restoring') return role.restorer.deadline;
    return Math.min(
      this.full.deadline,
      this.#search?.child.deadline ?? Infinity,
      this.#quest.deadline,
      this.#hearing.downgradeAt,
      role.kind === 'router' ? (role.leader?.deadline ?? Infinity) : Infinity,
      this.#leaderLostAt(),
    );
  }

  /** Takes part: as the router of before a restart, if it still may be one and a neighbour says so, or as a child. */
  attach(now: Instant): void {
    const stored = this.#parts.stored();
    const isRouter = stored?.role === 'router' || stored?.role === 'leader';
    if (!isRouter || !this.#parts.options.router.eligible) return this.#attachAnew(now);
    const isCritical = stored.role === 'leader' || stored.neighbours.length >= criticalChildren;
    const restorer = new RoleRestorer(this.#context.host, stored.rloc16, isCritical, now);
    this.#parts.link.setReceiveOn(true);
    this.#context.become({ kind: 'restoring', restorer, full: this.full });
  }

  /** Forms a partition, with the children that are known. */
  lead(now: Instant): void {
    const { parent } = this.full.parent;
    const stored = this.#parts.stored();
    const wasRouter = stored?.role === 'router' || stored?.role === 'leader';
    const isStored = this.#context.role.kind === 'disabled' && wasRouter;
    const routerId = this.#quest.routerId ?? (isStored ? routerIdOf(stored.rloc16) : undefined);
    if (this.#context.role.kind === 'child') this.#context.role.child.retire();
    this.#leave(undefined, now);
    const leader = this.#leader(routerId, undefined, now);
    this.#beRouter(leader.routerId, leader, leader.facts, now);
    parent.adopt(leader.routerId, now);
    if (isStored) parent.restore(stored.neighbours, now);
    this.news.own(leader.facts);
    this.#parts.onPartitionChanged(now);
    parent.announce(now);
    this.full.hasChanged(now);
  }

  /** Takes part no longer. */
  stop(): void {
    this.#search = undefined;
    this.#quest.stop();
    this.#hearing.reset();
    this.full.detach();
    this.news.forget();
  }

  tick(now: Instant): void {
    const { role } = this.#context;
    if (role.kind === 'disabled') return;
    if (role.kind === 'restoring') {
      if (role.restorer.tick(now)) this.#attachAnew(now);
      return;
    }
    this.full.tick(now);
    if (role.kind === 'router') role.leader?.tick(now);
    this.#search?.child.advance({ kind: 'timer' }, now);
    if (now >= this.#leaderLostAt()) this.#lookFor('same-partition', now);
    this.#quest.tick(now);
    if (now < this.#hearing.downgradeAt) return;
    const { isDispensable } = this.#hearing;
    this.#hearing.reset();
    if (isDispensable) this.#lookFor('downgrade', now);
  }

  /** An authentic message. */
  receive(arrival: MleArrival, now: Instant): void {
    const { role } = this.#context;
    if (role.kind === 'disabled') return;
    if (role.kind === 'restoring') return this.#restored(role.restorer.receive(arrival), arrival, now);
    this.#search?.child.receive(arrival, now);
    if (role.kind === 'child' && role.child.state.kind !== 'child') return;
    switch (arrival.command) {
      case 'parentRequest':
        return this.full.parent.receive(arrival, now);
      case 'childIdRequest':
        this.full.parent.receive(arrival, now);
        if (this.full.parent.children.get(arrival.extended)?.kind === 'valid') {
          this.full.links.becameChild(arrival.extended, now);
        }
        return;
      case 'advertisement':
        return this.#advertisement(arrival, now);
      default:
        if (role.kind === 'router') this.#receiveAsRouter(arrival, now);
    }
  }

  /** Whether a message answers a challenge of ours. */
  isAuthoritative(arrival: MleArrival, now: Instant): boolean {
    const answersSearch = this.#search?.child.isAuthoritative(arrival) === true;
    return answersSearch || this.full.parent.isAuthoritative(arrival, now);
  }

  onLinkEvent(event: LinkEvent, now: Instant): void {
    this.full.parent.onLinkEvent(event, now);
  }

  /** A frame to a neighbouring router went out, or did not. */
  sent(rloc16: number, acknowledged: boolean, now: Instant): void {
    const routerId = routerIdOf(rloc16);
    if (isRouterRloc16(rloc16)) this.full.table[acknowledged ? 'trust' : 'doubt'](routerId);
    if (acknowledged || !isRouterRloc16(rloc16)) return void this.#unacknowledged.delete(routerId);
    const count = (this.#unacknowledged.get(routerId) ?? 0) + 1;
    if (count < mostUnacknowledged) return void this.#unacknowledged.set(routerId, count);
    this.#unacknowledged.delete(routerId);
    this.full.links.removeId(routerId, now);
  }

  /** It will be a child the next moment. */
  arriving(parent: Uint8Array, now: Instant): void {
    const { role } = this.#context;
    this.#leave(parent, now);
    if (this.#search === undefined) return;
    const { child, mode } = this.#search;
    this.#search = undefined;
    // A node that lost its parent looks for one itself, and may find it before the search beside it does.
    if (child.state.kind !== 'child') return child.retire(parent);
    this.#cameBy = mode;
    if (role.kind === 'child') role.child.retire(parent);
    this.#context.become({ kind: 'child', child, full: this.full });
  }

  /** It is a child now. */
  attached({ rloc16, leader, parent }: Child, now: Instant): void {
    for (const group of routerGroups) this.#parts.ip.addresses.join(group);
    this.full.asEndDevice(rloc16, leader, this.#parentPosition(parent));
    const mode = this.#cameBy;
    this.#cameBy = undefined;
    if (mode === 'downgrade') this.#quest.release(now);
    this.#parts.onPartitionChanged(now);
    const hasChildren = this.full.parent.children.size > 0;
    const status: SolicitStatus = mode === 'same-partition' ? 'child-id-request' : 'partition-change';
    this.#quest.advance({ kind: 'attached', wants: hasChildren ? status : undefined }, now);
  }

  /** It has no parent any more. */
  detached(now: Instant): void {
    this.#leave(undefined, now);
    this.#quest.stop();
  }

  /** Nobody answered a node without a place. @returns whether it leads a partition of its own now */
  unheard(now: Instant): boolean {
    const { formsPartition, eligible } = this.#parts.options.router;
    if (!eligible || !(formsPartition || this.#hasRouted)) return false;
    this.lead(now);
    return true;
  }

  /** Nobody answered a node that looked for another place. */
  searchFailed(now: Instant): void {
    const mode = this.#search?.mode;
    this.#search = undefined;
    if (mode === 'same-partition' || mode === 'downgrade') return this.#lookFor('any-partition', now);
    if (mode !== 'any-partition' || now < this.full.leaderDeadline) return;
    const { role } = this.#context;
    if (role.kind === 'router') return this.lead(now);
    if (role.kind !== 'child' || role.child.state.kind !== 'child') return;
    // A parent that is a router finds another leader, or is one; that the parent was the leader, nobody else will see.
    const isOrphan = routerIdOf(role.child.state.parent.rloc16) === this.full.leaderData.leaderRouterId;
    if (isOrphan) role.child.advance({ kind: 'lost', reason: 'unanswered' }, now);
    else this.#lookAgainAt = now + lookPause;
  }

  /** The parent says of another partition, or leader, that it is ours. */
  leaderChanged(leader: LeaderData, now: Instant): void {
    if (leader.partitionId !== this.full.leaderData.partitionId) {
      this.#watch.leave(now);
      this.full.table.reset();
      this.#parts.onPartitionChanged(now);
    }
    this.full.setLeaderData(leader);
  }

  /** Routes that the parent gave with a child id, or advertises. */
  parentRoutes({ extended, tlvs }: MleArrival, now: Instant): void {
    const { role } = this.#context;
    const state = role.kind === 'child' ? role.child.state : undefined;
    if (state?.kind !== 'child' || !sameExtended(state.parent.extended, extended) || tlvs.route64 === undefined) return;
    this.#hearing.setIds(tlvs.route64, now);
    this.full.table.adopt(routerIdOf(state.parent.rloc16), tlvs.route64, now);
    this.full.measureParent(this.#parentPosition(state.parent));
    this.#quest.advance({ kind: 'routers' }, now);
  }

  #receiveAsRouter(arrival: MleArrival, now: Instant): void {
    switch (arrival.command) {
      case 'childUpdateRequest':
      case 'childUpdateResponse':
      case 'dataRequest':
        return this.full.parent.receive(arrival, now);
      case 'linkRequest':
        return this.full.links.requested(arrival, now);
      case 'linkAccept':
      case 'linkAcceptAndRequest':
        return this.#hearing.accepted(arrival, now);
      case 'dataResponse':
        return this.#hearing.dataResponse(arrival, now);
      default:
        return undefined;
    }
  }

  #advertisement(arrival: MleArrival, now: Instant): void {
    const { tlvs, extended } = arrival;
    const { sourceAddress, leaderData, route64 } = tlvs;
    const { role } = this.#context;
    if (sourceAddress === undefined || leaderData === undefined) return;
    const isParent = role.kind === 'child' && role.child.isParent(extended);
    switch (this.#watch.judge(arrival, isParent, now)) {
      case 'ignored':
        break;
      case 'better':
        this.#lookFor('better-partition', now);
        break;
      case 'lesser':
        this.full.advertiseSoon(now);
        break;
      case 'other-leader':
        if (role.kind === 'router' && this.full.table.linkTo(extended) !== undefined) this.#lose('disowned', now);
        return;
      case 'ours':
        if (role.kind === 'child') this.#quest.heard(arrival, now);
        if (isParent) return this.parentRoutes(arrival, now);
        if (role.kind === 'router' && isRouterRloc16(sourceAddress) && route64 !== undefined) {
          return this.#hearing.advertised(arrival, routerIdOf(sourceAddress), route64, now);
        }
    }
    if (this.full.links.contradicts(extended, sourceAddress)) this.full.links.remove(extended, now);
  }

  /** The leader gave a router id: the parent is a neighbour now, and its ways are ours. */
  #granted({ rloc16, idSequence, ids }: Granted, now: Instant): void {
    const { role } = this.#context;
    if (role.kind !== 'child' || role.child.state.kind !== 'child') return;
    const { parent, leader } = role.child.state;
    const { full } = this;
    const [routerId, parentId] = [routerIdOf(rloc16), routerIdOf(parent.rloc16)];
    full.links.clear(parent.extended);
    role.child.retire(parent.extended);
    this.#beRouter(routerId, undefined, leader, now);
    this.#hearing.onIds(full.table.setIds(idSequence, ids, now), now);
    full.links.know(parentId, parent.extended, parent.version, now);
    full.table.suppose(leader.leaderRouterId, parentId, 1, now);
    this.#parts.onPartitionChanged(now);
    full.advertise(now);
    full.parent.parent.adopt(routerId, now);
  }

  #beRouter(routerId: number, leader: Leader | undefined, facts: LeaderData, now: Instant): void {
    const { link, ip } = this.#parts;
    const rloc16 = routerRloc16(routerId);
    this.#quest.routerId = routerId;
    this.#hasRouted = true;
    this.#search = undefined;
    this.full.asRouter(rloc16, facts, now);
    link.setPolling(undefined, now);
    link.setReceiveOn(true);
    link.setShort(rloc16);
    for (const group of routerGroups) ip.addresses.join(group);
    this.#context.become({ kind: 'router', full: this.full, leader });
    this.#context.host.storeChildren();
  }

  #leader(routerId: number | undefined, goesOn: LeaderData | undefined, now: Instant): Leader {
    const { options, link } = this.#parts;
    const { upgradeThreshold, weighting } = options.router;
    return new Leader({
      entropy: options.entropy,
      table: this.full.table,
      extended: link.extended,
      upgradeThreshold,
      weighting,
      routerId,
      goesOn,
      onIds: (change, at) => this.#hearing.onIds(change, at),
      now,
    });
  }

  #attachAnew(now: Instant): void {
    const child = new ChildRole(this.#context.host, this.#fullChild, { news: this.news });
    this.#context.become({ kind: 'child', child, full: this.full });
    child.advance({ kind: 'attach', stored: this.#parts.storedParent() }, now);
  }

  #restored(restored: Restored | undefined, arrival: MleArrival, now: Instant): void {
    const stored = this.#parts.stored();
    if (restored === undefined || stored === undefined) return;
    const { leader: facts, route64, routerId: neighbour } = restored;
    const { full } = this;
    const routerId = routerIdOf(stored.rloc16);
    full.table.reset();
    full.asRouter(stored.rloc16, facts, now);
    this.#hearing.setIds(route64, now);
    full.links.adopt(neighbour, arrival, now);
    full.table.update(neighbour, route64, now);
    const leader = facts.leaderRouterId === routerId ? this.#leader(routerId, facts, now) : undefined;
    this.#beRouter(routerId, leader, facts, now);
    full.parent.parent.restore(stored.neighbours, now);
    this.news.forget();
    full.news.ask(arrival.extended, now);
    full.hasChanged(now);
    this.#parts.onPartitionChanged(now);
  }

  /** Looks for another place, and stays what it is until it has one. */
  #lookFor(mode: AttachMode, now: Instant): void {
    const isUrgent = mode === 'better-partition' && this.#search?.mode !== mode;
    if (this.#search !== undefined && !isUrgent) return;
    this.#search?.child.retire();
    const isSame = mode === 'same-partition' || mode === 'downgrade';
    const child = new ChildRole(this.#context.searchHost, this.#fullChild, {
      news: this.news,
      aside: true,
      admits: (candidate) => this.#watch.admits(mode, candidate),
      ...(isSame && { round: sameRound }),
    });
    this.#search = { mode, child };
    child.advance({ kind: 'attach', stored: undefined }, now);
  }

  /** Whoever looked for it need not. */
  #leaderHeard(): void {
    const mode = this.#search?.mode;
    if (mode !== 'same-partition' && mode !== 'any-partition') return;
    this.#search?.child.retire();
    this.#search = undefined;
  }

  /** A router has no place any more. */
  #lose(reason: LossReason, now: Instant): void {
    this.#leave(undefined, now);
    this.#search = undefined;
    const child = new ChildRole(this.#context.host, this.#fullChild, { news: this.news });
    this.#parts.link.setShort(undefined);
    this.#context.become({ kind: 'child', child, full: this.full });
    this.#context.host.detached(reason, now);
    child.advance({ kind: 'attach', stored: undefined }, now);
  }

  /** What it knew of its partition is over; this neighbour stays one. */
  #leave(except: Uint8Array | undefined, now: Instant): void {
    this.#watch.leave(now);
    this.full.detach(except);
    this.#hearing.reset();
    this.#unacknowledged.clear();
  }

  get #fullChild(): ChildSettings {
    return { ...this.#parts.options.child, full: true, sleepy: false };
  }

  #leaderLostAt(): Instant {
    const { role } = this.#context;
    if (this.#search !== undefined || (role.kind === 'router' && role.leader !== undefined)) return Infinity;
    const isAttached = role.kind === 'router' || (role.kind === 'child' && role.child.state.kind === 'child');
    return isAttached ? Math.max(this.full.leaderDeadline, this.#lookAgainAt) : Infinity;
  }

  #parentRssi(): number | undefined {
    const { role } = this.#context;
    const state = role.kind === 'child' ? role.child.state : undefined;
    if (state?.kind !== 'child') return undefined;
    return this.#parts.link.neighbours.byExtended(state.parent.extended)?.averageRssi;
  }

  #parentPosition({ rloc16 }: Child['parent']) {
    return { rloc16, quality: linkQualityOf(linkMargin(this.#parentRssi(), this.#parts.link)) };
  }
}
