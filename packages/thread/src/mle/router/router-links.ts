import type { Instant } from '@selvage/core';
import { linkLocalAddress } from '../../ip6/address/thread-address.js';
import { linkQualityOf, nextLinkQuality } from '../../mesh/link-quality.js';
import { isRouterRloc16, routerIdOf, routerRloc16 } from '../../mesh/mesh-routes.js';
import { route64Of } from '../../mesh/route64-of.js';
import { sameExtended } from '../../mac/address.js';
import { challengeOf } from '../challenge.js';
import { linkMargin } from '../link-margin.js';
import type { MleArrival } from '../mle-host.js';
import type { MleTlvs } from '../mle-tlvs.js';
import type { Standing } from '../standing.js';
import { threadVersion } from '../thread-version.js';
import { mleTlvType } from '../tlv/mle-tlvs.js';
import type { LinkEffect, LinkInput, LinkState } from './link-state.js';
import type { RouterHost } from './router-host.js';
import { linkDeadline, stepLink } from './step-link.js';

/** What {@link RouterLinks} works on. */
export interface RouterLinksParts {
  readonly host: RouterHost;
  readonly standing: Standing;
  /** A router is reached no longer, or its link is new: neighbours are to be told. */
  readonly onChanged: (now: Instant) => void;
}

/** What is known of a neighbour by its message, as a link is made of it. */
interface Heard {
  readonly keySequence: number;
  readonly linkFrameCounter: number | undefined;
  readonly mleFrameCounter: number;
  readonly version: number;
  readonly rssi: number | undefined;
  /** Of our frames there, dB; undefined where it did not say. */
  readonly marginThere: number | undefined;
}

/** The least margin of an advertisement that is answered by a request, dB. */
const leastMargin = 10;
const leastVersion = 2;
/** A Link Accept that answers a multicast waits up to so long, milliseconds. */
const spread = 1000;
/** What a Link Request may ask for; one that asks for more is not answered. */
const answerable = new Set([mleTlvType('route64'), mleTlvType('address16'), mleTlvType('linkMargin')]);
const none: LinkState = { kind: 'none' };

/** A router's links to others: each a {@link LinkState}, in messages of Thread 1.3 §4.7.7. */
export class RouterLinks {
  readonly #parts: RouterLinksParts;
  readonly #states = new Map<number, LinkState>();
  #delayed: { readonly at: Instant; readonly to: Uint8Array; readonly routerId: number; readonly tlvs: MleTlvs }[] = [];

  constructor(parts: RouterLinksParts) {
    this.#parts = parts;
  }

  get deadline(): Instant {
    let least = Infinity;
    for (const state of this.#states.values()) least = Math.min(least, linkDeadline(state));
    for (const { at } of this.#delayed) least = Math.min(least, at);
    return least;
  }

  /** The states of links, by router id: for tests, and for people who look closely. */
  get states(): ReadonlyMap<number, LinkState> {
    return this.#states;
  }

  tick(now: Instant): void {
    if (now < this.deadline) return;
    for (const [routerId, state] of [...this.#states]) {
      if (now >= linkDeadline(state)) this.#advance(routerId, { kind: 'timer' }, undefined, now);
    }
    const due = this.#delayed.filter(({ at }) => now >= at);
    this.#delayed = this.#delayed.filter(({ at }) => now < at);
    for (const { to, tlvs } of due) this.#parts.host.send('linkAccept', tlvs, { address: linkLocalAddress(to) }, now);
  }

  /** An advertisement of a router of our partition. */
  advertised(routerId: number, { extended, rssi }: MleArrival, now: Instant): void {
    const margin = linkMargin(rssi, this.#parts.host.link);
    this.#advance(routerId, { kind: 'advertised', from: extended, isStrong: margin >= leastMargin }, undefined, now);
    const link = this.#parts.standing.table.link(routerId);
    if (link !== undefined) link.qualityIn = nextLinkQuality(link.qualityIn, this.#averageMargin(extended));
    this.#parts.standing.table.heard(routerId, now);
  }

  /** A Link Request: of a router, of one that was restarted, or of an end device that wants to hear us. */
  requested(arrival: MleArrival, now: Instant): void {
    const { tlvs, extended } = arrival;
    const { sourceAddress, leaderData, version = 0, tlvRequest = [] } = tlvs;
    const { standing } = this.#parts;
    const answers = challengeOf(tlvs.challenge);
    if (answers === undefined || version < leastVersion || !tlvRequest.every((type) => answerable.has(type))) return;
    if (leaderData !== undefined && leaderData.partitionId !== standing.leaderData.partitionId) return;
    if (sourceAddress !== undefined && !isRouterRloc16(sourceAddress)) {
      return this.#accept(extended, undefined, { response: answers, wanted: tlvRequest }, arrival, now);
    }
    // One that was restarted does not say who it was: we know.
    const routerId = sourceAddress === undefined ? this.#routerIdOf(extended) : routerIdOf(sourceAddress);
    if (routerId === undefined || !standing.table.isAllocated(routerId)) return;
    if (routerRloc16(routerId) === standing.rloc16) return;
    this.#advance(routerId, { kind: 'requested', from: extended, answers: Uint8Array.from(answers) }, arrival, now);
  }

  /** A Link Accept, or an Accept and Request. @returns whether it answered our challenge */
  accepted(arrival: MleArrival, now: Instant): boolean {
    const { tlvs, extended, command } = arrival;
    const { sourceAddress, leaderData, linkFrameCounter, version = 0 } = tlvs;
    const { standing } = this.#parts;
    const response = challengeOf(tlvs.response);
    if (sourceAddress === undefined || !isRouterRloc16(sourceAddress) || response === undefined) return false;
    if (linkFrameCounter === undefined || tlvs.linkMargin === undefined || version < leastVersion) return false;
    if (leaderData?.partitionId !== standing.leaderData.partitionId) return false;
    const routerId = routerIdOf(sourceAddress);
    if (!standing.table.isAllocated(routerId)) return false;
    const asked = command === 'linkAcceptAndRequest' ? challengeOf(tlvs.challenge) : undefined;
    const challenge = asked && Uint8Array.from(asked);
    return this.#advance(routerId, { kind: 'accepted', from: extended, response, challenge }, arrival, now);
  }

  /** Our parent, or a child, is a neighbouring router from now on: its counters are known already. */
  know(routerId: number, extended: Uint8Array, version: number, now: Instant): void {
    this.#advance(routerId, { kind: 'known', from: Uint8Array.from(extended) }, undefined, now, version);
  }

  /** A restarted router is taken back by this neighbour, whose Link Accept says all that a link is made of. */
  adopt(routerId: number, arrival: MleArrival, now: Instant): void {
    this.#advance(routerId, { kind: 'known', from: Uint8Array.from(arrival.extended) }, arrival, now);
  }

  /** Whether we know this neighbour by another router id than it says. */
  contradicts(extended: Uint8Array, rloc16: number): boolean {
    const known = this.#routerIdOf(extended);
    return known !== undefined && routerRloc16(known) !== rloc16;
  }

  /** Whoever this is, it is none of our neighbours any more. */
  remove(extended: Uint8Array, now: Instant): void {
    const routerId = this.#routerIdOf(extended);
    if (routerId !== undefined) this.removeId(routerId, now);
  }

  /** A neighbouring router is our child from now on: the link is over, and it stays a neighbour as what it is now. */
  becameChild(extended: Uint8Array, now: Instant): void {
    const { standing, onChanged } = this.#parts;
    const routerId = this.#routerIdOf(extended);
    if (routerId === undefined) return;
    this.#states.delete(routerId);
    if (standing.table.removeLink(routerId, now)) onChanged(now);
  }

  removeId(routerId: number, now: Instant): void {
    this.#advance(routerId, { kind: 'removed' }, undefined, now);
    this.#states.delete(routerId);
  }

  /** Has no links any more; this one stays a neighbour, for another reason. */
  clear(except?: Uint8Array): void {
    const { standing } = this.#parts;
    for (const { extended } of [...standing.table.links]) {
      if (except !== undefined && sameExtended(extended, except)) continue;
      this.#forget(extended);
    }
    standing.table.clearLinks();
    this.#states.clear();
    this.#delayed = [];
  }

  #advance(routerId: number, input: LinkInput, arrival: MleArrival | undefined, now: Instant, version = 0): boolean {
    const draw = (): Uint8Array => this.#challenge();
    const before = this.#states.get(routerId) ?? none;
    const { state, effects } = stepLink(before, input, {
      now,
      get challenge() {
        return draw();
      },
    });
    if (state.kind === 'none') this.#states.delete(routerId);
    else this.#states.set(routerId, state);
    for (const effect of effects) this.#perform(routerId, effect, arrival, now, version);
    return effects.some(({ kind }) => kind === 'established');
  }

  #perform(routerId: number, effect: LinkEffect, arrival: MleArrival | undefined, now: Instant, version: number): void {
    switch (effect.kind) {
      case 'request':
        return this.#request(effect, now);
      case 'accept': {
        const { response, challenge } = effect;
        const wanted = arrival?.tlvs.tlvRequest ?? [];
        return this.#accept(effect.to, routerId, { response, challenge, wanted }, arrival, now);
      }
      case 'established':
        return this.#established(routerId, effect.extended, arrival && heardOf(arrival), version, now);
      case 'lost':
        return this.#lost(routerId, effect.extended, now);
    }
  }

  #request({ to, challenge, isKnown }: Extract<LinkEffect, { kind: 'request' }>, now: Instant): void {
    const { host, standing } = this.#parts;
    const wanted = [mleTlvType('linkMargin'), ...(isKnown ? [mleTlvType('route64')] : [])];
    const { rloc16: sourceAddress, leaderData, isRouter } = standing;
    const tlvs: MleTlvs = {
      version: threadVersion,
      ...(isRouter && { tlvRequest: wanted }),
      sourceAddress,
      leaderData,
      challenge,
    };
    host.send('linkRequest', tlvs, { address: linkLocalAddress(to) }, now);
  }

  #accept(
    to: Uint8Array,
    routerId: number | undefined,
    answer: {
      readonly response: Uint8Array;
      readonly challenge?: Uint8Array | undefined;
      readonly wanted: readonly number[];
    },
    arrival: MleArrival | undefined,
    now: Instant,
  ): void {
    const { host, standing } = this.#parts;
    const { response, challenge, wanted } = answer;
    const { rloc16: sourceAddress, leaderData, table } = standing;
    const tlvs: MleTlvs = {
      version: threadVersion,
      sourceAddress,
      response,
      linkFrameCounter: host.nextMacCounter,
      mleFrameCounter: host.nextMleCounter,
      linkMargin: linkMargin(arrival?.rssi, host.link),
      ...(routerId !== undefined && { leaderData }),
      ...(wanted.includes(mleTlvType('route64')) && { route64: route64Of(table, routerId) }),
      ...(routerId !== undefined && wanted.includes(mleTlvType('address16')) && { address16: routerRloc16(routerId) }),
      ...(challenge !== undefined && { challenge, tlvRequest: [mleTlvType('linkMargin')] }),
    };
    if (arrival?.multicast === true && challenge === undefined) {
      const at = now + 1 + ((this.#challenge()[0] as number) / 256) * spread;
      return void this.#delayed.push({ at, to: Uint8Array.from(to), routerId: routerId ?? 0, tlvs });
    }
    const command = challenge === undefined ? 'linkAccept' : 'linkAcceptAndRequest';
    host.send(command, tlvs, { address: linkLocalAddress(to) }, now);
  }

  #established(routerId: number, extended: Uint8Array, heard: Heard | undefined, version: number, now: Instant): void {
    const { host, standing, onChanged } = this.#parts;
    const short = routerRloc16(routerId);
    const counters = heard && { keySequence: heard.keySequence, nextFrameCounter: heard.linkFrameCounter ?? 0 };
    host.link.neighbours.enter(extended, { short, isChild: false, receiveOn: true, ...counters });
    if (heard !== undefined) {
      host.mleNeighbours.enter(extended, heard.keySequence, heard.mleFrameCounter);
      host.link.neighbours.heard(extended, heard.rssi ?? host.link.sensitivity, now);
    }
    const known = standing.table.link(routerId);
    const qualityIn = linkQualityOf(this.#averageMargin(extended));
    const qualityOut = heard?.marginThere === undefined ? qualityIn : linkQualityOf(heard.marginThere);
    standing.table.setLink({
      routerId,
      extended,
      version: heard?.version ?? version,
      qualityIn,
      qualityOut,
      heardAt: now,
      since: known?.since ?? now,
    });
    onChanged(now);
  }

  #lost(routerId: number, extended: Uint8Array, now: Instant): void {
    const { standing, onChanged } = this.#parts;
    this.#forget(extended);
    if (standing.table.removeLink(routerId, now)) onChanged(now);
  }

  /** No neighbour any more, unless it is our child now. */
  #forget(extended: Uint8Array): void {
    const { link, mleNeighbours } = this.#parts.host;
    if (link.neighbours.byExtended(extended)?.isChild === true) return;
    link.neighbours.remove(extended);
    mleNeighbours.remove(extended);
  }

  #averageMargin(extended: Uint8Array): number {
    const { link } = this.#parts.host;
    return linkMargin(link.neighbours.byExtended(extended)?.averageRssi, link);
  }

  #routerIdOf(extended: Uint8Array): number | undefined {
    return this.#parts.standing.table.linkTo(extended)?.routerId;
  }

  #challenge(): Uint8Array {
    const bytes = new Uint8Array(8);
    this.#parts.host.entropy.fill(bytes);
    return bytes;
  }
}

/** The message itself may have the very counter that it says comes next. */
function heardOf({ tlvs, keySequence = 0, frameCounter, rssi }: MleArrival): Heard {
  const { linkFrameCounter, mleFrameCounter = linkFrameCounter ?? 0, version = 0 } = tlvs;
  return {
    keySequence,
    linkFrameCounter,
    mleFrameCounter: Math.max(mleFrameCounter, frameCounter + 1),
    version,
    rssi,
    marginThere: tlvs.linkMargin,
  };
}
