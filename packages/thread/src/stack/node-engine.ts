import { type Engine, type Instant, type Secret, SelvageError } from '@selvage/core';
import { policyLetters, usualPolicy } from '../dataset/security-policy.js';
import { EchoClient } from '../ip6/stack/echo-client.js';
import type { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import type { KeyEvent } from '../keys/key-engine.js';
import { isDerivedOf } from '../keys/sequence-keys.js';
import type { ThreadKeys } from '../keys/thread-keys.js';
import type { LinkEvent } from '../mac/link-user.js';
import { commissioningData } from '../meshcop/commissioning-data.js';
import type { MleArrival } from '../mle/mle-host.js';
import { Datasets } from './datasets.js';
import { networkOf } from './network.js';
import { NetworkMoves } from './network-moves.js';
import { NetworkSearch } from './network-search.js';
import { NodeAddressing } from './node-addressing.js';
import { type DiscoveryFacts, NodeDiscovery } from './node-discovery.js';
import type { NodeEvent } from './node-event.js';
import type { NodeInput, NodeOptions, NodeOutput } from './node-io.js';
import { NodeManagement } from './node-management.js';
import { isHeard } from './node-role.js';
import { NodeRoles } from './node-roles.js';
import { NodeTransport } from './node-transport.js';
import type { RoleParts } from './role-parts.js';
import { storedParent, type StoredNetwork } from './stored-network.js';

/**
 * The parts of a node, made and tied to each other, as time drives them: how packets travel, what the node is in which
 * network, and what is managed over that.
 */
export class NodeEngine implements Engine<NodeInput, NodeOutput> {
  readonly transport: NodeTransport;
  /** What the roles work with. */
  readonly parts: RoleParts;
  readonly roles: NodeRoles;
  readonly management: NodeManagement;
  readonly echo: EchoClient;
  readonly discovery: NodeDiscovery;
  readonly datasets: Datasets;
  readonly addressing: NodeAddressing;
  /** What time it is. */
  now: Instant = -Infinity;
  readonly #options: NodeOptions;
  readonly #search: NetworkSearch;
  readonly #moves: NetworkMoves;
  readonly #outputs: NodeOutput[] = [];
  #keys: ThreadKeys;
  #stored: StoredNetwork | undefined;

  constructor(options: NodeOptions) {
    const { core, entropy, identity, keys, dataset } = options;
    this.#options = options;
    this.#keys = keys;
    const isKeyInForce = (key: Secret): boolean => isDerivedOf(core, key, this.#keys.current);
    this.datasets = new Datasets(dataset, options.pending, isKeyInForce, options.now);
    this.#stored = options.stored;
    this.transport = this.#makeTransport();
    this.parts = this.#roleParts();
    this.roles = new NodeRoles(this.parts);
    this.discovery = new NodeDiscovery(this.roles.host, entropy, (event) => this.#tell(event));
    const { link, adaptation, ip } = this.transport;
    this.addressing = new NodeAddressing(
      { core, identity, link, adaptation, ip, place: () => this.roles.place },
      networkOf(dataset),
    );
    this.#search = new NetworkSearch(this.roles.host, this.addressing, this.datasets);
    this.#moves = this.#makeMoves();
    this.echo = new EchoClient(ip as Ip6Stack, entropy, (outcome) => this.#tell({ kind: 'echo', outcome }));
    this.management = new NodeManagement(this.roles, this.parts, {
      traffic: this.transport.traffic,
      discover: (channels, at) => this.discover(channels, true, at),
      stopDiscovery: () => this.discovery.stop(),
    });
    link.setReceiveOn(false);
  }

  /** Of the network key in force. */
  get keys(): ThreadKeys {
    return this.#keys;
  }

  get deadline(): Instant | undefined {
    const { link, adaptation, mleSender, traffic } = this.transport;
    const { tmf, diagnostics, networkData, commissioning } = this.management;
    const least = Math.min(
      link.deadline ?? Infinity,
      this.#keys.deadline ?? Infinity,
      adaptation.deadline ?? Infinity,
      this.echo.deadline ?? Infinity,
      mleSender.deadline,
      tmf.deadline,
      diagnostics.deadline,
      networkData.deadline,
      commissioning.deadline,
      traffic.deadline,
      this.datasets.deadline,
      this.discovery.deadline,
      this.#search.deadline,
      this.roles.deadline,
    );
    return least === Infinity ? undefined : least;
  }

  handle(input: NodeInput, now: Instant): void {
    this.now = now;
    switch (input.kind) {
      case 'radio':
        return this.transport.link.handle(input.event, now);
      case 'keys':
        return this.#keys.handle(input.input, now);
      case 'network':
        return this.#moves.move(input.dataset, input.keys, now);
    }
  }

  poll(now: Instant): NodeOutput | undefined {
    this.now = now;
    this.#tick(now);
    this.#drainKeys(now);
    for (let output = this.transport.link.poll(now); output !== undefined; output = this.transport.link.poll(now)) {
      this.#outputs.push({ kind: 'radio', output });
    }
    // What was sent took counters.
    this.#drainKeys(now);
    return this.#outputs.shift();
  }

  /**
   * Asks which networks are on these channels.
   * @throws SelvageError `wrong-state` for a node that takes part in a network.
   */
  discover(channels: readonly number[], joiner: boolean, now: Instant): void {
    this.now = now;
    if (this.roles.name !== 'disabled') throw new SelvageError('wrong-state', 'the node takes part in a network');
    this.discovery.start(channels, joiner, now);
  }

  #drainKeys(now: Instant): void {
    for (let output = this.#keys.poll(now); output !== undefined; output = this.#keys.poll(now)) {
      if (output.kind === 'event') this.#keyEvent(output.event, now);
      else this.#outputs.push({ kind: 'keys', output });
    }
  }

  #tick(now: Instant): void {
    const { adaptation, mleSender, traffic } = this.transport;
    const { tmf, diagnostics, networkData, commissioning } = this.management;
    this.discovery.tick(this.addressing.network, this.#discoveryFacts, now);
    this.#search.tick(now);
    adaptation.expire(now);
    this.echo.expire(now);
    mleSender.tick(now);
    tmf.tick(now);
    diagnostics.tick(now);
    this.#moves.tick(now);
    this.roles.tick(now);
    traffic.tick(now);
    networkData.tick(now);
    commissioning.tick(now);
  }

  #makeTransport(): NodeTransport {
    return new NodeTransport(this.#options, {
      now: () => this.now,
      place: () => this.roles.place,
      meshLocal: () => this.addressing.network.meshLocalPrefix,
      networkData: () => this.addressing.networkData,
      admits: ({ neighbour }) => isHeard(this.roles.role, neighbour),
      isJoining: (packet, info, now) => this.management.commissioning.receive(packet, info, now),
      onSent: (short, outcome, now) => this.roles.hopSent(short, outcome, now),
      onChildElsewhere: (child, now) => this.roles.childElsewhere(child, now),
      ask: (order) => this.management.addresses.ask(order),
      onFrame: (frame, now) => this.roles.heard(frame, now),
      onLinkEvent: (event, now) => this.#linkEvent(event, now),
      onMle: (arrival, now) => this.#mleMessage(arrival, now),
    });
  }

  #makeMoves(): NetworkMoves {
    return new NetworkMoves({
      datasets: this.datasets,
      addressing: this.addressing,
      keepsKeys: () => this.#options.child.full || this.roles.name !== 'child',
      want: (output) => this.#outputs.push(output),
      tell: (event) => this.#tell(event),
      keys: () => this.#keys,
      setKeys: (other) => this.#setKeys(other),
      onMoving: () => this.#search.stop(),
      onMoved: (at) => {
        this.transport.adaptation.reset();
        this.roles.advanceChild({ kind: 'moved' }, at);
      },
    });
  }

  #linkEvent(event: LinkEvent, now: Instant): void {
    if (event.kind === 'radio-failed') this.#tell({ kind: 'failed', reason: event.reason });
    this.roles.onLinkEvent(event, now);
  }

  #mleMessage(arrival: MleArrival, now: Instant): void {
    const { command, keySequence } = arrival;
    if (command === 'announce') return this.roles.announced(arrival, now);
    if (keySequence === undefined) return this.discovery.receive(arrival, this.roles.place.kind === 'router', now);
    this.transport.link.proven(now);
    this.roles.receive(arrival, keySequence, now);
  }

  #keyEvent(event: KeyEvent, now: Instant): void {
    switch (event.kind) {
      case 'switched':
        return this.#tell({ kind: 'key-sequence', sequence: event.sequence, cause: event.cause });
      case 'derived':
        return this.transport.mle.derived(event.sequence, now);
      case 'failed':
        return this.#tell({ kind: 'failed', reason: event.error.message });
      case 'exhausted':
        return this.#tell({ kind: 'failed', reason: 'the network key has no further key sequence' });
    }
  }

  #roleParts(): RoleParts {
    const { link, ip, adaptation, sender, traffic, mleSender, mleNeighbours } = this.transport;
    return {
      options: this.#options,
      ...{ link, ip, adaptation, sender, mleSender, mleNeighbours },
      datasets: this.datasets,
      addressing: () => this.addressing,
      search: () => this.#search,
      moves: () => this.#moves,
      keys: () => this.#keys,
      stored: () => this.#stored,
      storedParent: () => storedParent(this.#stored),
      tmf: () => this.management.tmf,
      onRouterReleased: (routerId, at) => {
        traffic.resolver.forgetRouter(routerId);
        this.management.networkData.routerGone(routerId, at);
      },
      onChildGone: (rloc16, at) => {
        traffic.childFailures.forget(rloc16);
        this.management.networkData.childGone(rloc16, at);
      },
      onPartitionChanged: (at) => this.management.networkData.tick(at),
      onNetworkDataRestored: (data, at) => this.management.networkData.adopt(data, at),
      now: () => this.now,
      tell: (event) => this.#tell(event),
      store: (record) => this.#store(record),
    };
  }

  /** What a router of the network says to those who look for one. */
  readonly #discoveryFacts = (): DiscoveryFacts => {
    const { steeringData, joinerUdpPort } = commissioningData(this.addressing.networkData);
    const policy = this.datasets.active.get('securityPolicy') ?? usualPolicy;
    return { nativeCommissioner: policyLetters(policy).includes('n'), steeringData, joinerUdpPort };
  };

  #setKeys(keys: ThreadKeys): void {
    this.#keys = keys;
    this.transport.setKeys(keys);
  }

  #store(record: StoredNetwork): void {
    this.#stored = record;
    this.#outputs.push({ kind: 'store', record });
  }

  #tell(event: NodeEvent): void {
    this.management.heard(event, this.now);
    this.#outputs.push({ kind: 'event', event });
  }
}
