import { type Engine, type Instant, type Secret, SelvageError } from '@selvage/core';
import type { Dataset } from '../dataset/dataset.js';
import { policyLetters, usualPolicy } from '../dataset/security-policy.js';
import type { DiagnosticClient } from '../diag/diagnostic-client.js';
import { EchoClient } from '../ip6/stack/echo-client.js';
import { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import type { KeyEvent } from '../keys/key-engine.js';
import { isDerivedOf } from '../keys/sequence-keys.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import { Adaptation } from '../lowpan/adaptation.js';
import { Link } from '../mac/link.js';
import type { LinkEvent, LinkIndication, LinkUser } from '../mac/link-user.js';
import { commissioningData } from '../meshcop/commissioning-data.js';
import { mleHopLimit, mlePort } from '../mle/mle-datagram.js';
import type { MeshRoutes } from '../mesh/mesh-routes.js';
import type { MleArrival } from '../mle/mle-host.js';
import { MleNeighbours } from '../mle/mle-neighbours.js';
import type { NetworkData } from '../netdata/network-data.js';
import { TmfPort, tmfPort, type TmfRequest } from '../tmf/tmf-port.js';
import { AddressService } from './address-service.js';
import { Datasets } from './datasets.js';
import { DiagnosticService } from './diagnostic-service.js';
import { MlePort } from './mle-port.js';
import { MleSender } from './mle-sender.js';
import { networkOf } from './network.js';
import { NetworkDataService } from './network-data-service.js';
import { NetworkMoves } from './network-moves.js';
import { NetworkSearch } from './network-search.js';
import { NodeAddressing } from './node-addressing.js';
import { NodeCommissioning } from './commissioning/node-commissioning.js';
import { type DiscoveryFacts, NodeDiscovery } from './node-discovery.js';
import type { NodeEvent, Role } from './node-event.js';
import type { NodeInput, NodeOptions, NodeOutput } from './node-io.js';
import { isHeard, isTaken } from './node-role.js';
import { NodeRoles } from './node-roles.js';
import { type ServiceFacts, serveTmf } from './node-services.js';
import { type NodeStatus, nodeStatus } from './node-status.js';
import type { PacketInfo } from './packet-info.js';
import { PacketSender } from './packet-sender.js';
import type { RoleParts } from './role-parts.js';
import { serviceFacts } from './service-facts.js';
import { storedParent, type StoredNetwork } from './stored-network.js';
import { Traffic } from './traffic.js';

/** A Thread node as its parts make it: radio → link → 6LoWPAN → IPv6 → UDP, with MLE beside. It reads no clock. */
export class ThreadNode implements Engine<NodeInput, NodeOutput> {
  readonly link: Link;
  readonly ip: Ip6Stack<PacketInfo>;
  readonly adaptation: Adaptation;
  readonly traffic: Traffic;
  readonly mle: MlePort;
  readonly #options: NodeOptions;
  readonly #parts: RoleParts;
  readonly #roles: NodeRoles;
  readonly #sender: PacketSender;
  readonly #mleSender: MleSender;
  readonly #mleNeighbours = new MleNeighbours();
  readonly #echo: EchoClient;
  readonly #discovery: NodeDiscovery;
  readonly #search: NetworkSearch;
  readonly #moves: NetworkMoves;
  readonly #tmf: TmfPort<PacketInfo>;
  readonly #diagnostics: DiagnosticService;
  readonly #facts: ServiceFacts;
  readonly #addresses: AddressService;
  readonly #networkData: NetworkDataService;
  /** All that it has to do with commissioning. */
  readonly commissioning: NodeCommissioning;
  readonly #outputs: NodeOutput[] = [];
  #keys: ThreadKeys;
  readonly #datasets: Datasets;
  readonly #addressing: NodeAddressing;
  #stored: StoredNetwork | undefined;
  #now: Instant = -Infinity;

  constructor(options: NodeOptions) {
    const { core, entropy, radio, identity, keys, dataset, now } = options;
    this.#options = options;
    this.#keys = keys;
    const isKeyInForce = (key: Secret): boolean => isDerivedOf(core, key, this.#keys.current);
    this.#datasets = new Datasets(dataset, options.pending, isKeyInForce, now);
    this.#stored = options.stored;
    this.link = new Link({ core, entropy, keys, radio, extended: identity.extended, user: this.#linkUser() });
    this.adaptation = new Adaptation({ entropy, isOurs: (short) => isTaken(this.#roles.place, short) });
    this.#sender = new PacketSender(this.link, this.adaptation);
    this.ip = new Ip6Stack<PacketInfo>({ entropy, send: (packet) => this.traffic.send(packet, this.#now) });
    this.traffic = new Traffic({
      link: this.link,
      entropy,
      adaptation: this.adaptation,
      sender: this.#sender,
      ip: this.ip,
      place: () => this.#roles.place,
      meshLocal: () => this.#addressing.network.meshLocalPrefix,
      admits: ({ neighbour }) => isHeard(this.#roles.role, neighbour),
      networkData: () => this.#addressing.networkData,
      isJoining: (packet, info, now) => this.commissioning.receive(packet, info, now),
      onSent: (short, outcome, now) => this.#roles.hopSent(short, outcome, now),
      ask: (order) => this.#addresses.ask(order),
    });
    this.mle = new MlePort({
      core,
      keys,
      neighbours: this.#mleNeighbours,
      extended: () => this.link.extended,
      receive: (arrival, now) => this.#mleMessage(arrival, now),
    });
    this.#mleSender = new MleSender(this.mle, this.#sender);
    this.#parts = this.#roleParts();
    this.#roles = new NodeRoles(this.#parts);
    this.#discovery = new NodeDiscovery(this.#roles.host, entropy, (event) => this.#tell(event));
    const port = this.ip.openPort({ port: mlePort, hopLimit: mleHopLimit });
    port.onArrival((arrival) => this.mle.take(arrival, arrival.at));
    this.#addressing = new NodeAddressing(
      { core, identity, link: this.link, adaptation: this.adaptation, ip: this.ip, place: () => this.#roles.place },
      networkOf(dataset),
    );
    this.#search = new NetworkSearch(this.#roles.host, this.#addressing, this.#datasets);
    this.#moves = new NetworkMoves({
      datasets: this.#datasets,
      addressing: this.#addressing,
      keepsKeys: () => options.child.full || this.role !== 'child',
      want: (output) => this.#outputs.push(output),
      tell: (event) => this.#tell(event),
      keys: () => this.#keys,
      setKeys: (other) => this.#setKeys(other),
      onMoving: () => this.#search.stop(),
      onMoved: (at) => {
        this.adaptation.reset();
        this.#roles.advanceChild({ kind: 'moved' }, at);
      },
    });
    this.#echo = new EchoClient(this.ip as Ip6Stack, entropy, (outcome) => this.#tell({ kind: 'echo', outcome }));
    this.#facts = serviceFacts(
      this.#roles,
      this.#parts,
      (path, payload, to) => this.#tmf.request(path, payload, to, this.#now),
      (address) => this.traffic.beyond?.answersFor(address) === true,
    );
    this.#diagnostics = new DiagnosticService({
      entropy,
      tmf: () => this.#tmf,
      facts: () => this.#facts.diagnostics(),
      tell: (event) => this.#tell(event),
      now,
    });
    this.#tmf = new TmfPort({
      port: this.ip.openPort({ port: tmfPort }),
      entropy,
      meshLocal: () => this.#addressing.network.meshLocalPrefix,
      locator: () => this.#locator,
      handler: (request, at) =>
        this.#diagnosed(request, at) ??
        this.#addresses.serve(request, at) ??
        this.#networkData.serve(request, at) ??
        this.commissioning.serve(request, at) ??
        serveTmf(request, this.#facts, at),
    });
    this.#addresses = new AddressService({
      tmf: () => this.#tmf,
      traffic: () => this.traffic,
      place: () => this.#roles.place,
      meshLocal: () => this.#addressing.network.meshLocalPrefix,
      interfaceId: identity.interfaceId,
      owns: (address) => this.#facts.owns(address),
      giveUp: (address) => this.#addressing.giveUp(address),
    });
    this.#networkData = new NetworkDataService({
      entropy,
      tmf: () => this.#tmf,
      place: () => this.#roles.place,
      meshLocal: () => this.#addressing.network.meshLocalPrefix,
      networkData: () => this.#addressing.networkData,
      partitionId: () => this.#roles.leaderData?.partitionId,
      publish: (data, stable, at) => this.#roles.publishNetworkData(data, stable, at),
      begin: (data, at) => this.#roles.newNetworkData(data, at),
      onPartition: () => this.traffic.restart(),
    });
    this.commissioning = this.#makeCommissioning();
    this.link.setReceiveOn(false);
  }

  get role(): Role {
    return this.#roles.name;
  }

  /** Undefined while it has no place in a network. */
  get rloc16(): number | undefined {
    return this.#roles.rloc16;
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
    return this.#roles.machineState;
  }

  /** The MLE counters of those who are known. */
  get mleState(): readonly string[] {
    return this.#mleNeighbours.list();
  }

  /** Asks nodes what they know: `get`, `query`, `reset`; `diagnostic` events tell what comes of it. */
  get diagnostics(): DiagnosticClient {
    return this.#diagnostics.client;
  }

  get networkData(): NetworkData {
    return this.#addressing.networkData;
  }

  /** Which way frames go, as a full device knows it. */
  get routes(): MeshRoutes | undefined {
    const { place } = this.#roles;
    return place.kind === 'none' ? undefined : place.routes;
  }

  /** The extended address of the parent. */
  get parent(): Uint8Array | undefined {
    return this.#roles.parent;
  }

  get deadline(): Instant | undefined {
    const least = Math.min(
      this.link.deadline ?? Infinity,
      this.#keys.deadline ?? Infinity,
      this.adaptation.deadline ?? Infinity,
      this.#echo.deadline ?? Infinity,
      this.#mleSender.deadline,
      this.#tmf.deadline,
      this.#diagnostics.deadline,
      this.#networkData.deadline,
      this.commissioning.deadline,
      this.traffic.deadline,
      this.#datasets.deadline,
      this.#discovery.deadline,
      this.#search.deadline,
      this.#roles.deadline,
    );
    return least === Infinity ? undefined : least;
  }

  /**
   * Asks which networks are on these channels; `discovered` tells each answer, `discovery-over` the end.
   * @throws SelvageError `wrong-state` for a node that takes part in a network.
   */
  discover(channels: readonly number[], now: Instant, joiner = false): void {
    this.#now = now;
    if (this.role !== 'disabled') throw new SelvageError('wrong-state', 'the node takes part in a network');
    this.#discovery.start(channels, joiner, now);
  }

  /** Looks for a parent; the one of before a restart first. @throws SelvageError `wrong-state` for a leader. */
  attach(now: Instant): void {
    this.#now = now;
    if (this.#discovery.isUnderWay) throw new SelvageError('wrong-state', 'the node looks for networks');
    this.#roles.attach(now);
  }

  /**
   * Forms a network of its dataset, or goes on leading the one of before a restart.
   * @throws SelvageError `wrong-state` where the node takes part already.
   */
  lead(now: Instant): void {
    this.#now = now;
    this.#roles.lead(now);
  }

  /** Has a child leave its parent, and look for one as if it had none: whom it then attaches to must believe its keys. */
  reattach(now: Instant): void {
    this.#now = now;
    this.#roles.advanceChild({ kind: 'lost', reason: 'command' }, now);
  }

  /** Takes part no longer. */
  detach(now: Instant): void {
    this.#now = now;
    this.#roles.detach(now);
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
    this.#roles.advanceChild({ kind: 'addresses-changed' }, now);
  }

  /** What time it is: said before a port of `ip` is used from outside of `handle` and `poll`. */
  setNow(now: Instant): void {
    this.#now = now;
  }

  /** What the node is, for people. */
  get status(): NodeStatus {
    return nodeStatus(this.#roles, this.#parts);
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

  #tick(now: Instant): void {
    this.#discovery.tick(this.#addressing.network, this.#discoveryFacts, now);
    this.#search.tick(now);
    this.adaptation.expire(now);
    this.#echo.expire(now);
    this.#mleSender.tick(now);
    this.#tmf.tick(now);
    this.#diagnostics.tick(now);
    this.#moves.tick(now);
    this.#roles.tick(now);
    this.traffic.tick(now);
    this.#networkData.tick(now);
    this.commissioning.tick(now);
  }

  /** Answers to a query may be for us, or for a commissioner of ours that asked. */
  #diagnosed(request: TmfRequest, now: Instant): Uint8Array | undefined {
    if (request.path === 'd/da') this.commissioning.serve(request, now);
    return this.#diagnostics.serve(request, now);
  }

  #linkUser(): LinkUser {
    return {
      onFrame: (frame, now) => this.#frame(frame, now),
      onSent: (id, outcome, now) => this.#sender.sent(id, outcome, now),
      onEvent: (event, now) => this.#linkEvent(event, now),
    };
  }

  #frame(frame: LinkIndication, now: Instant): void {
    this.#roles.heard(frame, now);
    this.traffic.receive(frame, now);
  }

  #linkEvent(event: LinkEvent, now: Instant): void {
    if (event.kind === 'radio-failed') this.#tell({ kind: 'failed', reason: event.reason });
    this.#roles.onLinkEvent(event, now);
  }

  #mleMessage(arrival: MleArrival, now: Instant): void {
    const { command, keySequence } = arrival;
    if (command === 'announce') return this.#roles.announced(arrival, now);
    if (keySequence === undefined) return this.#discovery.receive(arrival, this.#roles.place.kind === 'router', now);
    this.link.proven(now);
    this.#roles.receive(arrival, keySequence, now);
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

  /** What the roles work with. */
  #roleParts(): RoleParts {
    return {
      options: this.#options,
      link: this.link,
      ip: this.ip,
      adaptation: this.adaptation,
      sender: this.#sender,
      mleSender: this.#mleSender,
      mleNeighbours: this.#mleNeighbours,
      datasets: this.#datasets,
      addressing: () => this.#addressing,
      search: () => this.#search,
      moves: () => this.#moves,
      keys: () => this.#keys,
      stored: () => this.#stored,
      storedParent: () => storedParent(this.#stored),
      tmf: () => this.#tmf,
      onRouterReleased: (routerId, at) => {
        this.traffic.resolver.forgetRouter(routerId);
        this.#networkData.routerGone(routerId, at);
      },
      onChildGone: (rloc16, at) => {
        this.traffic.childFailures.forget(rloc16);
        this.#networkData.childGone(rloc16, at);
      },
      onPartitionChanged: (at) => this.#networkData.tick(at),
      onNetworkDataRestored: (data, at) => this.#networkData.adopt(data, at),
      now: () => this.#now,
      tell: (event) => this.#tell(event),
      store: (record) => this.#store(record),
    };
  }

  #makeCommissioning(): NodeCommissioning {
    const { core, entropy } = this.#options;
    return new NodeCommissioning({
      core,
      entropy,
      link: this.link,
      sender: this.#sender,
      tmf: () => this.#tmf,
      place: () => this.#roles.place,
      meshLocal: () => this.#addressing.network.meshLocalPrefix,
      networkData: () => this.#addressing.networkData,
      partitionId: () => this.#roles.leaderData?.partitionId,
      dataset: () => this.#datasets.active,
      pending: () => this.#datasets.pending,
      hasOtherKey: (dataset) => this.#datasets.hasOtherKey(dataset),
      delays: this.#options.router,
      keySequence: () => this.#keys.current.sequence,
      sendMle: (command, tlvs, to, at, done) => this.#mleSender.send({ command, tlvs, to, done }, at),
      discover: (channels, at) => this.discover(channels, at, true),
      stopDiscovery: () => this.#discovery.stop(),
      tell: (event) => this.#tell(event),
      isIn: (group) => this.ip.addresses.has(group),
      answerAs: (locator) => this.#addressing.setCommissioner(locator),
      publish: (commissioning, at) => this.#networkData.setCommissioning(commissioning, at),
      setActive: (dataset, at) => this.#roles.setActive(dataset, at),
      setPending: (dataset, at) => this.#roles.setPending(dataset, at),
    });
  }

  get #locator(): Uint8Array | undefined {
    return this.ip.addresses.unicast.find(({ kind }) => kind === 'rloc')?.address;
  }

  /** What a router of the network says to those who look for one. */
  readonly #discoveryFacts = (): DiscoveryFacts => {
    const { steeringData, joinerUdpPort } = commissioningData(this.#addressing.networkData);
    const policy = this.#datasets.active.get('securityPolicy') ?? usualPolicy;
    return { nativeCommissioner: policyLetters(policy).includes('n'), steeringData, joinerUdpPort };
  };

  /** Network data of a leader's own making: its prefixes and services. @throws SelvageError `wrong-state` */
  setNetworkData(data: NetworkData, now: Instant): void {
    if (this.role !== 'leader') throw new SelvageError('wrong-state', 'the node is no leader');
    this.#networkData.replace(data, now);
  }

  /** What this node registers with the leader: prefixes, routes and services of its own, all of them each time. */
  setOwnNetworkData(data: NetworkData, now: Instant): void {
    this.#now = now;
    this.#networkData.setOwn(data, now);
  }

  /**
   * Has the network move to another dataset, when its delay is over: everybody is told. Of a leader alone.
   * @throws SelvageError `wrong-state`, `invalid-argument` for a dataset without a pending timestamp and a delay
   */
  setPending(dataset: Dataset, now: Instant): void {
    this.#now = now;
    this.#roles.setPending(dataset, now);
  }

  #setKeys(keys: ThreadKeys): void {
    this.#keys = keys;
    this.link.setKeys(keys);
    this.mle.setKeys(keys);
    this.#mleNeighbours.restart();
  }

  #store(record: StoredNetwork): void {
    this.#stored = record;
    this.#outputs.push({ kind: 'store', record });
  }

  #tell(event: NodeEvent): void {
    this.#diagnostics.heard(event, this.parent, this.#now);
    this.commissioning.heard(event, this.#now);
    this.#outputs.push({ kind: 'event', event });
  }
}
