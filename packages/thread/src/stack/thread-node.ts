import { type Engine, type Entropy, type Instant, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import type { Dataset } from '../dataset/dataset.js';
import { EchoClient } from '../ip6/stack/echo-client.js';
import { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import type { KeyEvent, KeyInput, KeyOutput } from '../keys/key-engine.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import { Adaptation } from '../lowpan/adaptation.js';
import { broadcastShort } from '../mac/address.js';
import { Link } from '../mac/link.js';
import type { LinkOutput } from '../mac/link-engine.js';
import type { LinkEvent, LinkIndication, SendOutcome } from '../mac/link-user.js';
import type { ChildHost } from '../mle/child/child-host.js';
import { ChildRole, type ChildSettings } from '../mle/child/child-role.js';
import { LeaderRole, type LeaderRoleHost } from '../mle/leader/leader-role.js';
import type { MleArrival } from '../mle/mle-host.js';
import { MleNeighbours } from '../mle/mle-neighbours.js';
import { registration } from '../mle/registered-addresses.js';
import type { NetworkData } from '../netdata/network-data.js';
import type { RadioCapabilities, RadioEvent } from '../radio/radio.js';
import { TmfPort, tmfPort } from '../tmf/tmf-port.js';
import { pathToShort } from './link-paths.js';
import { mleHopLimit, mlePort } from '../mle/mle-datagram.js';
import { MlePort } from './mle-port.js';
import { MleSender } from './mle-sender.js';
import { Datasets } from './datasets.js';
import { networkOf } from './network.js';
import type { IdentityRecord } from './network-record.js';
import { type ServiceFacts, serveTmf } from './node-services.js';
import { diagnosticFacts } from './node-diagnostics.js';
import { isHeard, isTaken, type NodeRole, placeOf, roleDeadline, roleName, tickRole } from './node-role.js';
import { registeredOf, routerGroups } from './node-addresses.js';
import { NodeAddressing } from './node-addressing.js';
import { childRecord, leaderRecord, storedParent, type StoredNetwork } from './stored-network.js';
import { type MoveOutput, NetworkMoves } from './network-moves.js';
import { NetworkSearch } from './network-search.js';
import { NodeDiscovery } from './node-discovery.js';
import type { NodeStatus } from './node-status.js';
import type { NodeEvent, Role } from './node-event.js';
import type { PacketInfo } from './packet-info.js';
import { stablePart } from './on-mesh.js';
import { PacketSender } from './packet-sender.js';
import { type Place, Traffic } from './traffic.js';

/** What a node takes. */
export type NodeInput =
  | { readonly kind: 'radio'; readonly event: RadioEvent }
  | { readonly kind: 'keys'; readonly input: KeyInput }
  /** The keys that `open-network` asked for. */
  | { readonly kind: 'network'; readonly dataset: Dataset; readonly keys: ThreadKeys };

/** What a node wants done. */
export type NodeOutput =
  | { readonly kind: 'radio'; readonly output: LinkOutput }
  | { readonly kind: 'keys'; readonly output: Exclude<KeyOutput, { kind: 'event' }> }
  /** To be durable, each after the one before. */
  | { readonly kind: 'store'; readonly record: StoredNetwork }
  | MoveOutput
  | { readonly kind: 'event'; readonly event: NodeEvent };

/** How a node is made; `openThreadNode` reads what is stored. */
export interface NodeOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  readonly radio: RadioCapabilities;
  readonly identity: Omit<IdentityRecord, 'version'>;
  readonly keys: ThreadKeys;
  /** The active one. */
  readonly dataset: Dataset;
  readonly pending?: Dataset | undefined;
  readonly stored?: StoredNetwork | undefined;
  readonly now: Instant;
  readonly child: ChildSettings;
}

/** Milliseconds. */
const leastPause = 1;

/** A Thread node as its parts make it: radio → link → 6LoWPAN → IPv6 → UDP, with MLE beside. It reads no clock. */
export class ThreadNode implements Engine<NodeInput, NodeOutput> {
  readonly link: Link;
  readonly ip: Ip6Stack<PacketInfo>;
  readonly adaptation: Adaptation;
  readonly traffic: Traffic;
  readonly mle: MlePort;
  readonly #options: NodeOptions;
  readonly #host: ChildHost & LeaderRoleHost;
  readonly #sender: PacketSender;
  readonly #mleSender: MleSender;
  readonly #mleNeighbours = new MleNeighbours();
  readonly #echo: EchoClient;
  readonly #discovery: NodeDiscovery;
  readonly #search: NetworkSearch;
  readonly #moves: NetworkMoves;
  readonly #tmf: TmfPort<PacketInfo>;
  readonly #outputs: NodeOutput[] = [];
  #keys: ThreadKeys;
  readonly #datasets: Datasets;
  readonly #addressing: NodeAddressing;
  #role: NodeRole = { kind: 'disabled' };
  #stored: StoredNetwork | undefined;
  #toldRole: Role = 'disabled';
  #toldRloc16: number | undefined;
  #now: Instant = -Infinity;
  #polledAt: Instant = -Infinity;

  constructor(options: NodeOptions) {
    const { core, entropy, radio, identity, keys, dataset, now } = options;
    this.#options = options;
    this.#keys = keys;
    this.#datasets = new Datasets(dataset, options.pending, now);
    this.#stored = options.stored;
    this.link = new Link({ core, entropy, keys, radio, extended: identity.extended, user: this.#linkUser() });
    this.adaptation = new Adaptation({ entropy, isOurs: (short) => isTaken(this.#place(), short) });
    this.#sender = new PacketSender(this.link, this.adaptation);
    this.ip = new Ip6Stack<PacketInfo>({ entropy, send: (packet) => this.traffic.send(packet, this.#now) });
    this.traffic = new Traffic({
      link: this.link,
      entropy,
      adaptation: this.adaptation,
      sender: this.#sender,
      ip: this.ip,
      place: () => this.#place(),
      meshLocal: () => this.#addressing.network.meshLocalPrefix,
      admits: ({ neighbour }) => isHeard(this.#role, neighbour),
      onParentSent: (outcome, now) => this.#parentSent(outcome, now),
    });
    this.mle = new MlePort({
      core,
      keys,
      neighbours: this.#mleNeighbours,
      extended: () => this.link.extended,
      receive: (arrival, now) => this.#mleMessage(arrival, now),
    });
    this.#mleSender = new MleSender(this.mle, this.#sender);
    this.#host = this.#makeHost();
    this.#discovery = new NodeDiscovery(this.#host, entropy, (event) => this.#tell(event));
    const port = this.ip.openPort({ port: mlePort, hopLimit: mleHopLimit });
    port.onArrival((arrival) => this.mle.take(arrival, arrival.at));
    this.#addressing = new NodeAddressing(
      { core, identity, link: this.link, adaptation: this.adaptation, ip: this.ip, place: () => this.#place() },
      networkOf(dataset),
    );
    this.#search = new NetworkSearch(this.#host, this.#addressing, this.#datasets);
    this.#moves = new NetworkMoves({
      datasets: this.#datasets,
      addressing: this.#addressing,
      want: (output) => this.#outputs.push(output),
      tell: (event) => this.#tell(event),
      keys: () => this.#keys,
      setKeys: (other) => this.#setKeys(other),
      onMoved: (at) => {
        this.adaptation.reset();
        this.#child()?.advance({ kind: 'moved' }, at);
      },
    });
    this.#echo = new EchoClient(this.ip as Ip6Stack, entropy, (outcome) => this.#tell({ kind: 'echo', outcome }));
    this.#tmf = new TmfPort({
      port: this.ip.openPort({ port: tmfPort }),
      entropy,
      meshLocal: () => this.#addressing.network.meshLocalPrefix,
      locator: () => this.ip.addresses.unicast.find(({ kind }) => kind === 'rloc')?.address,
      handler: (request, at) => serveTmf(request, this.#services(), at),
    });
    this.link.setReceiveOn(false);
  }

  get role(): Role {
    return roleName(this.#role);
  }

  /** Undefined while it has no place in a network. */
  get rloc16(): number | undefined {
    const place = this.#place();
    return place.kind === 'none' ? undefined : place.rloc16;
  }

  /** The active dataset. */
  get dataset(): Dataset {
    return this.#datasets.active;
  }

  /** What becomes the active dataset when its delay is over. */
  get pendingDataset(): Dataset | undefined {
    return this.#datasets.pending;
  }

  get keys(): ThreadKeys {
    return this.#keys;
  }

  /** What its role is made of: the state of a child, or the children of a leader. For tests and people who look closely. */
  get machineState(): unknown {
    if (this.#role.kind === 'child') return this.#role.child.state;
    if (this.#role.kind === 'leader') return [...this.#role.leader.leader.children];
    return undefined;
  }

  /** The MLE counters of those who are known. */
  get mleState(): readonly string[] {
    return this.#mleNeighbours.list();
  }

  get networkData(): NetworkData {
    return this.#addressing.networkData;
  }

  /** Whether a dataset has a network key, and not the one in force. */
  hasOtherKey(dataset: Dataset): boolean {
    return this.#datasets.hasOtherKey(dataset);
  }

  /** The extended address of the parent. */
  get parent(): Uint8Array | undefined {
    const state = this.#child()?.state;
    return state?.kind === 'child' ? state.parent.extended : undefined;
  }

  get deadline(): Instant | undefined {
    const least = Math.min(
      this.#linkDeadline(),
      this.#keys.deadline ?? Infinity,
      this.adaptation.deadline ?? Infinity,
      this.#echo.deadline ?? Infinity,
      this.#mleSender.deadline,
      this.#tmf.deadline,
      this.#datasets.deadline,
      this.#discovery.deadline,
      this.#search.deadline,
      roleDeadline(this.#role),
    );
    return least === Infinity ? undefined : least;
  }

  /**
   * Asks which networks are on these channels; `discovered` tells each answer, `discovery-over` the end.
   * @throws SelvageError `wrong-state` for a node that takes part in a network.
   */
  discover(channels: readonly number[], now: Instant, joiner = false): void {
    this.#now = now;
    if (this.#role.kind !== 'disabled') throw new SelvageError('wrong-state', 'the node takes part in a network');
    this.#discovery.start(channels, joiner, now);
  }

  /** Looks for a parent; the one of before a restart first. @throws SelvageError `wrong-state` for a leader. */
  attach(now: Instant): void {
    this.#now = now;
    if (this.#role.kind === 'leader') throw new SelvageError('wrong-state', 'the node is a leader');
    if (this.#discovery.isUnderWay) throw new SelvageError('wrong-state', 'the node looks for networks');
    if (this.#role.kind === 'disabled') {
      this.#role = { kind: 'child', child: new ChildRole(this.#host, this.#options.child) };
    }
    this.#child()?.advance({ kind: 'attach', stored: storedParent(this.#stored) }, now);
    this.#tellRole();
  }

  /**
   * Forms a network of its dataset, or goes on leading the one of before a restart.
   * @throws SelvageError `wrong-state` where the node takes part already.
   */
  lead(now: Instant, mostChildren?: number): void {
    this.#now = now;
    if (this.#role.kind !== 'disabled') throw new SelvageError('wrong-state', 'the node takes part already');
    const stored = this.#stored?.role === 'leader' ? this.#stored : undefined;
    const leader = new LeaderRole({
      host: this.#host,
      entropy: this.#options.entropy,
      mostChildren,
      routerId: stored && stored.rloc16 >> 10,
      children: stored?.neighbours ?? [],
      now,
    });
    this.#role = { kind: 'leader', leader };
    for (const group of routerGroups) this.ip.addresses.join(group);
    this.link.setReceiveOn(true);
    this.link.setShort(leader.leader.rloc16);
    this.#addressing.update();
    this.#storeChildren();
    leader.leader.announce(now);
    this.#tellRole();
  }

  /** Takes part no longer. */
  detach(now: Instant): void {
    this.#now = now;
    this.#child()?.advance({ kind: 'detach' }, now);
    this.#role = { kind: 'disabled' };
    for (const group of routerGroups) this.ip.addresses.leave(group);
    this.link.reset(now);
    this.link.neighbours.clear();
    this.#mleNeighbours.clear();
    this.link.setShort(undefined);
    this.link.setReceiveOn(false);
    this.#addressing.update();
    this.#tellRole();
  }

  /** Sends an echo request of `size` bytes; its sequence number names it in the event `echo`. */
  ping(destination: Uint8Array, size: number, patience: number, now: Instant): number {
    this.#now = now;
    return this.#echo.ping(destination, size, patience, now);
  }

  /** Hears a group from now on; a parent is told. */
  join(group: Uint8Array, now: Instant): void {
    this.#now = now;
    this.ip.addresses.join(group);
    this.#child()?.advance({ kind: 'addresses-changed' }, now);
  }

  /** What time it is: said before a port of `ip` is used from outside of `handle` and `poll`. */
  setNow(now: Instant): void {
    this.#now = now;
  }

  /** What the node is, for people. */
  get status(): NodeStatus {
    return {
      role: this.role,
      rloc16: this.rloc16,
      extended: this.link.extended,
      network: this.#addressing.network,
      keySequence: this.#keys.current.sequence,
      parent: this.parent,
      children: this.#role.kind === 'leader' ? this.#role.leader.leader.children.valid.length : 0,
      addresses: this.ip.addresses.unicast,
      groups: this.ip.addresses.groups,
    };
  }

  handle(input: NodeInput, now: Instant): void {
    this.#now = now;
    switch (input.kind) {
      case 'radio':
        return this.link.handle(input.event, now);
      case 'keys':
        return this.#keys.handle(input.input, now);
      case 'network':
        return this.#moves.move(input.dataset, input.keys, now);
    }
  }

  poll(now: Instant): NodeOutput | undefined {
    this.#now = now;
    this.#polledAt = now;
    this.#tick(now);
    this.#drainKeys(now);
    for (let output = this.link.poll(now); output !== undefined; output = this.link.poll(now)) {
      this.#outputs.push({ kind: 'radio', output });
    }
    // What was sent took counters.
    this.#drainKeys(now);
    return this.#outputs.shift();
  }

  #drainKeys(now: Instant): void {
    for (let output = this.#keys.poll(now); output !== undefined; output = this.#keys.poll(now)) {
      if (output.kind === 'event') this.#keyEvent(output.event, now);
      else this.#outputs.push({ kind: 'keys', output });
    }
  }

  /** A poll that is due while the radio is busy stays due, and only the radio ends that: it is not asked for at once again. */
  #linkDeadline(): Instant {
    const { deadline = Infinity } = this.link;
    return deadline > this.#polledAt ? deadline : this.#polledAt + leastPause;
  }

  #tick(now: Instant): void {
    this.#discovery.tick(this.#addressing.network, now);
    this.#search.tick(now);
    this.adaptation.expire(now);
    this.#echo.expire(now);
    this.#mleSender.tick(now);
    this.#tmf.tick(now);
    this.#moves.tick(now);
    if (now < roleDeadline(this.#role)) return;
    // A search that begins anew begins on its channel.
    if (this.#role.kind === 'child') this.#search.stop();
    tickRole(this.#role, now);
    this.#tellRole();
  }

  #linkUser(): ConstructorParameters<typeof Link>[0]['user'] {
    return {
      onFrame: (frame, now) => this.#frame(frame, now),
      onSent: (id, outcome, now) => this.#sender.sent(id, outcome, now),
      onEvent: (event, now) => this.#linkEvent(event, now),
    };
  }

  #frame(frame: LinkIndication, now: Instant): void {
    const { neighbour } = frame;
    if (neighbour !== undefined) {
      this.#child()?.advance({ kind: 'heard', from: neighbour.extended }, now);
      if (this.#role.kind === 'leader') this.#role.leader.leader.heard(neighbour.extended, now);
    }
    this.traffic.receive(frame, now);
  }

  #linkEvent(event: LinkEvent, now: Instant): void {
    this.#child()?.onLinkEvent(event, now);
    if (this.#role.kind === 'leader') this.#role.leader.onLinkEvent(event, now);
    if (event.kind === 'radio-failed') this.#tell({ kind: 'failed', reason: event.reason });
    this.#tellRole();
  }

  /** What its key sequence means for ours comes first: only an answer to our challenge moves us by more than one. */
  #mleMessage(arrival: MleArrival, now: Instant): void {
    const { keySequence } = arrival;
    if (arrival.command === 'announce') {
      const isElsewhere = this.#search.announced(arrival, this.#place().kind !== 'none', now);
      if (isElsewhere) this.#child()?.advance({ kind: 'lost', reason: 'moved' }, now);
      return;
    }
    if (keySequence === undefined) return this.#discovery.receive(arrival, this.#role.kind === 'leader', now);
    const isAuthoritative = this.#child()?.isAuthoritative(arrival) === true;
    if (isAuthoritative || this.#mleNeighbours.has(arrival.extended)) {
      const lead = this.#keys.observe(keySequence, isAuthoritative, now);
      if (lead === 'ahead') this.#child()?.advance({ kind: 'doubt' }, now);
    }
    if (this.#role.kind === 'child') this.#role.child.receive(arrival, now);
    if (this.#role.kind === 'leader') this.#role.leader.receive(arrival, now);
    this.#tellRole();
  }

  #parentSent(outcome: SendOutcome, now: Instant): void {
    const { parent } = this;
    if (parent === undefined || (outcome !== 'sent' && outcome !== 'no-acknowledgement')) return;
    this.#child()?.advance({ kind: 'sent', to: parent, acknowledged: outcome === 'sent' }, now);
    this.#tellRole();
  }

  #keyEvent(event: KeyEvent, now: Instant): void {
    switch (event.kind) {
      case 'switched':
        return this.#tell({ kind: 'key-sequence', sequence: event.sequence, cause: event.cause });
      case 'derived':
        return this.mle.derived(event.sequence, now);
      case 'failed':
        return this.#tell({ kind: 'failed', reason: event.error.message });
      case 'exhausted':
        return this.#tell({ kind: 'failed', reason: 'the network key has no further key sequence' });
    }
  }

  #child(): ChildRole | undefined {
    return this.#role.kind === 'child' ? this.#role.child : undefined;
  }

  #place(): Place {
    return placeOf(this.#role);
  }

  /** What the roles of MLE call. */
  #makeHost(): ChildHost & LeaderRoleHost {
    const keys = (): ThreadKeys => this.#keys;
    const datasets = this.#datasets;
    return {
      link: this.link,
      entropy: this.#options.entropy,
      mleNeighbours: this.#mleNeighbours,
      contexts: this.adaptation.contexts,
      get nextMacCounter() {
        return keys().nextMacCounter;
      },
      get nextMleCounter() {
        return keys().nextMleCounter;
      },
      get keySequence() {
        return keys().current.sequence;
      },
      get timestamps() {
        return datasets.timestamps;
      },
      send: (command, tlvs, to, now, done) => this.#mleSender.send({ command, tlvs, to, done }, now),
      registration: (whole) => registration(registeredOf(this.ip.addresses, whole), this.adaptation.contexts),
      attached: (parent) => {
        this.#addressing.update();
        this.#store(childRecord(parent, keys().current.sequence));
      },
      detached: (reason) => {
        this.#addressing.update();
        this.#tell({ kind: 'detached', reason });
      },
      unheard: (failures, now) => {
        this.#tell({ kind: 'no-parent', failures });
        this.#search.unheard(failures, now);
      },
      leaderChanged: () => undefined,
      newDataset: (given, now) => this.#moves.take(given, now),
      newNetworkData: (data, _leader, now) => this.#newNetworkData(data, now),
      networkData: (whole) => (whole ? this.networkData : stablePart(this.networkData)),
      dataset: (kind) => datasets.forOthers(kind, this.#now),
      storeChildren: () => this.#storeChildren(),
      supervise: (child, now) => this.#sender.sendEmpty(pathToShort(child.rloc16), now),
      childChanged: ({ extended, rloc16 }, present) => this.#tell({ kind: 'child', extended, rloc16, present }),
    };
  }

  /** Network data of a leader's own making: its prefixes and services. @throws SelvageError `wrong-state` */
  setNetworkData(data: NetworkData, now: Instant): void {
    if (this.#role.kind !== 'leader') throw new SelvageError('wrong-state', 'the node is no leader');
    this.#newNetworkData(data, now);
    this.#role.leader.leader.changed(true, now);
  }

  #newNetworkData(data: NetworkData, now: Instant): void {
    const isOther = this.#addressing.setNetworkData(data);
    this.#tell({ kind: 'network-data' });
    if (isOther) this.#child()?.advance({ kind: 'addresses-changed' }, now);
  }

  /** What is told of the node to whoever manages the network. */
  #services(): ServiceFacts {
    const { identity } = this.#options;
    const place = this.#place();
    return {
      diagnostics: () =>
        diagnosticFacts({
          link: this.link,
          ip: this.ip,
          role: this.#role,
          rloc16: this.rloc16,
          networkData: this.networkData,
          settings: this.#options.child,
        }),
      interfaceId: identity.interfaceId,
      children: place.kind === 'leader' ? place.children : undefined,
      rloc16: this.rloc16 ?? broadcastShort,
      owns: (address) => {
        const own = this.ip.addresses.find(address);
        return own?.kind === 'mesh-local' || own?.kind === 'on-mesh';
      },
      post: (path, payload, to) => this.#tmf.request(path, payload, to, this.#now),
    };
  }

  /**
   * Has the network move to another dataset, when its delay is over: everybody is told. Of a leader alone.
   * @throws SelvageError `wrong-state`, `invalid-argument` for a dataset without a pending timestamp and a delay
   */
  setPending(dataset: Dataset, now: Instant): void {
    this.#now = now;
    if (this.#role.kind !== 'leader') throw new SelvageError('wrong-state', 'the node is no leader');
    this.#moves.setPending(dataset, now);
    this.#role.leader.leader.changed(true, now);
  }

  #setKeys(keys: ThreadKeys): void {
    this.#keys = keys;
    this.link.setKeys(keys);
    this.mle.setKeys(keys);
    this.#mleNeighbours.restart();
  }

  #storeChildren(): void {
    if (this.#role.kind === 'leader') this.#store(leaderRecord(this.#role.leader.leader, this.#keys.current.sequence));
  }

  #store(record: StoredNetwork): void {
    this.#stored = record;
    this.#outputs.push({ kind: 'store', record });
  }

  #tellRole(): void {
    const { role, rloc16 } = this;
    if (role === this.#toldRole && rloc16 === this.#toldRloc16) return;
    this.#toldRole = role;
    this.#toldRloc16 = rloc16;
    this.#tell({ kind: 'role', role, rloc16, at: this.#now });
  }

  #tell(event: NodeEvent): void {
    this.#outputs.push({ kind: 'event', event });
  }
}
