import type { Instant } from '@selvage/core';
import { sameExtended } from '../mac/address.js';
import type { LinkEvent } from '../mac/link-user.js';
import { linkQualityOf } from '../mesh/link-quality.js';
import { isRouterRloc16, routerIdOf } from '../mesh/mesh-routes.js';
import type { AttachMode } from '../mle/attach/attach-mode.js';
import type { LossReason } from '../mle/child/child-input.js';
import { ChildRole } from '../mle/child/child-role.js';
import type { ChildSettings } from '../mle/child/child-settings.js';
import type { Child } from '../mle/child/child-state.js';
import { linkMargin } from '../mle/link-margin.js';
import type { MleArrival } from '../mle/mle-host.js';
import { News } from '../mle/news.js';
import type { LeaderData } from '../mle/partition.js';
import type { SolicitStatus } from '../mle/reed/reed-state.js';
import { FullDevice } from '../mle/router/full-device.js';
import { RoleRestorer } from '../mle/router/role-restorer.js';
import { routerGroups } from './node-addresses.js';
import { PartitionWatch } from './partition-watch.js';
import { PlaceSearch } from './place-search.js';
import type { RoleContext } from './role-context.js';
import type { RoleParts } from './role-parts.js';
import { RouterEntry } from './router-entry.js';
import { RouterHearing } from './router-hearing.js';
import { RouterQuest } from './router-quest.js';

/** A node with as many children asks more often whether it is their router still. */
const criticalChildren = 6;
/** Frames to a router in a row that nobody acknowledged: its link is over. */
const mostUnacknowledged = 4;

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
  readonly #search: PlaceSearch;
  readonly #entry: RouterEntry;
  readonly #unacknowledged = new Map<number, number>();
  /** How the place that it has now was looked for. */
  #cameBy: AttachMode | undefined;

  constructor(parts: RoleParts, context: RoleContext) {
    this.#parts = parts;
    this.#context = context;
    this.news = new News(context.host);
    this.full = new FullDevice({
      host: context.host,
      settings: parts.options.router,
      news: this.news,
      parentRssi: () => this.#parentRssi(),
      isSettled: () => !this.#search.isUnderWay,
      wantsRouterId: (now) => this.#quest.advance({ kind: 'asked' }, now),
      couldRoute: (now) => this.#quest.couldRoute(now),
    });
    this.#watch = new PartitionWatch(this.full);
    this.#quest = new RouterQuest(parts, this.full, (granted, now) => this.#entry.granted(granted, now));
    this.#hearing = new RouterHearing({
      parts,
      full: this.full,
      news: this.news,
      leader: () => (context.role.kind === 'router' ? context.role.leader : undefined),
      onExpelled: (now) => this.#lose('disowned', now),
      onLeaderHeard: () => this.#search.leaderHeard(),
    });
    this.#search = new PlaceSearch({
      context,
      full: this.full,
      news: this.news,
      settings: () => this.#fullChild,
      admits: (mode, candidate) => this.#watch.admits(mode, candidate),
      lead: (now) => this.lead(now),
    });
    this.#entry = new RouterEntry({
      parts,
      context,
      full: this.full,
      news: this.news,
      quest: this.#quest,
      hearing: this.#hearing,
      search: this.#search,
      leave: (now) => this.#leave(undefined, now),
    });
  }

  get deadline(): Instant {
    const { role } = this.#context;
    if (role.kind === 'restoring') return role.restorer.deadline;
    return Math.min(
      this.full.deadline,
      this.#search.deadline,
      this.#quest.deadline,
      this.#hearing.downgradeAt,
      role.kind === 'router' ? (role.leader?.deadline ?? Infinity) : Infinity,
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
    this.#entry.lead(now);
  }

  /** Takes part no longer. */
  stop(): void {
    this.#search.stop();
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
    this.#search.tick(now);
    this.#quest.tick(now);
    if (now < this.#hearing.downgradeAt) return;
    const { isDispensable } = this.#hearing;
    this.#hearing.reset();
    if (isDispensable) this.#search.lookFor('downgrade', now);
  }

  /** An authentic message. */
  receive(arrival: MleArrival, now: Instant): void {
    const { role } = this.#context;
    if (role.kind === 'disabled') return;
    if (role.kind === 'restoring') return this.#entry.restored(role.restorer.receive(arrival), arrival, now);
    this.#search.receive(arrival, now);
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
    return this.#search.isAuthoritative(arrival) || this.full.parent.isAuthoritative(arrival, now);
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
    const found = this.#search.end(parent);
    if (found === undefined) return;
    this.#cameBy = found.mode;
    if (role.kind === 'child') role.child.retire(parent);
    this.#context.become({ kind: 'child', child: found.child, full: this.full });
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
    if (!eligible || !(formsPartition || this.#entry.hasRouted)) return false;
    this.lead(now);
    return true;
  }

  /** Nobody answered a node that looked for another place. */
  searchFailed(now: Instant): void {
    this.#search.failed(now);
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
        this.#search.lookFor('better-partition', now);
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

  #attachAnew(now: Instant): void {
    const child = new ChildRole(this.#context.host, this.#fullChild, { news: this.news });
    this.#context.become({ kind: 'child', child, full: this.full });
    child.advance({ kind: 'attach', stored: this.#parts.storedParent() }, now);
  }

  /** A router has no place any more. */
  #lose(reason: LossReason, now: Instant): void {
    this.#leave(undefined, now);
    this.#search.stop();
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
