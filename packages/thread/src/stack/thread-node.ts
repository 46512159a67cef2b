import { type Engine, type Instant, SelvageError } from '@selvage/core';
import type { Dataset } from '../dataset/dataset.js';
import type { DiagnosticClient } from '../diag/diagnostic-client.js';
import type { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import type { Adaptation } from '../lowpan/adaptation.js';
import type { Link } from '../mac/link.js';
import type { MeshRoutes } from '../mesh/mesh-routes.js';
import type { NetworkData } from '../netdata/network-data.js';
import type { NodeCommissioning } from './commissioning/node-commissioning.js';
import type { MlePort } from './mle-port.js';
import { NodeEngine } from './node-engine.js';
import type { Role } from './node-event.js';
import type { NodeInput, NodeOptions, NodeOutput } from './node-io.js';
import { type NodeStatus, nodeStatus } from './node-status.js';
import type { PacketInfo } from './packet-info.js';
import type { Traffic } from './traffic.js';

/** A Thread node: what it is, and what it is told to do. It reads no clock. */
export class ThreadNode implements Engine<NodeInput, NodeOutput> {
  readonly #engine: NodeEngine;

  constructor(options: NodeOptions) {
    this.#engine = new NodeEngine(options);
  }

  get link(): Link {
    return this.#engine.transport.link;
  }

  get ip(): Ip6Stack<PacketInfo> {
    return this.#engine.transport.ip;
  }

  get adaptation(): Adaptation {
    return this.#engine.transport.adaptation;
  }

  get traffic(): Traffic {
    return this.#engine.transport.traffic;
  }

  get mle(): MlePort {
    return this.#engine.transport.mle;
  }

  /** All that it has to do with commissioning. */
  get commissioning(): NodeCommissioning {
    return this.#engine.management.commissioning;
  }

  get role(): Role {
    return this.#engine.roles.name;
  }

  /** Undefined while it has no place in a network. */
  get rloc16(): number | undefined {
    return this.#engine.roles.rloc16;
  }

  /** The active dataset. */
  get dataset(): Dataset {
    return this.#engine.datasets.active;
  }

  /** What becomes the active dataset when its delay is over. */
  get pendingDataset(): Dataset | undefined {
    return this.#engine.datasets.pending;
  }

  get keys(): ThreadKeys {
    return this.#engine.keys;
  }

  /** What its role is made of: the state of a child, or the children of a leader. For tests and people who look closely. */
  get machineState(): unknown {
    return this.#engine.roles.machineState;
  }

  /** The MLE counters of those who are known. */
  get mleState(): readonly string[] {
    return this.#engine.transport.mleNeighbours.list();
  }

  /** Asks nodes what they know: `get`, `query`, `reset`; `diagnostic` events tell what comes of it. */
  get diagnostics(): DiagnosticClient {
    return this.#engine.management.diagnostics.client;
  }

  get networkData(): NetworkData {
    return this.#engine.addressing.networkData;
  }

  /** Which way frames go, as a full device knows it. */
  get routes(): MeshRoutes | undefined {
    const { place } = this.#engine.roles;
    return place.kind === 'none' ? undefined : place.routes;
  }

  /** The extended address of the parent. */
  get parent(): Uint8Array | undefined {
    return this.#engine.roles.parent;
  }

  /** What the node is, for people. */
  get status(): NodeStatus {
    return nodeStatus(this.#engine.roles, this.#engine.parts);
  }

  get deadline(): Instant | undefined {
    return this.#engine.deadline;
  }

  handle(input: NodeInput, now: Instant): void {
    this.#engine.handle(input, now);
  }

  poll(now: Instant): NodeOutput | undefined {
    return this.#engine.poll(now);
  }

  /**
   * Asks which networks are on these channels; `discovered` tells each answer, `discovery-over` the end.
   * @throws SelvageError `wrong-state` for a node that takes part in a network.
   */
  discover(channels: readonly number[], now: Instant, joiner = false): void {
    this.#engine.discover(channels, joiner, now);
  }

  /** Looks for a parent; the one of before a restart first. @throws SelvageError `wrong-state` for a leader. */
  attach(now: Instant): void {
    this.#engine.now = now;
    if (this.#engine.discovery.isUnderWay) throw new SelvageError('wrong-state', 'the node looks for networks');
    this.#engine.roles.attach(now);
  }

  /**
   * Forms a network of its dataset, or goes on leading the one of before a restart.
   * @throws SelvageError `wrong-state` where the node takes part already.
   */
  lead(now: Instant): void {
    this.#engine.now = now;
    this.#engine.roles.lead(now);
  }

  /** Has a child leave its parent, and look for one as if it had none: whom it then attaches to must believe its keys. */
  reattach(now: Instant): void {
    this.#engine.now = now;
    this.#engine.roles.advanceChild({ kind: 'lost', reason: 'command' }, now);
  }

  /** Takes part no longer. */
  detach(now: Instant): void {
    this.#engine.now = now;
    this.#engine.roles.detach(now);
  }

  /** Sends an echo request of `size` bytes; its sequence number names it in the event `echo`. */
  ping(destination: Uint8Array, size: number, patience: number, now: Instant): number {
    this.#engine.now = now;
    return this.#engine.echo.ping(destination, size, patience, now);
  }

  /** Hears a group from now on; a parent is told. */
  join(group: Uint8Array, now: Instant): void {
    this.#engine.now = now;
    this.ip.addresses.join(group);
    this.#engine.roles.advanceChild({ kind: 'addresses-changed' }, now);
  }

  /** Network data of a leader's own making: its prefixes and services. @throws SelvageError `wrong-state` */
  setNetworkData(data: NetworkData, now: Instant): void {
    if (this.role !== 'leader') throw new SelvageError('wrong-state', 'the node is no leader');
    this.#engine.management.networkData.replace(data, now);
  }

  /** What this node registers with the leader: prefixes, routes and services of its own, all of them each time. */
  setOwnNetworkData(data: NetworkData, now: Instant): void {
    this.#engine.now = now;
    this.#engine.management.networkData.setOwn(data, now);
  }

  /**
   * Has the network move to another dataset, when its delay is over: everybody is told. Of a leader alone.
   * @throws SelvageError `wrong-state`, `invalid-argument` for a dataset without a pending timestamp and a delay
   */
  setPending(dataset: Dataset, now: Instant): void {
    this.#engine.now = now;
    this.#engine.roles.setPending(dataset, now);
  }

  /** What time it is: said before a port of `ip` is used from outside of `handle` and `poll`. */
  setNow(now: Instant): void {
    this.#engine.now = now;
  }
}
