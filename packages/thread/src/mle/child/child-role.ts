import type { Instant } from '@selvage/core';
import { linkLocalAllRouters } from '../../ip6/address/classes.js';
import { linkLocalAddress } from '../../ip6/address/thread-address.js';
import { sameExtended } from '../../mac/address.js';
import type { LinkEvent } from '../../mac/link-user.js';
import type { MleArrival } from '../mle-host.js';
import type { MleTlvs } from '../mle-tlvs.js';
import { News } from '../news.js';
import { mleTlvType } from '../tlv/mle-tlvs.js';
import type { DeviceMode } from '../tlv/mode.js';
import type { ChildHost } from './child-host.js';
import type { ChildEffect, ChildFacts, ChildInput, Fresh, ParentCounters } from './child-input.js';
import type { ChildState, StoredParent } from './child-state.js';
import { linkSettings } from './link-settings.js';
import { isAnswer, readChildInput } from './read-child-input.js';
import { deadlineOf, step } from './step.js';

/** What a child says of itself. */
export interface ChildSettings {
  /** Its receiver is on only when it polls. */
  readonly sleepy: boolean;
  /** It is a full device: it resolves addresses itself, keeps the routes of its partition, and may become a router. */
  readonly full: boolean;
  /** Seconds after which the parent forgets it; 240 by default. */
  readonly timeout: number;
  /** Seconds between polls... of a sleepy one, milliseconds. */
  readonly pollPeriod: number;
  /** Seconds of silence after which the parent is asked whether it is there; 190 by default. */
  readonly supervision: number;
  /** Seconds within which the parent is asked to be heard; 129 by default. */
  readonly supervisionInterval: number;
}

/** How long a sleepy child listens for the answer to its doubt, milliseconds. */
const doubtful = 4000;
/** Thread 1.4 (Thread 1.3 §4.4.18 and later). */
export const threadVersion = 5;

/** How a {@link ChildRole} looks for a parent, where it does not as usual. */
export interface ChildSearch {
  /** Of what is known already. */
  readonly news?: News | undefined;
  /** The node stays what it is in its partition until a parent takes it. */
  readonly aside?: boolean;
  readonly round?: ChildFacts['round'];
  readonly admits?: ChildFacts['admits'];
}

/** A child's side of MLE: state and effects, over the messages of the node around it. */
export class ChildRole {
  readonly #host: ChildHost;
  readonly #settings: ChildSettings;
  readonly #news: News;
  #facts: ChildFacts;
  #isAside: boolean;
  #state: ChildState = { kind: 'disabled' };
  /** The one that is taken, and those that came meanwhile. */
  readonly #inputs: ChildInput[] = [];
  /** Whom it made a neighbour. */
  #entered: Uint8Array | undefined;

  constructor(host: ChildHost, settings: ChildSettings, { news, aside = false, round, admits }: ChildSearch = {}) {
    this.#host = host;
    this.#settings = settings;
    const { sleepy, timeout, supervision, full } = settings;
    this.#facts = { sleepy, timeout, supervision, full, round, admits };
    this.#isAside = aside;
    this.#news = news ?? new News(host);
  }

  get state(): ChildState {
    return this.#state;
  }

  /** The Mode TLV. A sleepy child takes stable network data alone. */
  get mode(): DeviceMode {
    const isAwake = !this.#settings.sleepy;
    return {
      receiverOnWhenIdle: isAwake,
      secureDataRequests: true,
      fullThreadDevice: this.#settings.full,
      fullNetworkData: isAwake,
      reserved: 0,
    };
  }

  get deadline(): Instant {
    return deadlineOf(this.#state, this.#facts);
  }

  /** One step, and all that follows from it. What comes in the middle of one is taken after it: its effects are of its state. */
  advance(input: ChildInput, now: Instant): void {
    this.#inputs.push(input);
    if (this.#inputs.length > 1) return;
    for (let [next] = this.#inputs; next !== undefined; [next] = this.#inputs) {
      this.#step(next, now);
      this.#inputs.shift();
    }
  }

  #step(input: ChildInput, now: Instant): void {
    const before = this.#state;
    const { state, effects } = step(before, input, { now, facts: this.#facts, fresh: this.#draw() });
    this.#state = state;
    if (state.kind === 'child' && before.kind !== 'child') this.#arrive(state.parent.extended, now);
    if (before.kind !== state.kind || effects.length > 0) this.#settle(before, now);
    for (const effect of effects) {
      // Whoever heard of it may have ended this role.
      if (this.#state === state) this.#perform(effect, now);
    }
    if (state.kind === 'child' && before.kind === 'child' && state.leader !== before.leader) {
      this.#host.leaderChanged(state.leader, now);
    }
  }

  /** An authentic message; whatever is not for a child is left alone. */
  receive(arrival: MleArrival, now: Instant): void {
    if (arrival.command === 'childUpdateRequest') this.#answerUpdate(arrival, now);
    const input = readChildInput(arrival, {
      now,
      sensitivity: this.#host.link.sensitivity,
      mode: this.mode,
      lacks: (leader) => this.#news.lacks(arrival, leader, this.mode),
    });
    if (input === undefined) return;
    const before = this.#state;
    this.advance(input, now);
    if (this.#takesNewsOf(arrival, before)) this.#news.take(arrival, this.mode, now);
    if (before.kind === 'child-id-request' && this.#state.kind === 'child') this.#registerAll(now);
  }

  /** Whether a message answers a challenge of ours: then its key sequence is the network's. */
  isAuthoritative(arrival: MleArrival): boolean {
    return isAnswer(this.#state, arrival);
  }

  onLinkEvent(event: LinkEvent, now: Instant): void {
    if (event.kind === 'poll-failed') this.advance({ kind: 'polls-failed', failures: event.failures }, now);
    // Whoever is sequences behind is answered awake: its polls are not understood.
    if (event.kind === 'polls-unanswered') this.#host.link.stayAwake(now + doubtful);
    if (event.kind === 'left-behind' || event.kind === 'polls-unanswered') this.advance({ kind: 'doubt' }, now);
  }

  /** Whether this is the parent. */
  isParent(extended: Uint8Array): boolean {
    return this.#state.kind === 'child' && sameExtended(this.#state.parent.extended, extended);
  }

  /** The node is something else from now on; this neighbour stays one. */
  retire(except?: Uint8Array): void {
    this.#forsake(except);
    this.#entered = undefined;
    this.#state = { kind: 'disabled' };
  }

  /** Network data and leader of before are of no use in another network. */
  forget(): void {
    this.#news.forget();
  }

  /** A Child ID Request names the mesh-local address alone: groups, and addresses of its own, the parent is told now. */
  #registerAll(now: Instant): void {
    if (this.#settings.full) return;
    const { length } = this.#host.registration(true);
    const isTold = this.#state.kind === 'child' && this.#state.update.kind === 'asked';
    if (!isTold && length > this.#host.registration(false).length) this.advance({ kind: 'addresses-changed' }, now);
  }

  #takesNewsOf({ extended, command }: MleArrival, before: ChildState): boolean {
    if (!this.isParent(extended)) return false;
    return command !== 'childIdResponse' || before.kind === 'child-id-request';
  }

  #perform(effect: ChildEffect, now: Instant): void {
    switch (effect.kind) {
      case 'parent-request':
        return this.#sendParentRequest(effect, now);
      case 'child-id-request':
        return this.#sendChildIdRequest(effect, now);
      case 'child-update-request':
        return this.#sendUpdateRequest(effect, now);
      case 'data-request':
        return this.#sendDataRequest(effect.to, now);
      case 'unheard':
        return this.#host.unheard(effect.failures, now);
      case 'attached':
        if (effect.counters !== undefined) this.#count(effect.counters);
        return this.#host.attached(this.#storedParent(), now);
      case 'detached':
        this.#news.forget();
        return this.#host.detached(effect.reason, now);
    }
  }

  #sendParentRequest({ challenge, routersOnly }: Extract<ChildEffect, { kind: 'parent-request' }>, now: Instant): void {
    const scanMask = { routers: true, endDevices: !routersOnly, reserved: 0 };
    const tlvs = { mode: this.mode, challenge, scanMask, version: threadVersion };
    this.#host.send('parentRequest', tlvs, { address: linkLocalAllRouters }, now);
  }

  #sendChildIdRequest({ candidate }: Extract<ChildEffect, { kind: 'child-id-request' }>, now: Instant): void {
    const { extended, challenge } = candidate;
    const tlvs: MleTlvs = {
      response: challenge,
      linkFrameCounter: this.#host.nextMacCounter,
      mleFrameCounter: this.#host.nextMleCounter,
      mode: this.mode,
      timeout: this.#settings.timeout,
      version: threadVersion,
      ...(this.#settings.sleepy && { supervisionInterval: this.#settings.supervisionInterval }),
      ...(!this.#settings.full && { addressRegistration: this.#host.registration(false) }),
      tlvRequest: [
        mleTlvType('address16'),
        mleTlvType('networkData'),
        ...(this.#settings.full ? [mleTlvType('route64')] : []),
      ],
      ...this.#timestamps(),
    };
    this.#host.send('childIdRequest', tlvs, { address: linkLocalAddress(extended) }, now);
  }

  #sendUpdateRequest(
    { to, challenge, restoring }: Extract<ChildEffect, { kind: 'child-update-request' }>,
    now: Instant,
  ): void {
    const proof = challenge === undefined ? {} : { challenge };
    // A full device answers for its addresses itself.
    const registered = this.#settings.full ? {} : { addressRegistration: this.#host.registration(true) };
    const state = this.#state;
    // The locator of before a restart is said so that the parent can deny it: a power cut may have kept a newer one from
    // being stored.
    const former = state.kind === 'restoring' ? { sourceAddress: state.parent.childRloc16 } : {};
    const tlvs: MleTlvs =
      restoring || state.kind !== 'child'
        ? { mode: this.mode, ...proof, ...former, ...registered }
        : {
            mode: this.mode,
            ...proof,
            sourceAddress: state.rloc16,
            leaderData: state.leader,
            timeout: this.#settings.timeout,
            ...(this.#settings.sleepy && { supervisionInterval: this.#settings.supervisionInterval }),
            ...registered,
          };
    this.#sendToParent('childUpdateRequest', tlvs, to, now);
  }

  #sendDataRequest(to: Uint8Array, now: Instant): void {
    const tlvs = { tlvRequest: [mleTlvType('networkData')], ...this.#timestamps() };
    this.#sendToParent('dataRequest', tlvs, to, now);
  }

  #sendToParent(command: 'childUpdateRequest' | 'dataRequest', tlvs: MleTlvs, to: Uint8Array, now: Instant): void {
    this.#host.send(command, tlvs, { address: linkLocalAddress(to) }, now, (outcome, at) => {
      const acknowledged = outcome === 'sent';
      if (acknowledged || outcome === 'no-acknowledgement') this.advance({ kind: 'sent', to, acknowledged }, at);
    });
    this.#host.link.pollSoon(now);
  }

  /** The parent asks whether we are there, or tells what is new: only our parent is answered. */
  #answerUpdate({ extended, tlvs }: MleArrival, now: Instant): void {
    const state = this.#state;
    if (state.kind !== 'child' || !this.isParent(extended)) return;
    const wanted = new Set(tlvs.tlvRequest);
    const answer: MleTlvs = {
      sourceAddress: state.rloc16,
      leaderData: state.leader,
      ...(tlvs.challenge !== undefined && {
        response: tlvs.challenge.subarray(0, 8),
        mleFrameCounter: this.#host.nextMleCounter,
        linkFrameCounter: this.#host.nextMacCounter,
      }),
      mode: this.mode,
      ...(wanted.has(mleTlvType('timeout')) && { timeout: this.#settings.timeout }),
      ...(wanted.has(mleTlvType('addressRegistration')) && { addressRegistration: this.#host.registration(true) }),
    };
    this.#host.send('childUpdateResponse', answer, { address: linkLocalAddress(extended) }, now);
  }

  #timestamps(): MleTlvs {
    const { active, pending } = this.#host.timestamps;
    return {
      ...(active !== undefined && { activeTimestamp: active }),
      ...(pending !== undefined && { pendingTimestamp: pending }),
    };
  }

  /** It has a parent: from now on it looks as usual for another one, should it lose it. */
  #arrive(parent: Uint8Array, now: Instant): void {
    this.#host.arriving(parent, now);
    this.#isAside = false;
    const { sleepy, timeout, supervision, full } = this.#settings;
    this.#facts = { sleepy, timeout, supervision, full };
  }

  /** The link is set as the state wants it. */
  #settle(before: ChildState, now: Instant): void {
    const { link, mleNeighbours } = this.#host;
    const settings = linkSettings(this.#state, this.#settings, this.#host);
    const { neighbour, mle } = settings;
    this.#forsake(neighbour?.extended);
    this.#entered = neighbour?.extended;
    // Locators of another partition may be those of our neighbours.
    if (this.#isAside) {
      const isKnown = neighbour !== undefined && link.neighbours.byExtended(neighbour.extended)?.short !== undefined;
      const { short: _, ...options } = neighbour?.options ?? {};
      if (neighbour !== undefined && !isKnown) link.neighbours.enter(neighbour.extended, options);
    } else if (neighbour !== undefined) link.neighbours.enter(neighbour.extended, neighbour.options);
    if (mle !== undefined) mleNeighbours.enter(mle.extended, mle.keySequence, mle.nextCounter);
    if (this.#isAside) return;
    if (link.short !== settings.short) link.setShort(settings.short);
    if (before.kind !== this.#state.kind) link.setPolling(settings.polling, now);
    link.setReceiveOn(settings.receiveOn);
  }

  /** Whom it made a neighbour is one no longer, unless the node knows it otherwise. */
  #forsake(next: Uint8Array | undefined): void {
    const former = this.#entered;
    if (former === undefined || (next !== undefined && sameExtended(former, next))) return;
    if (this.#host.isKnown(former)) return;
    this.#host.link.neighbours.remove(former);
    this.#host.mleNeighbours.remove(former);
  }

  /** What a parent of before sent until now is over. */
  #count({ keySequence, link, mle }: ParentCounters): void {
    const { extended } = this.#storedParent();
    this.#host.link.neighbours.enter(extended, { keySequence, nextFrameCounter: link });
    this.#host.mleNeighbours.enter(extended, keySequence, mle);
  }

  #storedParent(): StoredParent {
    const state = this.#state as Extract<ChildState, { kind: 'child' }>;
    return { ...state.parent, childRloc16: state.rloc16 };
  }

  /** Drawn only where a step looks at it. */
  #draw(): Fresh {
    const { entropy } = this.#host;
    const draw = (length: number): Uint8Array => {
      const bytes = new Uint8Array(length);
      entropy.fill(bytes);
      return bytes;
    };
    return {
      get challenge() {
        return draw(8);
      },
      get fraction() {
        return new DataView(draw(4).buffer).getUint32(0) / 0x1_0000_0000;
      },
    };
  }
}
