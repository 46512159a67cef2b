import type { Instant } from '@selvage/core';
import { routerIdOf, routerRloc16 } from '../mesh/mesh-routes.js';
import type { IdChange } from '../mesh/router-link.js';
import type { Leader } from '../mle/leader/leader.js';
import type { MleArrival } from '../mle/mle-host.js';
import type { News } from '../mle/news.js';
import { isSamePartition, type LeaderData } from '../mle/partition.js';
import { type Dispensable, isDispensable, judgeDispensable } from '../mle/router/downgrade.js';
import type { FullDevice } from '../mle/router/full-device.js';
import type { Route64 } from '../mle/tlv/route64.js';
import { randomFraction } from './random-fraction.js';
import type { RoleParts } from './role-parts.js';

/** What a {@link RouterHearing} works on. */
export interface HearingParts {
  readonly parts: RoleParts;
  readonly full: FullDevice;
  readonly news: News;
  /** What makes a leader of us. */
  readonly leader: () => Leader | undefined;
  /** The partition goes on without us. */
  readonly onExpelled: (now: Instant) => void;
  /** The leader's id sequence moved on. */
  readonly onLeaderHeard: () => void;
}

const second = 1000;
const leastDowngradeSeconds = 1;

/** What a router makes of what the other routers of its partition say (Thread 1.3 §5.9, §5.15). */
export class RouterHearing {
  readonly #its: HearingParts;
  #downgrade: { readonly at: Instant; readonly as: Dispensable } | undefined;

  constructor(its: HearingParts) {
    this.#its = its;
  }

  /** When it is to become an end device again, unless it is needed by then. */
  get downgradeAt(): Instant {
    return this.#downgrade?.at ?? Infinity;
  }

  /** Whether it can be done without still: routers may be fewer meanwhile, and its children more. */
  get isDispensable(): boolean {
    const { table, parent } = this.#its.full;
    const as = this.#downgrade?.as;
    return as !== undefined && isDispensable(as, table.activeRouters, parent.children.size);
  }

  /** Another partition, or role. */
  reset(): void {
    this.#downgrade = undefined;
  }

  /** A Link Accept. */
  accepted(arrival: MleArrival, now: Instant): void {
    const { parts, full, leader } = this.#its;
    if (!full.links.accepted(arrival, now)) return;
    const { tlvs, extended, keySequence } = arrival;
    if (keySequence !== undefined) parts.keys().observe(keySequence, true, now);
    const routerId = routerIdOf(tlvs.sourceAddress ?? 0);
    leader()?.know(routerId, extended);
    if (tlvs.route64 !== undefined) this.#routes(routerId, tlvs.route64, now);
    this.#heardNews(arrival, now);
  }

  /** An Advertisement of another router of our partition. */
  advertised(arrival: MleArrival, routerId: number, route64: Route64, now: Instant): void {
    const { extended } = arrival;
    const { full, leader, onExpelled } = this.#its;
    const { links, table, parent } = full;
    const ownId = routerIdOf(full.rloc16);
    const child = parent.children.get(extended);
    const isKnown = table.linkTo(extended) !== undefined || child?.kind === 'valid';
    if (isKnown && leader() === undefined && table.isNewer(route64.idSequence)) {
      if (!route64.routes.some((route) => route.routerId === ownId)) return onExpelled(now);
      this.setIds(route64, now);
    }
    if (links.contradicts(extended, routerRloc16(routerId))) links.remove(extended, now);
    if (!table.isAllocated(routerId) || routerId === ownId) return;
    if (child?.kind === 'valid') {
      parent.parent.release(extended);
      links.know(routerId, extended, child.version, now);
    }
    this.#considerDowngrade(routerId, route64, now);
    links.advertised(routerId, arrival, now);
    if (table.link(routerId) === undefined) return;
    this.#routes(routerId, route64, now);
    this.#heardNews(arrival, now);
  }

  /** A neighbour's Data Response: of a leader only what it lost by a restart. */
  dataResponse(arrival: MleArrival, now: Instant): void {
    const { full, leader, news } = this.#its;
    const { leaderData } = arrival.tlvs;
    if (full.table.linkTo(arrival.extended) === undefined || !this.#isOurs(leaderData)) return;
    if (leader() !== undefined && news.version !== undefined) return;
    full.news.take(arrival, now);
    if (news.version !== undefined) full.setLeaderData(news.version);
  }

  /** The leader's set of ids, as a neighbour has it. */
  setIds({ idSequence, routes }: Route64, now: Instant): void {
    const { table } = this.#its.full;
    if (!table.isNewer(idSequence)) return;
    const ids = routes.map(({ routerId }) => routerId);
    this.onIds(table.setIds(idSequence, ids, now), now);
    this.#its.onLeaderHeard();
  }

  /** Router ids were given, or taken back. */
  onIds({ added, removed }: IdChange, now: Instant): void {
    const { full, parts } = this.#its;
    for (const routerId of removed) {
      full.links.removeId(routerId, now);
      parts.onRouterReleased(routerId, now);
    }
    if (added.length + removed.length > 0) full.hasChanged(now);
  }

  #routes(routerId: number, route64: Route64, now: Instant): void {
    const { full } = this.#its;
    if (full.table.update(routerId, route64, now)) full.hasChanged(now);
  }

  #heardNews(arrival: MleArrival, now: Instant): void {
    const { full, leader } = this.#its;
    if (leader() === undefined && this.#isOurs(arrival.tlvs.leaderData)) full.news.heard(arrival, now);
  }

  #isOurs(leaderData: LeaderData | undefined): boolean {
    return leaderData !== undefined && isSamePartition(leaderData, this.#its.full.leaderData);
  }

  #considerDowngrade(neighbour: number, route64: Route64, now: Instant): void {
    const { full, parts, leader } = this.#its;
    if (this.#downgrade !== undefined || leader() !== undefined) return;
    const { entropy, router } = parts.options;
    const { table, parent, rloc16 } = full;
    const facts = {
      ownRouterId: routerIdOf(rloc16),
      activeRouters: table.activeRouters,
      threshold: router.downgradeThreshold,
      children: parent.children.size,
      links: table.links,
    };
    const as = judgeDispensable(facts, neighbour, route64);
    if (as === undefined) return;
    const jitter = Math.max(leastDowngradeSeconds, randomFraction(entropy) * router.selectionJitter);
    this.#downgrade = { at: now + second * jitter, as };
  }
}
