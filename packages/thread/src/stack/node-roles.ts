import { type Instant, SelvageError } from '@selvage/core';
import type { Dataset } from '../dataset/dataset.js';
import { locatorAddress } from '../ip6/address/thread-address.js';
import { sameExtended } from '../mac/address.js';
import type { LinkEvent, LinkIndication, SendOutcome } from '../mac/link-user.js';
import type { ChildHost } from '../mle/child/child-host.js';
import type { ChildInput, LossReason } from '../mle/child/child-input.js';
import { ChildRole } from '../mle/child/child-role.js';
import type { StoredParent } from '../mle/child/child-state.js';
import type { Leader } from '../mle/leader/leader.js';
import type { MleArrival } from '../mle/mle-host.js';
import type { Valid } from '../mle/parent/child-entry.js';
import type { ChildTable } from '../mle/parent/child-table.js';
import type { LeaderData } from '../mle/partition.js';
import type { RouterHost } from '../mle/router/router-host.js';
import type { NetworkData } from '../netdata/network-data.js';
import { FullRoles } from './full-roles.js';
import { routerGroups } from './node-addresses.js';
import type { Role } from './node-event.js';
import { type NodeRole, placeOf, roleName } from './node-role.js';
import { partitionHeard } from './partition-heard.js';
import type { Place } from './place.js';
import { type HostedRoles, roleHost, searchHost } from './role-host.js';
import type { RoleParts } from './role-parts.js';
import { childRecord, routerRecord } from './stored-network.js';

/** What a node is in its network, and how it becomes it (Thread 1.3 §4.1). */
export class NodeRoles implements HostedRoles {
  readonly host: ChildHost & RouterHost;
  readonly #parts: RoleParts;
  /** What a full device can be beside a child; made when it is first one. */
  #full: FullRoles | undefined;
  #role: NodeRole = { kind: 'disabled' };
  #toldRole: Role = 'disabled';
  #toldRloc16: number | undefined;

  constructor(parts: RoleParts) {
    this.#parts = parts;
    this.host = roleHost(parts, this);
  }

  get role(): NodeRole {
    return this.#role;
  }

  get name(): Role {
    return roleName(this.#role);
  }

  get place(): Place {
    return placeOf(this.#role);
  }

  /** Undefined while it has no place in a network. */
  get rloc16(): number | undefined {
    if (this.#role.kind === 'router') return this.#role.full.rloc16;
    const state = this.#role.kind === 'child' ? this.#role.child.state : undefined;
    return state?.kind === 'child' ? state.rloc16 : undefined;
  }

  /** The extended address of the parent. */
  get parent(): Uint8Array | undefined {
    const state = this.#role.kind === 'child' ? this.#role.child.state : undefined;
    return state?.kind === 'child' ? state.parent.extended : undefined;
  }

  /** Of the partition that it is in. */
  get leaderData(): LeaderData | undefined {
    if (this.#role.kind === 'router') return this.#role.full.leaderData;
    const state = this.#role.kind === 'child' ? this.#role.child.state : undefined;
    return state?.kind === 'child' ? state.leader : undefined;
  }

  /** What a leader hands out. */
  get leader(): Leader | undefined {
    return this.#role.kind === 'router' ? this.#role.leader : undefined;
  }

  /** The children of a router. */
  get children(): ChildTable | undefined {
    return this.#role.kind === 'router' ? this.#role.full.parent.children : undefined;
  }

  /** The state of a child, or the children and links of a router. */
  get machineState(): unknown {
    if (this.#role.kind === 'child') return this.#role.child.state;
    if (this.#role.kind !== 'router') return undefined;
    const { parent, links } = this.#role.full;
    return [...parent.children, ...links.states.values()];
  }

  get deadline(): Instant {
    const ofChild = this.#role.kind === 'child' ? this.#role.child.deadline : Infinity;
    return this.#role.kind === 'disabled' ? Infinity : Math.min(ofChild, this.#full?.deadline ?? Infinity);
  }

  /** Looks for its place; the one of before a restart first. @throws SelvageError `wrong-state` for a router. */
  attach(now: Instant): void {
    if (this.#role.kind === 'router') throw new SelvageError('wrong-state', `the node is a ${this.name} already`);
    if (this.#role.kind !== 'disabled') {
      return this.advanceChild({ kind: 'attach', stored: this.#parts.storedParent() }, now);
    }
    if (this.#parts.options.child.full) return this.#fullRoles().attach(now);
    this.#become({ kind: 'child', child: new ChildRole(this.host, this.#parts.options.child), full: undefined });
    this.advanceChild({ kind: 'attach', stored: this.#parts.storedParent() }, now);
    this.#tellRole();
  }

  /**
   * Forms a partition of its dataset's network, with its router id and children of before a restart.
   * @throws SelvageError `wrong-state` where the node takes part already.
   */
  lead(now: Instant): void {
    const isFree = this.#role.kind === 'disabled' || this.name === 'detached';
    if (!isFree) throw new SelvageError('wrong-state', 'the node takes part already');
    this.#fullRoles().lead(now);
    this.#tellRole();
  }

  /** Takes part no longer. */
  detach(now: Instant): void {
    this.advanceChild({ kind: 'detach' }, now);
    const { ip, link, mleNeighbours } = this.#parts;
    this.#full?.stop();
    this.#full = undefined;
    this.#role = { kind: 'disabled' };
    for (const group of routerGroups) ip.addresses.leave(group);
    link.reset(now);
    link.neighbours.clear();
    mleNeighbours.clear();
    link.setShort(undefined);
    link.setReceiveOn(false);
    this.#parts.addressing().update();
    this.#tellRole();
  }

  /** Something that matters to a child alone. */
  advanceChild(input: ChildInput, now: Instant): void {
    if (this.#role.kind === 'child') this.#role.child.advance(input, now);
    this.#tellRole();
  }

  tick(now: Instant): void {
    this.#tellRole();
    if (now < this.deadline) return;
    if (this.#role.kind === 'child' && now >= this.#role.child.deadline) {
      // A search that begins anew begins on its channel.
      this.#parts.search().stop();
      this.#role.child.advance({ kind: 'timer' }, now);
    }
    this.#full?.tick(now);
    this.#tellRole();
  }

  /** Whoever sent a frame is there. */
  heard({ neighbour }: LinkIndication, now: Instant): void {
    if (neighbour === undefined) return;
    if (this.#role.kind === 'child') this.#role.child.advance({ kind: 'heard', from: neighbour.extended }, now);
    if (this.#role.kind === 'router') this.#role.full.parent.parent.heard(neighbour.extended, now);
  }

  onLinkEvent(event: LinkEvent, now: Instant): void {
    if (this.#role.kind === 'child') this.#role.child.onLinkEvent(event, now);
    this.#full?.onLinkEvent(event, now);
    this.#tellRole();
  }

  /**
   * An authentic message. What its key sequence means for ours comes first: only an answer to our challenge moves us by
   * more than one.
   */
  receive(arrival: MleArrival, keySequence: number, now: Instant): void {
    const { keys, mleNeighbours, link } = this.#parts;
    const { extended, rssi } = arrival;
    const isAuthoritative =
      (this.#role.kind === 'child' && this.#role.child.isAuthoritative(arrival)) ||
      this.#full?.isAuthoritative(arrival, now) === true;
    if (isAuthoritative || mleNeighbours.has(extended)) {
      const lead = keys().observe(keySequence, isAuthoritative, now);
      if (lead === 'ahead') this.advanceChild({ kind: 'doubt' }, now);
      link.neighbours.heard(extended, rssi, now);
    }
    const isJoining = this.#role.kind === 'child' && this.#role.child.state.kind !== 'child';
    if (this.#role.kind === 'child') this.#role.child.receive(arrival, now);
    this.#full?.receive(arrival, now);
    if (isJoining) this.#full?.parentRoutes(arrival, now);
    const other = partitionHeard(arrival, this.leaderData);
    if (other !== undefined) this.#parts.tell(other);
    this.#tellRole();
  }

  /** An Announce. */
  announced(arrival: MleArrival, now: Instant): void {
    const isElsewhere = this.#parts.search().announced(arrival, this.place.kind !== 'none', now);
    if (isElsewhere) this.advanceChild({ kind: 'lost', reason: 'moved' }, now);
  }

  /** A unicast frame to the parent went out, or did not. */
  parentSent(outcome: SendOutcome, now: Instant): void {
    const { parent } = this;
    if (parent === undefined || !isConclusive(outcome)) return;
    this.advanceChild({ kind: 'sent', to: parent, acknowledged: outcome === 'sent' }, now);
  }

  /** A unicast frame to the next hop of a route went out, or did not. */
  hopSent(rloc16: number, outcome: SendOutcome, now: Instant): void {
    if (this.#role.kind === 'child') return this.parentSent(outcome, now);
    if (isConclusive(outcome)) this.#full?.sent(rloc16, outcome === 'sent', now);
  }

  /** Network data that a leader put together: everybody is told. */
  publishNetworkData(data: NetworkData, stable: boolean, now: Instant): void {
    if (this.leader === undefined) return;
    this.newNetworkData(data, now);
    this.#changed(stable, now);
  }

  /** @throws SelvageError `wrong-state`, `invalid-argument` for a dataset without a pending timestamp and a delay */
  setPending(dataset: Dataset, now: Instant): void {
    if (this.leader === undefined) throw new SelvageError('wrong-state', 'the node is no leader');
    this.#parts.moves().setPending(dataset, now);
    this.#changed(true, now);
  }

  /** Another active dataset of the same network is in force at once: everybody is told. Of a leader alone. */
  setActive(dataset: Dataset, now: Instant): void {
    if (this.leader === undefined) throw new SelvageError('wrong-state', 'the node is no leader');
    this.#parts.moves().move(dataset, undefined, now);
    this.#changed(true, now);
  }

  /** Other network data are in force. */
  newNetworkData(data: NetworkData, now: Instant): void {
    const isOther = this.#parts.addressing().setNetworkData(data);
    this.#parts.tell({ kind: 'network-data' });
    if (isOther) this.advanceChild({ kind: 'addresses-changed' }, now);
  }

  /** It will be a child the next moment. */
  arriving(parent: Uint8Array, now: Instant): void {
    this.#full?.arriving(parent, now);
  }

  attached(parent: StoredParent, now: Instant): void {
    const former = this.#parts.storedParent();
    this.#parts.addressing().update();
    this.#parts.store(childRecord(parent, this.#parts.keys().current.sequence));
    if (former !== undefined && !sameExtended(former.extended, parent.extended)) this.#takeLeave(former);
    const state = this.#role.kind === 'child' ? this.#role.child.state : undefined;
    if (state?.kind === 'child') this.#full?.attached(state, now);
  }

  detached(reason: LossReason, now: Instant): void {
    this.#full?.detached(now);
    this.#parts.addressing().update();
    this.#parts.tell({ kind: 'detached', reason });
  }

  /** A search found nobody. */
  unheard(failures: number, now: Instant): void {
    this.#parts.tell({ kind: 'no-parent', failures });
    if (this.#full?.unheard(now) !== true) this.#parts.search().unheard(failures, now);
  }

  leaderChanged(leader: LeaderData, now: Instant): void {
    this.#full?.leaderChanged(leader, now);
  }

  /** Whether a neighbour is one for another reason than that it is, or may be, our parent. */
  isKnown(extended: Uint8Array): boolean {
    const full = this.#full?.full;
    if (full === undefined) return false;
    const isOurParent = this.#role.kind === 'child' && this.#role.child.isParent(extended);
    return isOurParent || full.table.linkTo(extended) !== undefined || full.parent.children.get(extended) !== undefined;
  }

  /** A child of ours speaks by another router. */
  childElsewhere(child: Valid, now: Instant): void {
    if (this.#role.kind === 'router') this.#role.full.parent.parent.left(child, now);
  }

  storeChildren(): void {
    if (this.#role.kind !== 'router') return;
    this.#parts.store(routerRecord(this.#role, this.#parts.keys().current.sequence));
  }

  /**
   * The former parent hears by its new one where a minimal device is: it would answer for its addresses, and keep what is
   * sent to it, until its timeout.
   */
  #takeLeave(former: StoredParent): void {
    const { options, ip, addressing } = this.#parts;
    const own = ip.addresses.unicast.find(({ kind }) => kind === 'mesh-local');
    if (options.child.full || own === undefined) return;
    ip.sendEmpty(locatorAddress(addressing().network.meshLocalPrefix, former.rloc16), own.address);
  }

  /** A leader's data changed. */
  #changed(stable: boolean, now: Instant): void {
    const { leader } = this;
    if (leader === undefined || this.#role.kind !== 'router') return;
    leader.changed(stable);
    this.#role.full.setLeaderData(leader.facts);
    this.#full?.news.own(leader.facts);
    this.#role.full.parent.parent.announce(now);
  }

  #fullRoles(): FullRoles {
    const role = (): NodeRole => this.#role;
    this.#full ??= new FullRoles(this.#parts, {
      get role() {
        return role();
      },
      host: this.host,
      searchHost: searchHost(this.host, (now) => this.#full?.searchFailed(now)),
      become: (next) => this.#become(next),
    });
    return this.#full;
  }

  #become(role: NodeRole): void {
    this.#role = role;
    this.#parts.link.setBeacons(role.kind === 'router');
    this.#parts.addressing().update();
  }

  #tellRole(): void {
    const { name: role, rloc16 } = this;
    if (role === this.#toldRole && rloc16 === this.#toldRloc16) return;
    this.#toldRole = role;
    this.#toldRloc16 = rloc16;
    this.#parts.tell({ kind: 'role', role, rloc16, at: this.#parts.now() });
  }
}

function isConclusive(outcome: SendOutcome): boolean {
  return outcome === 'sent' || outcome === 'no-acknowledgement';
}
