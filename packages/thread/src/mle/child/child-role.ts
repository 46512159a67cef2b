import type { Instant } from '@selvage/core';
import { sameExtended } from '../../mac/address.js';
import type { LinkEvent } from '../../mac/link-user.js';
import type { MleArrival } from '../mle-host.js';
import { News } from '../news.js';
import type { DeviceMode } from '../tlv/mode.js';
import type { ChildHost } from './child-host.js';
import type { ChildEffect, ChildFacts, ChildInput, Fresh, ParentCounters } from './child-input.js';
import { ChildMessages } from './child-messages.js';
import type { ChildSettings } from './child-settings.js';
import type { ChildState, StoredParent } from './child-state.js';
import { linkSettings } from './link-settings.js';
import { isAnswer, readChildInput } from './read-child-input.js';
import { deadlineOf, step } from './step.js';

/** How long a sleepy child listens for the answer to its doubt, milliseconds. */
const doubtful = 4000;

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
  readonly #messages: ChildMessages;
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
    this.#messages = new ChildMessages(host, settings, (to, acknowledged, now) =>
      this.advance({ kind: 'sent', to, acknowledged }, now),
    );
    this.#news = news ?? new News(host);
  }

  get state(): ChildState {
    return this.#state;
  }

  /** The Mode TLV. */
  get mode(): DeviceMode {
    return this.#messages.mode;
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
    this.#answer(arrival, now);
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

  /** The parent asks whether we are there, or tells what is new: only our parent is answered. */
  #answer(arrival: MleArrival, now: Instant): void {
    const state = this.#state;
    if (arrival.command !== 'childUpdateRequest' || state.kind !== 'child' || !this.isParent(arrival.extended)) return;
    this.#messages.updateResponse(arrival, state, now);
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
        return this.#messages.parentRequest(effect, now);
      case 'child-id-request':
        return this.#messages.childIdRequest(effect, now);
      case 'child-update-request':
        return this.#messages.updateRequest(effect, this.#state, now);
      case 'data-request':
        return this.#messages.dataRequest(effect.to, now);
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
