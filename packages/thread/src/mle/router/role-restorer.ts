import { bytesEqual, type Instant } from '@selvage/core';
import { linkLocalAllRouters } from '../../ip6/address/classes.js';
import { isRouterRloc16, routerIdOf } from '../../mesh/mesh-routes.js';
import { challengeOf } from '../challenge.js';
import type { MleArrival, MleHost } from '../mle-host.js';
import type { LeaderData } from '../partition.js';
import { threadVersion } from '../thread-version.js';
import { mleTlvType } from '../tlv/mle-tlvs.js';
import type { Route64 } from '../tlv/route64.js';

/** What a neighbour knows of a router that was restarted. */
export interface Restored {
  /** The neighbour's. */
  readonly routerId: number;
  readonly leader: LeaderData;
  readonly route64: Route64;
}

/** Milliseconds between Link Requests: a neighbour answers within one second. */
const patience = 1500;
/** How often neighbours are asked: more often by one on whom much depends. */
const [usualTries, criticalTries] = [3, 6] as const;

/** A router that was restarted asks its neighbours whether it is one still (Thread 1.3 §4.7.7, §5.16). */
export class RoleRestorer {
  readonly #host: MleHost;
  readonly #rloc16: number;
  readonly #mostTries: number;
  #challenge = new Uint8Array(8);
  #tries = 0;
  #askAt: Instant;

  /** @param isCritical it led, or has many children */
  constructor(host: MleHost, rloc16: number, isCritical: boolean, now: Instant) {
    this.#host = host;
    this.#rloc16 = rloc16;
    this.#mostTries = isCritical ? criticalTries : usualTries;
    this.#askAt = now;
  }

  get deadline(): Instant {
    return this.#askAt;
  }

  /** Whether all was tried in vain. */
  tick(now: Instant): boolean {
    if (now < this.#askAt) return false;
    if (this.#tries >= this.#mostTries) return true;
    this.#tries++;
    this.#askAt = now + patience;
    this.#challenge = new Uint8Array(8);
    this.#host.entropy.fill(this.#challenge);
    const tlvRequest = [mleTlvType('address16'), mleTlvType('route64')];
    const tlvs = { version: threadVersion, tlvRequest, challenge: this.#challenge };
    this.#host.send('linkRequest', tlvs, { address: linkLocalAllRouters }, now);
    return false;
  }

  /** A Link Accept; `undefined` for one that does not give us back what we were. */
  receive({ tlvs, command }: MleArrival): Restored | undefined {
    const { sourceAddress, address16, leaderData, route64, linkFrameCounter } = tlvs;
    const response = challengeOf(tlvs.response);
    if (command !== 'linkAccept' || response === undefined || !bytesEqual(response, this.#challenge)) return undefined;
    if (sourceAddress === undefined || !isRouterRloc16(sourceAddress) || address16 !== this.#rloc16) return undefined;
    if (leaderData === undefined || route64 === undefined || linkFrameCounter === undefined) return undefined;
    if (!route64.routes.some(({ routerId }) => routerId === routerIdOf(this.#rloc16))) return undefined;
    return { routerId: routerIdOf(sourceAddress), leader: leaderData, route64 };
  }
}
