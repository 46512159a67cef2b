import type { Instant } from '@selvage/core';
import { sameExtended } from '../mac/address.js';
import { isNewerVersion } from '../mle/partition.js';
import type { Route64 } from '../mle/tlv/route64.js';
import { chooseRoute } from './choose-route.js';
import { linkCost } from './link-quality.js';
import { OfferedRoutes } from './offered-routes.js';
import {
  infiniteCost,
  isRouterRloc16,
  lastRouterId,
  type LinkQuality,
  type MeshRoutes,
  routerIdOf,
  routerRloc16,
  type RouterView,
} from './mesh-routes.js';
import type { IdChange, MeshPosition, RouterLink } from './router-link.js';

const [idCount, none] = [lastRouterId + 1, 0xff] as const;

/**
 * The routers of a partition, the links to those in range, and the way to all others (Thread 1.3 §5.9). A child that is a
 * full device keeps the same table, all of it through its parent.
 */
export class RouterTable implements MeshRoutes {
  readonly #childCost: (rloc16: number) => number | undefined;
  readonly #isAllocated = new Uint8Array(idCount);
  /** By router id: the neighbour that leads there, and what it said that it costs from there. */
  readonly #nextHops = new Uint8Array(idCount).fill(none);
  readonly #costs = new Uint8Array(idCount);
  /** When each was heard, had a route, or got its id last. */
  readonly #seenAt = new Float64Array(idCount);
  readonly #links = new Map<number, RouterLink>();
  readonly #offers = new OfferedRoutes(idCount);
  readonly #silent = new Set<number>();
  #position: MeshPosition = { rloc16: 0xfffe, leaderRouterId: none };
  #count = 0;
  #idSequence = 0;
  #sequenceAt: Instant = -Infinity;
  /** A frame went in a circle: neighbours are to be told what changed. */
  onLoop: (now: Instant) => void = () => undefined;

  /** @param childCost of the link to our own child of this RLOC16; undefined where there is none */
  constructor(childCost: (rloc16: number) => number | undefined = () => undefined) {
    this.#childCost = childCost;
  }

  get rloc16(): number {
    return this.#position.rloc16;
  }

  get leaderRouterId(): number {
    return this.#position.leaderRouterId;
  }

  get idSequence(): number {
    return this.#idSequence;
  }

  /** How many routers the partition has. */
  get activeRouters(): number {
    return this.#count;
  }

  get links(): Iterable<RouterLink> {
    return this.#links.values();
  }

  get linkCount(): number {
    return this.#links.size;
  }

  get routers(): Iterable<RouterView> {
    return this.#ids().map((routerId) => {
      const { qualityIn = 0, qualityOut = 0 } = this.#links.get(routerId) ?? {};
      const nextHop = this.#nextHops[routerId] as number;
      const cost = this.cost(routerRloc16(routerId));
      return { routerId, nextHop: nextHop === none ? undefined : nextHop, cost, qualityIn, qualityOut };
    });
  }

  get ids(): readonly number[] {
    return this.#ids();
  }

  place(position: MeshPosition): void {
    this.#position = position;
  }

  /** When the leader last proved to be there; −Infinity where it never did. */
  get sequenceAt(): Instant {
    return this.#sequenceAt;
  }

  /** How long ago the leader last proved to be there, by the id sequence; Infinity where it never did. */
  leaderAge(now: Instant): number {
    return now - this.#sequenceAt;
  }

  isAllocated(routerId: number): boolean {
    return this.#isAllocated[routerId] === 1;
  }

  /** Another partition: nothing that was known counts. */
  reset(): void {
    this.#links.clear();
    this.#offers.clear();
    this.#silent.clear();
    this.#isAllocated.fill(0);
    this.#nextHops.fill(none);
    this.#costs.fill(0);
    this.#count = 0;
    this.#sequenceAt = -Infinity;
  }

  /** Whether an id sequence is newer than ours, or ours is of no partition. */
  isNewer(idSequence: number): boolean {
    return this.#count === 0 || isNewerVersion(idSequence, this.#idSequence);
  }

  /** The leader's sequence moved, or its set changed. */
  setIds(idSequence: number, ids: readonly number[], now: Instant): IdChange {
    this.#idSequence = idSequence;
    this.#sequenceAt = now;
    const removed = this.#ids().filter((id) => !ids.includes(id));
    const added = ids.filter((id) => id < idCount && !this.isAllocated(id));
    for (const id of removed) this.#remove(id, now);
    for (const id of added) {
      this.#isAllocated[id] = 1;
      this.#seenAt[id] = now;
    }
    this.#count += added.length - removed.length;
    return { added, removed };
  }

  /** The link to a router; undefined where there is none. */
  link(routerId: number): RouterLink | undefined {
    return this.#links.get(routerId);
  }

  /** The link to a router of this extended address. */
  linkTo(extended: Uint8Array): RouterLink | undefined {
    for (const link of this.#links.values()) if (sameExtended(link.extended, extended)) return link;
    return undefined;
  }

  setLink(link: RouterLink): void {
    this.#links.set(link.routerId, link);
    this.#seenAt[link.routerId] = link.heardAt;
  }

  /** Whether a router is now without any route. */
  removeLink(routerId: number, now: Instant): boolean {
    const former = this.#linkCost(routerId);
    if (!this.#links.delete(routerId)) return false;
    this.#offers.forget(routerId);
    this.#silent.delete(routerId);
    let isLost = this.#nextHops[routerId] === none;
    this.#seenAt[routerId] = now;
    for (const id of this.#ids()) {
      if (this.#nextHops[id] !== routerId) continue;
      this.#goAround(id, (this.#costs[id] as number) + former, now);
      isLost ||= !this.#links.has(id) && this.#nextHops[id] === none;
    }
    return isLost;
  }

  /** A router advertised. */
  heard(routerId: number, now: Instant): void {
    this.#silent.delete(routerId);
    this.#seenAt[routerId] = now;
    const link = this.#links.get(routerId);
    if (link !== undefined) link.heardAt = now;
  }

  /** Since when a router has neither a link nor a route; undefined for one that has. */
  unreachableSince(routerId: number): Instant | undefined {
    const isOurs = routerRloc16(routerId) === this.rloc16;
    const link = this.#links.get(routerId);
    const hasLink = link !== undefined && linkCost(link.qualityIn, link.qualityOut) < infiniteCost;
    return isOurs || hasLink || this.#nextHops[routerId] !== none ? undefined : this.#seenAt[routerId];
  }

  /**
   * A neighbour's view of the partition.
   * @returns whether some router has a route now that had none, or none that had one
   */
  update(from: number, { routes }: Route64, now: Instant): boolean {
    const link = this.#links.get(from);
    if (link === undefined) return false;
    const before = this.#reachable();
    this.#offers.heard(from, routes);
    const ofUs = routes.find(({ routerId }) => routerRloc16(routerId) === this.rloc16);
    if (ofUs !== undefined) link.qualityOut = ofUs.linkQualityIn as LinkQuality;
    for (const { routerId, cost } of routes) {
      if (routerId === from || !this.isAllocated(routerId) || routerRloc16(routerId) === this.rloc16) continue;
      this.#consider(routerId, from, cost === 0 ? infiniteCost : cost, now);
    }
    return this.#reachable() !== before;
  }

  /** A parent's view, to its child: all routes are through it. */
  adopt(parent: number, { routes }: Route64, now: Instant): void {
    for (const { routerId, cost } of routes) {
      if (routerId === parent || !this.isAllocated(routerId)) continue;
      if (cost === 0) this.#drop(routerId, now);
      else this.#take(routerId, parent, cost, now);
    }
  }

  /** A route that is known from elsewhere, where none is. */
  suppose(routerId: number, nextHop: number, cost: number, now: Instant): void {
    if (this.cost(routerRloc16(routerId)) >= infiniteCost) this.#take(routerId, nextHop, cost, now);
  }

  /** From a child to a router: its links are of no use, but the way over its parent is. */
  clearLinks(): void {
    this.#links.clear();
    this.#offers.clear();
    this.#silent.clear();
  }

  nextHop(rloc16: number): number | undefined {
    const { parent, rloc16: own } = this.#position;
    if (rloc16 === own) return own;
    if (parent !== undefined) return parent.rloc16;
    const routerId = routerIdOf(rloc16);
    if (routerId === routerIdOf(own)) return this.#childCost(rloc16) === undefined ? undefined : rloc16;
    const direct = this.#linkCost(routerId);
    const routed = this.#routedCost(routerId);
    const least = Math.min(direct, routed);
    if (least >= infiniteCost) return undefined;
    const first = direct <= routed ? routerId : (this.#nextHops[routerId] as number);
    return routerRloc16(this.#silent.has(first) ? this.#wayAround(routerId, first, least) : first);
  }

  /** A neighbour did not acknowledge a frame: as long as another way is known, that is taken. */
  doubt(routerId: number): void {
    this.#silent.add(routerId);
  }

  /** It did, or was heard. */
  trust(routerId: number): void {
    this.#silent.delete(routerId);
  }

  #wayAround(routerId: number, first: number, former: number): number {
    const linkCost = (neighbour: number): number => {
      return neighbour === first || this.#silent.has(neighbour) ? infiniteCost : this.#linkCost(neighbour);
    };
    const way = this.#offers.way(routerId, former, linkCost);
    return way !== undefined && way.cost + linkCost(way.neighbour) < infiniteCost ? way.neighbour : first;
  }

  cost(rloc16: number): number {
    const { parent, rloc16: own } = this.#position;
    if (rloc16 === own) return 0;
    const routerId = routerIdOf(rloc16);
    const lastHop = isRouterRloc16(rloc16) ? 0 : 1;
    if (parent !== undefined) {
      const toParent = linkCost(parent.quality, parent.quality);
      if (routerId === routerIdOf(parent.rloc16)) return toParent + lastHop;
      if (this.#nextHops[routerId] === none || this.#nextHops[routerId] === undefined) return infiniteCost;
      return Math.min(infiniteCost, toParent + (this.#costs[routerId] as number) + lastHop);
    }
    if (routerId === routerIdOf(own)) return this.#childCost(rloc16) ?? infiniteCost;
    const least = Math.min(this.#linkCost(routerId), this.#routedCost(routerId));
    return Math.min(infiniteCost, least + lastHop);
  }

  looped(rloc16: number, from: number, now: Instant): void {
    const routerId = routerIdOf(rloc16);
    if (this.nextHop(rloc16) !== from || this.#nextHops[routerId] !== routerIdOf(from)) return;
    this.#drop(routerId, now);
    this.onLoop(now);
  }

  #consider(routerId: number, from: number, cost: number, now: Instant): void {
    const nextHop = this.#nextHops[routerId] as number;
    const current = nextHop === none ? undefined : { nextHop, total: this.#routedCost(routerId) };
    const choice = chooseRoute(current, { neighbour: from, cost, linkCost: this.#linkCost(from) });
    if (choice === 'take') this.#take(routerId, from, cost, now);
    if (choice === 'drop') this.#goAround(routerId, current?.total ?? 0, now);
  }

  /** The way to a router is none any more: another one that is known leads there, or none does. */
  #goAround(routerId: number, former: number, now: Instant): void {
    this.#drop(routerId, now);
    const way = this.#offers.way(routerId, former, (neighbour) => this.#linkCost(neighbour));
    if (way !== undefined) this.#take(routerId, way.neighbour, way.cost, now);
  }

  #take(routerId: number, nextHop: number, cost: number, now: Instant): void {
    this.#nextHops[routerId] = nextHop;
    this.#costs[routerId] = cost;
    this.#seenAt[routerId] = now;
  }

  #drop(routerId: number, now: Instant): void {
    if (this.#nextHops[routerId] !== none) this.#seenAt[routerId] = now;
    this.#nextHops[routerId] = none;
    this.#costs[routerId] = 0;
  }

  #remove(routerId: number, now: Instant): void {
    this.removeLink(routerId, now);
    this.#drop(routerId, now);
    for (const id of this.#ids()) if (this.#nextHops[id] === routerId) this.#drop(id, now);
    this.#isAllocated[routerId] = 0;
  }

  #linkCost(routerId: number): number {
    const link = this.#links.get(routerId);
    return link === undefined ? infiniteCost : linkCost(link.qualityIn, link.qualityOut);
  }

  #routedCost(routerId: number): number {
    const nextHop = this.#nextHops[routerId];
    if (nextHop === undefined || nextHop === none) return infiniteCost;
    return (this.#costs[routerId] as number) + this.#linkCost(nextHop);
  }

  /** The routers that have a route, as two numbers of bits in text. */
  #reachable(): string {
    let reachable = '';
    for (const id of this.#ids()) if (this.cost(routerRloc16(id)) < infiniteCost) reachable += `${id},`;
    return reachable;
  }

  #ids(): number[] {
    const ids: number[] = [];
    for (let id = 0; id < idCount; id++) if (this.#isAllocated[id] === 1) ids.push(id);
    return ids;
  }
}
