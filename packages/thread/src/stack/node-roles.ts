import { type Instant, SelvageError } from '@selvage/core';
import type { Dataset } from '../dataset/dataset.js';
import type { LinkEvent, LinkIndication, SendOutcome } from '../mac/link-user.js';
import type { ChildHost } from '../mle/child/child-host.js';
import type { ChildInput } from '../mle/child/child-input.js';
import { ChildRole } from '../mle/child/child-role.js';
import { LeaderRole, type LeaderRoleHost } from '../mle/leader/leader-role.js';
import type { MleArrival } from '../mle/mle-host.js';
import type { NetworkData } from '../netdata/network-data.js';
import { routerGroups } from './node-addresses.js';
import type { Role } from './node-event.js';
import { type NodeRole, placeOf, roleDeadline, roleName, tickRole } from './node-role.js';
import { roleHost } from './role-host.js';
import type { RoleParts } from './role-parts.js';
import { leaderRecord, storedParent } from './stored-network.js';
import type { Place } from './place.js';

/** What a node is in its network, and how it becomes it (Thread 1.3 §4.1). */
export class NodeRoles {
  readonly host: ChildHost & LeaderRoleHost;
  readonly #parts: RoleParts;
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
    const { place } = this;
    return place.kind === 'none' ? undefined : place.rloc16;
  }

  /** The extended address of the parent. */
  get parent(): Uint8Array | undefined {
    const state = this.#role.kind === 'child' ? this.#role.child.state : undefined;
    return state?.kind === 'child' ? state.parent.extended : undefined;
  }

  /** The state of a child, or the children of a leader. */
  get machineState(): unknown {
    if (this.#role.kind === 'child') return this.#role.child.state;
    if (this.#role.kind === 'leader') return [...this.#role.leader.leader.children];
    return undefined;
  }

  /** How many children a leader holds. */
  get childCount(): number {
    return this.#role.kind === 'leader' ? this.#role.leader.leader.children.valid.length : 0;
  }

  get deadline(): Instant {
    return roleDeadline(this.#role);
  }

  /** Looks for a parent; the one of before a restart first. @throws SelvageError `wrong-state` for a leader. */
  attach(now: Instant): void {
    if (this.#role.kind === 'leader') throw new SelvageError('wrong-state', 'the node is a leader');
    if (this.#role.kind === 'disabled') {
      this.#role = { kind: 'child', child: new ChildRole(this.host, this.#parts.options.child) };
    }
    this.advanceChild({ kind: 'attach', stored: storedParent(this.#parts.stored()) }, now);
    this.#tellRole();
  }

  /**
   * Forms a network of its dataset, or goes on leading the one of before a restart.
   * @throws SelvageError `wrong-state` where the node takes part already.
   */
  lead(now: Instant, mostChildren?: number): void {
    if (this.#role.kind !== 'disabled') throw new SelvageError('wrong-state', 'the node takes part already');
    const { options, ip, link } = this.#parts;
    const before = this.#parts.stored();
    const stored = before?.role === 'leader' ? before : undefined;
    const leader = new LeaderRole({
      host: this.host,
      entropy: options.entropy,
      mostChildren,
      routerId: stored && stored.rloc16 >> 10,
      children: stored?.neighbours ?? [],
      now,
    });
    this.#role = { kind: 'leader', leader };
    for (const group of routerGroups) ip.addresses.join(group);
    link.setReceiveOn(true);
    link.setShort(leader.leader.rloc16);
    this.#parts.addressing().update();
    this.storeChildren();
    leader.leader.announce(now);
    this.#tellRole();
  }

  /** Takes part no longer. */
  detach(now: Instant): void {
    this.advanceChild({ kind: 'detach' }, now);
    const { ip, link, mleNeighbours } = this.#parts;
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
  }

  tick(now: Instant): void {
    if (now < this.deadline) return;
    // A search that begins anew begins on its channel.
    if (this.#role.kind === 'child') this.#parts.search().stop();
    tickRole(this.#role, now);
    this.#tellRole();
  }

  /** Whoever sent a frame is there. */
  heard({ neighbour }: LinkIndication, now: Instant): void {
    if (neighbour === undefined) return;
    this.advanceChild({ kind: 'heard', from: neighbour.extended }, now);
    if (this.#role.kind === 'leader') this.#role.leader.leader.heard(neighbour.extended, now);
  }

  onLinkEvent(event: LinkEvent, now: Instant): void {
    if (this.#role.kind === 'child') this.#role.child.onLinkEvent(event, now);
    if (this.#role.kind === 'leader') this.#role.leader.onLinkEvent(event, now);
    this.#tellRole();
  }

  /**
   * An authentic message. What its key sequence means for ours comes first: only an answer to our challenge moves us by
   * more than one.
   */
  receive(arrival: MleArrival, keySequence: number, now: Instant): void {
    const { mleNeighbours } = this.#parts;
    const isAuthoritative = this.#role.kind === 'child' && this.#role.child.isAuthoritative(arrival);
    if (isAuthoritative || mleNeighbours.has(arrival.extended)) {
      const lead = this.#parts.keys().observe(keySequence, isAuthoritative, now);
      if (lead === 'ahead') this.advanceChild({ kind: 'doubt' }, now);
    }
    if (this.#role.kind === 'child') this.#role.child.receive(arrival, now);
    if (this.#role.kind === 'leader') this.#role.leader.receive(arrival, now);
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
    if (parent === undefined || (outcome !== 'sent' && outcome !== 'no-acknowledgement')) return;
    this.advanceChild({ kind: 'sent', to: parent, acknowledged: outcome === 'sent' }, now);
    this.#tellRole();
  }

  /** Network data that a leader put together: everybody is told. */
  publishNetworkData(data: NetworkData, stable: boolean, now: Instant): void {
    if (this.#role.kind !== 'leader') return;
    this.newNetworkData(data, now);
    this.#role.leader.leader.changed(stable, now);
  }

  /** @throws SelvageError `wrong-state`, `invalid-argument` for a dataset without a pending timestamp and a delay */
  setPending(dataset: Dataset, now: Instant): void {
    if (this.#role.kind !== 'leader') throw new SelvageError('wrong-state', 'the node is no leader');
    this.#parts.moves().setPending(dataset, now);
    this.#role.leader.leader.changed(true, now);
  }

  /** Other network data are in force. */
  newNetworkData(data: NetworkData, now: Instant): void {
    const isOther = this.#parts.addressing().setNetworkData(data);
    this.#parts.tell({ kind: 'network-data' });
    if (isOther) this.advanceChild({ kind: 'addresses-changed' }, now);
  }

  storeChildren(): void {
    if (this.#role.kind !== 'leader') return;
    this.#parts.store(leaderRecord(this.#role.leader.leader, this.#parts.keys().current.sequence));
  }

  #tellRole(): void {
    const { name: role, rloc16 } = this;
    if (role === this.#toldRole && rloc16 === this.#toldRloc16) return;
    this.#toldRole = role;
    this.#toldRloc16 = rloc16;
    this.#parts.tell({ kind: 'role', role, rloc16, at: this.#parts.now() });
  }
}
