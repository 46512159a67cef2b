import type { Instant } from '@selvage/core';
import { linkLocalAllNodes } from '../../ip6/address/classes.js';
import { infiniteCost, mostRouters, routerRloc16 } from '../../mesh/mesh-routes.js';
import { route64Of } from '../../mesh/route64-of.js';
import type { MeshPosition } from '../../mesh/router-link.js';
import { RouterTable } from '../../mesh/router-table.js';
import type { News } from '../news.js';
import { ParentRole } from '../parent/parent-role.js';
import type { ParentHost } from '../parent/parent.js';
import type { LeaderData } from '../partition.js';
import type { Standing } from '../standing.js';
import type { DeviceMode } from '../tlv/mode.js';
import { Advertiser } from './advertiser.js';
import type { RouterHost } from './router-host.js';
import { RouterLinks } from './router-links.js';
import { RouterNews } from './router-news.js';
import type { RouterSettings } from './router-settings.js';

/** What a {@link FullDevice} is made of. */
export interface FullDeviceParts {
  readonly host: RouterHost;
  readonly settings: RouterSettings;
  readonly news: News;
  /** dBm of the parent of an end device. */
  readonly parentRssi: () => number | undefined;
  /** It is attached, and looks for no other place. */
  readonly isSettled: () => boolean;
  readonly wantsRouterId: ParentHost['wantsRouterId'];
  /** An end device may get a router id soon, as far as it knows. */
  readonly couldRoute: (now: Instant) => boolean;
}

/** The Mode TLV of a full device. */
export const fullMode: DeviceMode = {
  receiverOnWhenIdle: true,
  secureDataRequests: true,
  fullThreadDevice: true,
  fullNetworkData: true,
  reserved: 0,
};

const second = 1000;
const goodQuality = 2;
const everybody = { address: linkLocalAllNodes };
const nowhere: LeaderData = {
  partitionId: 0,
  weighting: 0,
  dataVersion: 0,
  stableDataVersion: 0,
  leaderRouterId: 0xff,
};

/** What a full device keeps of its partition, be it a router or an end device that could be one. */
export class FullDevice implements Standing {
  readonly table: RouterTable;
  readonly links: RouterLinks;
  readonly parent: ParentRole;
  readonly news: RouterNews;
  readonly #parts: FullDeviceParts;
  readonly #advertiser: Advertiser;
  #position: MeshPosition = { rloc16: 0xfffe, leaderRouterId: 0xff };
  #leaderData: LeaderData = nowhere;
  #isRouter = false;

  constructor(parts: FullDeviceParts) {
    const { host, settings, parentRssi, wantsRouterId } = parts;
    this.#parts = parts;
    this.table = new RouterTable((rloc16) => this.parent.childCost(rloc16));
    this.table.onLoop = (now) => this.hasChanged(now);
    this.links = new RouterLinks({ host, standing: this, onChanged: (now) => this.hasChanged(now) });
    this.parent = new ParentRole({
      host,
      entropy: host.entropy,
      standing: this,
      mostChildren: settings.mostChildren,
      parentRssi,
      answers: (asked, now) => this.#answers(asked, now),
      wantsRouterId,
    });
    this.#advertiser = new Advertiser(host.entropy, () => this.#goodNeighbours());
    this.news = new RouterNews(host, parts.news, fullMode, (now) => this.parent.parent.announce(now));
  }

  get rloc16(): number {
    return this.#position.rloc16;
  }

  get leaderData(): LeaderData {
    return this.#leaderData;
  }

  get isRouter(): boolean {
    return this.#isRouter;
  }

  /** dBm of the parent of an end device. */
  get parentRssi(): number | undefined {
    return this.#parts.parentRssi();
  }

  get isSingleton(): boolean {
    return this.table.activeRouters <= 1;
  }

  /** What margins are measured by. */
  get sensor(): { readonly sensitivity: number } {
    return this.#parts.host.link;
  }

  get deadline(): Instant {
    return Math.min(this.parent.deadline, this.links.deadline, this.#advertiser.deadline, this.news.deadline);
  }

  /** When its partition is over, unless its leader is heard of. */
  get leaderDeadline(): Instant {
    const { networkIdTimeout } = this.#parts.settings;
    return this.table.activeRouters === 0 ? Infinity : this.table.sequenceAt + second * networkIdTimeout;
  }

  /** A router from now on. */
  asRouter(rloc16: number, leader: LeaderData, now: Instant): void {
    this.#isRouter = true;
    this.#leaderData = leader;
    this.#place({ rloc16, leaderRouterId: leader.leaderRouterId });
    this.#advertiser.startRouter(now);
  }

  /** An end device from now on, under this parent. */
  asEndDevice(rloc16: number, leader: LeaderData, parent: MeshPosition['parent']): void {
    this.#isRouter = false;
    this.#leaderData = leader;
    this.#place({ rloc16, leaderRouterId: leader.leaderRouterId, parent });
    this.#advertiser.stop();
    this.news.stop();
  }

  /** It has no place. */
  detach(except?: Uint8Array): void {
    this.#isRouter = false;
    this.links.clear(except);
    this.table.reset();
    this.#advertiser.stop();
    this.news.stop();
  }

  /** Of what version everything is in our partition; its leader may be another one. */
  setLeaderData(leader: LeaderData): void {
    this.#leaderData = leader;
    this.#place({ ...this.#position, leaderRouterId: leader.leaderRouterId });
  }

  /** An end device's parent was heard. */
  measureParent(parent: MeshPosition['parent']): void {
    this.#place({ ...this.#position, parent });
  }

  /** As an end device that stays one. */
  advertiseRarely(now: Instant): void {
    this.advertise(now);
    this.#advertiser.startEndDevice(now);
  }

  /** An end device hears a partition that is to join ours: it says soon that it is there, not in its turn alone. */
  advertiseSoon(now: Instant): void {
    this.#advertiser.hurry(now);
  }

  /** Something changed that neighbours should know soon. */
  hasChanged(now: Instant): void {
    this.#advertiser.reset(now);
  }

  advertise(now: Instant): void {
    const tlvs = { sourceAddress: this.rloc16, leaderData: this.leaderData };
    const routes = this.isRouter ? { route64: route64Of(this.table) } : {};
    this.#parts.host.send('advertisement', { ...tlvs, ...routes }, everybody, now);
  }

  tick(now: Instant): void {
    this.parent.tick(now);
    this.links.tick(now);
    this.news.tick(now);
    if (this.#advertiser.tick(now)) this.advertise(now);
  }

  #place(position: MeshPosition): void {
    this.#position = position;
    this.table.place(position);
  }

  /** Thread 1.3 §4.5.2: who can be a parent, or become one. */
  #answers(
    { routers, endDevices }: { readonly routers: boolean; readonly endDevices: boolean },
    now: Instant,
  ): boolean {
    const { settings, isSettled, couldRoute } = this.#parts;
    if (!isSettled() || this.table.leaderAge(now) >= second * settings.networkIdTimeout) return false;
    if (this.table.cost(routerRloc16(this.leaderData.leaderRouterId)) >= infiniteCost) return false;
    if (this.isRouter) return routers;
    return endDevices && settings.eligible && this.table.activeRouters < mostRouters && couldRoute(now);
  }

  #goodNeighbours(): number {
    let count = 0;
    for (const { qualityIn } of this.table.links) if (qualityIn >= goodQuality) count++;
    return count;
  }
}
