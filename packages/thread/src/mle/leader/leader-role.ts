import type { Entropy, Instant, Secret } from '@selvage/core';
import { linkLocalAllNodes } from '../../ip6/address/classes.js';
import { linkLocalAddress } from '../../ip6/address/thread-address.js';
import type { LinkEvent } from '../../mac/link-user.js';
import { threadVersion } from '../child/child-role.js';
import { linkCost, linkQualityOf } from '../../mesh/link-quality.js';
import { RouterTable } from '../../mesh/router-table.js';
import type { MleArrival, MleHost } from '../mle-host.js';
import type { MleNeighbours } from '../mle-neighbours.js';
import type { NetworkData } from '../../netdata/network-data.js';
import type { MleTlvs } from '../mle-tlvs.js';
import type { Connectivity } from '../tlv/connectivity.js';
import { mleTlvType } from '../tlv/mle-tlvs.js';
import type { Route64 } from '../tlv/route64.js';
import { readParentInquiry } from '../read-requests.js';
import { type RegistrationContexts, registration } from '../registered-addresses.js';
import type { Timestamps } from '../timestamps.js';
import { type ChildRecord, isSleepy, type Valid } from '../parent/child-entry.js';
import { Leader, type LeaderHost } from './leader.js';
import type { ParentMessage } from '../parent/parent-message.js';
import type { Requester } from '../parent/parent-inquiry.js';

/** What a leader is part of: the node around it. */
export interface LeaderRoleHost extends MleHost {
  readonly mleNeighbours: MleNeighbours;
  readonly contexts: RegistrationContexts;
  readonly timestamps: Timestamps;
  /** Network data, whole or the stable part. */
  networkData(whole: boolean): NetworkData;
  /** The TLVs of a dataset without its timestamp; undefined where there is none, or its key is not at hand. */
  dataset(kind: 'active' | 'pending'): Secret | undefined;
  /** The children changed, and are to be stored. */
  storeChildren(): void;
  supervise(child: Valid, now: Instant): void;
  childChanged(child: { readonly extended: Uint8Array; readonly rloc16: number }, present: boolean): void;
}

/** How a {@link LeaderRole} starts. */
export interface LeaderRoleStart {
  readonly host: LeaderRoleHost;
  readonly entropy: Entropy;
  readonly mostChildren?: number | undefined;
  readonly routerId?: number | undefined;
  readonly children?: readonly ChildRecord[];
  readonly now: Instant;
}

/** What a sleepy child may have waiting: bytes, and datagrams (Thread 1.3 §4.4.15). */
const [sedBufferSize, sedDatagramCount] = [1280, 1] as const;
const statusError = 1;
const mostMargin = 255;

/** A leader's side of MLE: messages in and out of {@link Leader}, as TLVs of Thread 1.3 §4.5. */
export class LeaderRole {
  readonly leader: Leader;
  readonly table = new RouterTable((rloc16) => this.#childCost(rloc16));
  readonly #host: LeaderRoleHost;

  constructor({ host, entropy, mostChildren, routerId, children, now }: LeaderRoleStart) {
    this.#host = host;
    this.leader = new Leader({
      entropy,
      host: this.#leaderHost(),
      routerId,
      now,
      ...(mostChildren !== undefined && { mostChildren }),
      ...(children !== undefined && { children }),
    });
    const { rloc16, routerId: leaderRouterId, idSequence } = this.leader;
    this.table.place({ rloc16, leaderRouterId });
    this.table.setIds(idSequence, [leaderRouterId], now);
  }

  get deadline(): Instant {
    return this.leader.deadline;
  }

  tick(now: Instant): void {
    this.leader.tick(now);
  }

  /** An authentic message. */
  receive(arrival: MleArrival, now: Instant): void {
    const { command, tlvs, extended, keySequence, frameCounter, rssi } = arrival;
    const request = readParentInquiry(command, tlvs, this.#host.contexts);
    if (request === undefined || keySequence === undefined) return;
    const { linkFrameCounter, mleFrameCounter = linkFrameCounter } = tlvs;
    const from = { extended, linkFrameCounter, mleFrameCounter, keySequence, frameCounter, rssi };
    this.leader.handle(request, from, now);
  }

  onLinkEvent(event: LinkEvent, now: Instant): void {
    if (event.kind === 'child-polled') this.leader.heard(event.neighbour.extended, now);
  }

  /** The value of the Connectivity TLV. */
  get connectivity(): Connectivity {
    const margins = [...this.#host.link.neighbours].map(({ averageRssi }) => this.#margin(averageRssi));
    const count = (quality: number): number => margins.filter((margin) => linkQualityOf(margin) === quality).length;
    return {
      priority: { parent: 'medium', reserved: 0 },
      linkQuality3: count(3),
      linkQuality2: count(2),
      linkQuality1: count(1),
      leaderCost: 0,
      idSequence: this.leader.idSequence,
      activeRouters: 1,
      sleepyBuffer: { bytes: sedBufferSize, datagrams: sedDatagramCount },
    };
  }

  /** The value of the Route64 TLV: this router alone. */
  get route64(): Route64 {
    const { idSequence, routerId } = this.leader;
    return { idSequence, routes: [{ routerId, linkQualityOut: 0, linkQualityIn: 0, cost: 1 }] };
  }

  #childCost(rloc16: number): number | undefined {
    const child = this.leader.children.byRloc16(rloc16);
    if (child === undefined) return undefined;
    const quality = linkQualityOf(this.#margin(this.#host.link.neighbours.byExtended(child.extended)?.averageRssi));
    return linkCost(quality, quality);
  }

  #leaderHost(): LeaderHost {
    const { link, mleNeighbours } = this.#host;
    const host = this.#host;
    return {
      send: (message, now) => this.#send(message, now),
      admit: (child, requester) => {
        const { extended, rloc16: short } = child;
        const counters = requester && countersOf(requester);
        link.neighbours.enter(extended, { short, isChild: true, receiveOn: !isSleepy(child), ...counters?.link });
        if (counters === undefined) return;
        mleNeighbours.enter(extended, counters.link.keySequence, counters.mle);
        host.childChanged(child, true);
      },
      dismiss: (child) => {
        link.withdrawIndirect(child.extended);
        link.neighbours.remove(child.extended);
        mleNeighbours.remove(child.extended);
        host.childChanged(child, false);
      },
      store: () => host.storeChildren(),
      supervise: (child, now) => host.supervise(child, now),
      get timestamps() {
        return host.timestamps;
      },
    };
  }

  #send(message: ParentMessage, now: Instant): void {
    switch (message.kind) {
      case 'advertisement':
        return this.#host.send('advertisement', { ...this.#self(), route64: this.route64 }, everybody, now);
      case 'parent-response':
        return this.#sendParentResponse(message, now);
      case 'child-id-response':
        return this.#sendChildIdResponse(message, now);
      case 'child-update-response':
        return this.#sendUpdateResponse(message, now);
      case 'refusal': {
        const { to, answers } = message;
        const tlvs = { ...this.#self(), ...(answers !== undefined && { response: answers }), status: statusError };
        return this.#host.send('childUpdateResponse', tlvs, { address: linkLocalAddress(to) }, now);
      }
      case 'child-update-request': {
        const { challenge, extended } = message.child;
        const tlvRequest = [mleTlvType('timeout'), mleTlvType('addressRegistration')];
        const tlvs = { ...this.#self(), tlvRequest, challenge };
        return this.#host.send('childUpdateRequest', tlvs, { address: linkLocalAddress(extended) }, now);
      }
      case 'child-notice': {
        const { child } = message;
        const tlvs = { ...this.#self(), networkData: this.#networkDataFor(child), ...this.#timestamps() };
        return this.#host.send('childUpdateRequest', tlvs, { address: linkLocalAddress(child.extended) }, now);
      }
      case 'data-response':
        return this.#sendDataResponse(message, now);
    }
  }

  #sendParentResponse(
    { to, answers, challenge }: Extract<ParentMessage, { kind: 'parent-response' }>,
    now: Instant,
  ): void {
    const tlvs: MleTlvs = {
      ...this.#self(),
      ...this.#counters(),
      response: answers,
      challenge,
      linkMargin: this.#margin(to.rssi),
      connectivity: this.connectivity,
      version: threadVersion,
    };
    this.#host.send('parentResponse', tlvs, { address: linkLocalAddress(to.extended), direct: true }, now);
  }

  #sendChildIdResponse(message: Extract<ParentMessage, { kind: 'child-id-response' }>, now: Instant): void {
    const { child, wanted, lacksActive, lacksPending } = message;
    // The mesh-local address needs no confirmation (OpenThread's order and choice).
    const others = child.addresses.slice(1);
    const tlvs: MleTlvs = {
      ...this.#self(),
      ...this.#timestamps(),
      address16: child.rloc16,
      networkData: this.#networkDataFor(child),
      ...(wanted.includes(mleTlvType('route64')) && { route64: this.route64 }),
      ...(child.supervision > 0 && { supervisionInterval: child.supervision }),
      ...this.#datasets(lacksActive, lacksPending),
      ...(others.length > 0 && { addressRegistration: registration(others, this.#host.contexts) }),
    };
    this.#host.send('childIdResponse', tlvs, { address: linkLocalAddress(child.extended) }, now);
  }

  #sendUpdateResponse(message: Extract<ParentMessage, { kind: 'child-update-response' }>, now: Instant): void {
    const { child, answers, echoes } = message;
    const tlvs: MleTlvs = {
      ...(answers !== undefined && { response: answers }),
      ...this.#self(),
      mode: child.mode,
      linkMargin: this.#margin(this.#host.link.neighbours.byExtended(child.extended)?.averageRssi),
      ...(answers !== undefined && this.#counters()),
      ...(echoes.addresses && {
        addressRegistration: registration(child.addresses.slice(1), this.#host.contexts),
      }),
      ...(echoes.timeout && { timeout: child.timeout }),
      ...(echoes.supervision && { supervisionInterval: child.supervision }),
    };
    this.#host.send('childUpdateResponse', tlvs, { address: linkLocalAddress(child.extended) }, now);
  }

  #sendDataResponse({ to, ...lacks }: Extract<ParentMessage, { kind: 'data-response' }>, now: Instant): void {
    // What everybody hears names the datasets; who lacks one asks for it.
    const datasets = to === undefined ? {} : this.#datasets(lacks.lacksActive, lacks.lacksPending);
    const tlvs: MleTlvs = {
      ...this.#self(),
      ...this.#timestamps(),
      networkData: to === undefined ? this.#host.networkData(true) : this.#networkDataFor(to),
      ...datasets,
    };
    const address = to === undefined ? linkLocalAllNodes : linkLocalAddress(to.extended);
    this.#host.send('dataResponse', tlvs, { address }, now);
  }

  #self(): MleTlvs {
    return { sourceAddress: this.leader.rloc16, leaderData: this.leader.facts };
  }

  #counters(): MleTlvs {
    return { linkFrameCounter: this.#host.nextMacCounter, mleFrameCounter: this.#host.nextMleCounter };
  }

  #timestamps(): MleTlvs {
    const { active, pending } = this.#host.timestamps;
    return {
      ...(active !== undefined && { activeTimestamp: active }),
      ...(pending !== undefined && { pendingTimestamp: pending }),
    };
  }

  #datasets(active: boolean, pending: boolean): MleTlvs {
    const activeDataset = active ? this.#host.dataset('active') : undefined;
    const pendingDataset = pending ? this.#host.dataset('pending') : undefined;
    return { ...(activeDataset && { activeDataset }), ...(pendingDataset && { pendingDataset }) };
  }

  #networkDataFor({ mode }: Valid): NetworkData {
    return this.#host.networkData(mode.fullNetworkData);
  }

  #margin(rssi: number | undefined): number {
    const { sensitivity } = this.#host.link;
    return Math.min(mostMargin, Math.max(0, Math.round((rssi ?? sensitivity) - sensitivity)));
  }
}

const everybody = { address: linkLocalAllNodes };

/** The message itself may have the very counter that it says comes next. */
function countersOf({ keySequence, frameCounter, linkFrameCounter = 0, mleFrameCounter = 0 }: Requester): {
  readonly link: { readonly keySequence: number; readonly nextFrameCounter: number };
  readonly mle: number;
} {
  return {
    link: { keySequence, nextFrameCounter: linkFrameCounter },
    mle: Math.max(mleFrameCounter, frameCounter + 1),
  };
}
