import type { Instant } from '@selvage/core';
import { locatorAddress } from '../ip6/address/thread-address.js';
import { linkQualityOf } from '../mesh/link-quality.js';
import { isRouterRloc16, routerIdOf, routerRloc16 } from '../mesh/mesh-routes.js';
import type { Solicited } from '../mle/leader/leader.js';
import { linkMargin } from '../mle/link-margin.js';
import type { MleArrival } from '../mle/mle-host.js';
import type { ReedEffect, ReedInput, ReedState } from '../mle/reed/reed-state.js';
import { isSamePartition } from '../mle/partition.js';
import { RouteGaps } from '../mle/reed/route-gaps.js';
import { reedDeadline, stepReed } from '../mle/reed/step-reed.js';
import type { FullDevice } from '../mle/router/full-device.js';
import { readSolicited, releasePayload, routerIdPaths, solicitPayload } from '../tmf/router-ids.js';
import { randomFraction } from './random-fraction.js';
import type { RoleParts } from './role-parts.js';

/** A router id that a leader gave, and the routers there are now. */
export type Granted = Extract<Solicited, { status: 0 }>;

/** A neighbour below this margin is none to route through, dB. */
const leastMargin = 10;
/** Milliseconds for which a router that was heard is one that can be heard: two advertisements of the rarest. */
const hearing = 70_000;

/**
 * Milliseconds after which a leader that did not answer may not do so at all, and for which one that refused need not be
 * asked again: who looks for a parent is not kept waiting for us meanwhile, as good as our link to it may be.
 */
const [answerTime, refusalTime] = [3000, 20_000] as const;

/** Seconds within which a device that was a router decides to be one again. */
const returnJitter = 3;

/** An end device on its way to a router id, and a router on its way back (Thread 1.3 §5.9.8, §5.9.10). */
export class RouterQuest {
  readonly #parts: RoleParts;
  readonly #full: FullDevice;
  readonly #granted: (granted: Granted, now: Instant) => void;
  readonly #gaps = new RouteGaps();
  #state: ReedState = { kind: 'content' };
  /** The question that is open: an answer to an earlier one may be of a leader that is ours no longer. */
  #asked: { readonly at: Instant } | undefined;
  #refusedAt: Instant = -Infinity;
  /** A router of the partition was heard well, be it the parent or another. */
  #goodHeardAt: Instant = -Infinity;
  /** That it has, or had last: it is asked for again. */
  routerId: number | undefined;

  constructor(parts: RoleParts, full: FullDevice, granted: (granted: Granted, now: Instant) => void) {
    this.#parts = parts;
    this.#full = full;
    this.#granted = granted;
  }

  get deadline(): Instant {
    return Math.min(reedDeadline(this.#state), this.#gaps.deadline);
  }

  tick(now: Instant): void {
    if (now >= reedDeadline(this.#state)) this.advance({ kind: 'timer' }, now);
    if (this.#gaps.isDue(now)) this.advance({ kind: 'gap' }, now);
  }

  /** It is no end device that could be a router, for now. */
  stop(): void {
    this.#state = { kind: 'content' };
    this.#asked = undefined;
    this.#forgetHeard();
  }

  /** An advertisement of our partition, to an end device. */
  heard({ tlvs: { sourceAddress, route64 }, rssi }: MleArrival, now: Instant): void {
    const { options, link } = this.#parts;
    if (sourceAddress === undefined || route64 === undefined || !isRouterRloc16(sourceAddress)) return;
    const margin = linkMargin(rssi, link);
    if (linkQualityOf(margin) === 0) return;
    if (margin >= leastMargin) this.#goodHeardAt = now;
    const jitter = (): number => 1000 * options.router.selectionJitter * randomFraction(options.entropy);
    this.#gaps.heard(routerIdOf(sourceAddress), route64, jitter, now);
  }

  /** Whether it may get a router id soon, as far as it knows. */
  couldRoute(now: Instant): boolean {
    const isLate = this.#asked !== undefined && now >= this.#asked.at + answerTime;
    return !isLate && now >= this.#refusedAt + refusalTime;
  }

  advance(input: ReedInput, now: Instant): void {
    if (input.kind === 'attached') {
      this.#refusedAt = -Infinity;
      this.#forgetHeard();
    }
    if (input.kind === 'refused') this.#refusedAt = now;
    const { options, link } = this.#parts;
    const { eligible, upgradeThreshold } = options.router;
    // Others routed through it: a partition that moves does not wait for each of its routers to make up its mind.
    const selectionJitter = Math.min(
      options.router.selectionJitter,
      this.routerId === undefined ? Infinity : returnJitter,
    );
    const { activeRouters } = this.#full.table;
    // A parent that is heard badly may be one of many neighbours.
    const isParentGood = linkMargin(this.#full.parentRssi, link) >= leastMargin;
    const hasGoodNeighbour = isParentGood || now - this.#goodHeardAt < hearing;
    const facts = { eligible, activeRouters, upgradeThreshold, selectionJitter, hasGoodNeighbour };
    const fraction = randomFraction(options.entropy);
    const { state, effects } = stepReed(this.#state, input, { now, facts, fraction });
    this.#state = state;
    if (state.kind !== 'soliciting') this.#asked = undefined;
    for (const effect of effects) this.#perform(effect, now);
  }

  /** The router id is given back: the children hear at once that this is no router, and find other parents. */
  release(now: Instant): void {
    const { routerId } = this;
    this.routerId = undefined;
    const hadChildren = this.#full.parent.children.size > 0;
    this.#full.parent.parent.resign();
    // A child would notice at its next keep-alive alone: no packet finds it until then.
    if (hadChildren) this.#full.advertise(now);
    if (routerId === undefined) return;
    const payload = releasePayload(this.#parts.link.extended, routerRloc16(routerId));
    this.#parts.tmf().request(routerIdPaths.release, payload, this.#leaderAddress(), now);
  }

  #perform(effect: ReedEffect, now: Instant): void {
    switch (effect.kind) {
      case 'solicit': {
        const wanted = this.routerId === undefined ? undefined : routerRloc16(this.routerId);
        const payload = solicitPayload(this.#parts.link.extended, effect.status, wanted);
        const [asked, { leaderData }] = [{ at: now }, this.#full];
        this.#asked = asked;
        return this.#parts.tmf().request(routerIdPaths.solicit, payload, this.#leaderAddress(), now, (outcome, at) => {
          if (this.#asked !== asked) return;
          const isOurs = isSamePartition(leaderData, this.#full.leaderData);
          this.#answered(isOurs && outcome.kind === 'answer' ? readSolicited(outcome.payload) : undefined, at);
        });
      }
      case 'stay':
        return this.#full.advertiseRarely(now);
      case 'resign':
        this.routerId = undefined;
        return this.#full.parent.parent.resign();
    }
  }

  #answered(granted: Granted | undefined, now: Instant): void {
    if (this.#state.kind !== 'soliciting') return;
    if (granted === undefined) return this.advance({ kind: 'refused' }, now);
    this.#state = { kind: 'content' };
    this.#forgetHeard();
    this.#granted(granted, now);
  }

  #forgetHeard(): void {
    this.#gaps.clear();
    this.#goodHeardAt = -Infinity;
  }

  #leaderAddress(): Uint8Array {
    const { meshLocalPrefix } = this.#parts.addressing().network;
    return locatorAddress(meshLocalPrefix, routerRloc16(this.#full.leaderData.leaderRouterId));
  }
}
