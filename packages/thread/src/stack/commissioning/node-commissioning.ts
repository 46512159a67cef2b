import type { Entropy, Instant } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { Dataset } from '../../dataset/dataset.js';
import { isMulticast } from '../../ip6/address/classes.js';
import type { Ip6Prefix } from '../../ip6/address/prefix.js';
import { anycastLocators, locatorAddress } from '../../ip6/address/thread-address.js';
import type { Ip6Endpoint } from '../../ip6/stack/endpoint.js';
import type { LinkService } from '../../mac/link-service.js';
import type { JoinerOptions } from '../../meshcop/joiner/joiner.js';
import { relayPaths } from '../../meshcop/relay/relay-messages.js';
import type { NetworkData } from '../../netdata/network-data.js';
import type { TmfDone } from '../../tmf/pending-requests.js';
import type { TmfPort, TmfRequest } from '../../tmf/tmf-port.js';
import type { NodeEvent } from '../node-event.js';
import type { PacketInfo } from '../packet-info.js';
import type { PacketSender } from '../packet-sender.js';
import type { Place } from '../place.js';
import { CommissionerSeat } from './commissioner-seat.js';
import { JoinerRouterService } from './joiner-router-service.js';
import { JoinerService } from './joiner-service.js';
import { LeaderCommissioning, type LeaderCommissioningParts } from './leader-commissioning.js';
import { type SurveyParts, SurveyService } from './survey-service.js';

/** What {@link NodeCommissioning} works with. */
export interface NodeCommissioningParts
  extends Pick<
      LeaderCommissioningParts,
      'partitionId' | 'pending' | 'hasOtherKey' | 'delays' | 'publish' | 'setActive' | 'setPending'
    >,
    Pick<SurveyParts, 'sendMle'> {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly link: LinkService;
  readonly sender: PacketSender;
  readonly tmf: () => TmfPort<PacketInfo>;
  readonly place: () => Place;
  readonly meshLocal: () => Ip6Prefix;
  readonly networkData: () => NetworkData;
  readonly dataset: () => Dataset;
  readonly keySequence: () => number;
  readonly discover: (channels: readonly number[], now: Instant) => void;
  readonly stopDiscovery: (now: Instant) => void;
  readonly tell: (event: NodeEvent) => void;
  /** Whether the node is in a group. */
  readonly isIn: (group: Uint8Array) => boolean;
  /** Answers as this commissioner's anycast locator from now on, or no longer. */
  readonly answerAs: (locator: number | undefined) => void;
}

/** What a commissioner is told by nodes of the mesh. */
export type CommissioningNews = Pick<TmfRequest, 'path' | 'payload' | 'source'>;

/** Says whether the news were for it. */
export type CommissioningListener = (news: CommissioningNews, now: Instant) => boolean;

/**
 * All that a node has to do with commissioning: as joiner, joiner router, leader, as one that is asked to look around, and
 * for a commissioner in or behind it.
 */
export class NodeCommissioning {
  readonly #parts: NodeCommissioningParts;
  readonly #joiner: JoinerService;
  readonly #joinerRouter: JoinerRouterService;
  readonly #leader: LeaderCommissioning;
  readonly #survey: SurveyService;
  readonly #listeners = new Set<CommissioningListener>();
  readonly #seat = new CommissionerSeat();

  constructor(parts: NodeCommissioningParts) {
    this.#parts = parts;
    this.#joiner = new JoinerService(parts);
    this.#joinerRouter = new JoinerRouterService(parts);
    this.#survey = new SurveyService(parts);
    this.#leader = new LeaderCommissioning({
      ...parts,
      isLeader: () => {
        const place = parts.place();
        return place.kind === 'router' && place.isLeader;
      },
      active: parts.dataset,
    });
  }

  get deadline(): Instant {
    const { deadline } = this.#survey;
    return Math.min(this.#joiner.deadline, this.#joinerRouter.deadline, this.#leader.deadline, deadline);
  }

  get isJoining(): boolean {
    return this.#joiner.isUnderWay;
  }

  tick(now: Instant): void {
    this.#joiner.tick(now);
    this.#joinerRouter.tick(now);
    this.#leader.tick(now);
    this.#survey.tick(now);
  }

  /** Joins a network by a passphrase: `join-step` events, then `joined` or `join-failed`. @throws SelvageError */
  join(options: Omit<JoinerOptions, 'core' | 'entropy'>, now: Instant): void {
    this.#joiner.start(options, now);
  }

  stopJoining(now: Instant): void {
    this.#joiner.stop(now);
  }

  /** What the node tells. */
  heard(event: NodeEvent, now: Instant): void {
    this.#joiner.heard(event, now);
    this.#joinerRouter.heard(event, now);
    this.#survey.heard(event);
  }

  /** A packet that the network's key does not protect; false for one that has nothing to do with commissioning. */
  receive(packet: Uint8Array, info: PacketInfo, now: Instant): boolean {
    return this.#joiner.receive(packet, info, now) || this.#joinerRouter.receive(packet, info, now);
  }

  /** The answer to a request of management; undefined for silence, and for what is something else. */
  serve(request: TmfRequest, now: Instant): Uint8Array | undefined {
    switch (request.path) {
      case relayPaths.transmit:
        this.#joinerRouter.relayed(request.payload, now);
        return undefined;
      case relayPaths.received:
      case 'd/da':
      case 'c/er':
      case 'c/pc':
      case 'c/dc':
        return this.#spread(request, now) && request.confirmable ? new Uint8Array(0) : undefined;
      default:
        return this.#survey.serve(request, now) ?? this.#leader.serve(request, now);
    }
  }

  /**
   * Hands what is for a commissioner to whoever has one: border agents, and commissioners of this node. Several may listen,
   * and each knows what is for it. Returns how to stop it.
   */
  onNews(listener: CommissioningListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The name of the commissioner that has the network by this node, but not by `by`. */
  activeBeside(by: object): Uint8Array | undefined {
    return this.#seat.takenFrom(by);
  }

  /** The leader has accepted a commissioner in this node. */
  hold(by: object, name: Uint8Array): void {
    this.#seat.take(by, name);
  }

  /** Asks the leader. */
  askLeader(path: string, payload: Uint8Array, now: Instant, done: TmfDone): void {
    const leader = locatorAddress(this.#parts.meshLocal(), anycastLocators.leader);
    this.#parts.tmf().request(path, payload, leader, now, done);
  }

  /** Asks a node of the mesh, or tells a group. */
  ask(path: string, payload: Uint8Array, to: Uint8Array, now: Instant, done: TmfDone | undefined): void {
    if (done !== undefined) return this.#parts.tmf().request(path, payload, to, now, done);
    if (this.#isOwnGroup(to)) this.#parts.tmf().tellWithOwn(path, payload, to, now);
    else this.#parts.tmf().tell(path, payload, to);
  }

  /** A commissioner behind this node told a group: the node does its part where it is in it. */
  hearOwn(message: Uint8Array, from: Ip6Endpoint, group: Uint8Array, now: Instant): void {
    if (this.#isOwnGroup(group)) this.#parts.tmf().hearOwn(message, from, group, now);
  }

  #isOwnGroup(address: Uint8Array): boolean {
    return isMulticast(address) && this.#parts.isIn(address);
  }

  /** RLY_TX, to the joiner router of this RLOC16. */
  relay(locator: number, message: Uint8Array): void {
    this.#parts.tmf().tell(relayPaths.transmit, message, locatorAddress(this.#parts.meshLocal(), locator));
  }

  /** The leader has accepted a commissioner behind this node, which answers as it from now on. @returns its address */
  speakFor(by: object, name: Uint8Array, sessionId: number): Uint8Array {
    this.hold(by, name);
    const locator = anycastLocators.commissioner(sessionId);
    this.#parts.answerAs(locator);
    return locatorAddress(this.#parts.meshLocal(), locator);
  }

  /** A commissioner has the network no longer; another one that has it since keeps it. */
  release(by: object): void {
    if (this.#seat.leave(by)) this.#parts.answerAs(undefined);
  }

  #spread(news: CommissioningNews, now: Instant): boolean {
    let isTaken = false;
    for (const listener of [...this.#listeners]) isTaken = listener(news, now) || isTaken;
    return isTaken;
  }
}
