import type { Instant } from '@selvage/core';
import { SeededEntropy, VirtualClock } from '@selvage/core/virtual';
import { EchoClient, type EchoOutcome } from '../../src/ip6/stack/echo-client.js';
import { Ip6Stack } from '../../src/ip6/stack/ip6-stack.js';
import { realmLocalAllRouters } from '../../src/ip6/address/classes.js';
import { parsePrefix } from '../../src/ip6/address/prefix.js';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { anycastLocators, linkLocalAddress, locatorAddress } from '../../src/ip6/address/thread-address.js';
import { Adaptation } from '../../src/lowpan/adaptation.js';
import { broadcastShort, shortAddress } from '../../src/mac/address.js';
import type { LinkRequest } from '../../src/mac/link-request.js';
import type { LinkService } from '../../src/mac/link-service.js';
import { NeighbourTable } from '../../src/mac/neighbour-table.js';
import { infiniteCost, type MeshRoutes, routerIdOf, routerRloc16 } from '../../src/mesh/mesh-routes.js';
import type { Valid } from '../../src/mle/parent/child-entry.js';
import { ChildTable } from '../../src/mle/parent/child-table.js';
import type { NetworkData } from '../../src/netdata/network-data.js';
import { AddressService } from '../../src/stack/address-service.js';
import { isTaken } from '../../src/stack/node-role.js';
import type { PacketInfo } from '../../src/stack/packet-info.js';
import { PacketSender } from '../../src/stack/packet-sender.js';
import type { Place } from '../../src/stack/place.js';
import { Traffic } from '../../src/stack/traffic.js';
import { TmfPort, tmfPort } from '../../src/tmf/tmf-port.js';

export const meshLocal = parsePrefix('fd00:db8::/64');
const airTime = 4;

/** A frame that was on the air. */
export interface AirFrame {
  readonly from: number;
  readonly to: number;
  readonly payload: Uint8Array;
}

/** The address of a node's own choice. */
export function eidOf(rloc16: number): Uint8Array {
  return parseIp6(`fd00:db8::aa:${rloc16.toString(16)}`);
}

export function rlocOf(rloc16: number): Uint8Array {
  return locatorAddress(meshLocal, rloc16);
}

/** Routes that a test writes down: to each router id, the neighbour and the cost. */
export class StaticRoutes implements MeshRoutes {
  readonly routers = [];
  readonly hops = new Map<number, readonly [nextHop: number, cost: number]>();
  readonly loops: (readonly [number, number])[] = [];
  onLoop: (rloc16: number) => void = () => undefined;
  readonly rloc16: number;
  readonly leaderRouterId: number;
  readonly #isChild: (rloc16: number) => boolean;

  constructor(rloc16: number, leaderRouterId: number, isChild: (rloc16: number) => boolean) {
    this.rloc16 = rloc16;
    this.leaderRouterId = leaderRouterId;
    this.#isChild = isChild;
  }

  nextHop(rloc16: number): number | undefined {
    if (rloc16 === this.rloc16) return rloc16;
    if (routerIdOf(rloc16) === routerIdOf(this.rloc16)) return this.#isChild(rloc16) ? rloc16 : undefined;
    return this.hops.get(routerRloc16(routerIdOf(rloc16)))?.[0];
  }

  cost(rloc16: number): number {
    if (rloc16 === this.rloc16) return 0;
    if (this.#isChild(rloc16)) return 1;
    return this.hops.get(routerRloc16(routerIdOf(rloc16)))?.[1] ?? infiniteCost;
  }

  isAllocated(routerId: number): boolean {
    return routerRloc16(routerId) === this.rloc16 || this.hops.has(routerRloc16(routerId));
  }

  looped(rloc16: number, from: number): void {
    this.loops.push([rloc16, from]);
    this.onLoop(rloc16);
  }
}

/** A router, or a child of one, from its link upwards. */
export class TrafficNode {
  readonly ip: Ip6Stack<PacketInfo>;
  readonly traffic: Traffic;
  readonly adaptation: Adaptation;
  readonly sender: PacketSender;
  readonly tmf: TmfPort<PacketInfo>;
  readonly addresses: AddressService;
  readonly echoes: EchoOutcome[] = [];
  readonly echo: EchoClient;
  readonly children = new ChildTable(10);
  readonly routes: StaticRoutes;
  readonly neighbours = new NeighbourTable();
  readonly outcomes: (readonly [short: number, outcome: string])[] = [];
  readonly givenUp: Uint8Array[] = [];
  readonly rloc16: number;
  networkData: NetworkData = [];
  place: Place;
  #nextId = 1;

  constructor(world: TrafficWorld, rloc16: number, parent?: { readonly rloc16: number; readonly isFull: boolean }) {
    const { clock } = world;
    const entropy = new SeededEntropy(`${world.seed}/${rloc16}`);
    this.rloc16 = rloc16;
    this.routes = new StaticRoutes(rloc16, world.leaderId, (child) => this.children.byRloc16(child) !== undefined);
    this.place =
      parent === undefined
        ? {
            kind: 'router',
            rloc16,
            isLeader: routerIdOf(rloc16) === world.leaderId,
            children: this.children,
            routes: this.routes,
          }
        : { kind: 'child', rloc16, parent, routes: parent.isFull ? this.routes : undefined };
    this.adaptation = new Adaptation({ entropy, isOurs: (short) => isTaken(this.place, short) });
    this.adaptation.contexts.setMeshLocal(meshLocal);
    const link = this.#link(world);
    this.sender = new PacketSender(link, this.adaptation);
    this.ip = new Ip6Stack<PacketInfo>({ entropy, send: (packet) => this.traffic.send(packet, clock.now()) });
    this.traffic = new Traffic({
      link,
      entropy,
      adaptation: this.adaptation,
      sender: this.sender,
      ip: this.ip,
      place: () => this.place,
      meshLocal: () => meshLocal,
      networkData: () => this.networkData,
      admits: () => true,
      isJoining: () => false,
      onSent: (short, outcome) => void this.outcomes.push([short, outcome]),
      onChildElsewhere: () => undefined,
      ask: (order) => this.addresses.ask(order),
    });
    this.tmf = new TmfPort({
      port: this.ip.openPort({ port: tmfPort }),
      entropy,
      meshLocal: () => meshLocal,
      locator: () => rlocOf(rloc16),
      handler: (request, at) => this.addresses.serve(request, at),
    });
    this.addresses = new AddressService({
      tmf: () => this.tmf,
      traffic: () => this.traffic,
      place: () => this.place,
      meshLocal: () => meshLocal,
      interfaceId: eidOf(rloc16).subarray(8),
      owns: (address) => this.ip.addresses.find(address)?.kind === 'mesh-local',
      giveUp: (address) => void this.givenUp.push(address),
    });
    this.echo = new EchoClient(this.ip as Ip6Stack, entropy, (outcome) => this.echoes.push(outcome));
    this.ip.addresses.set([
      { kind: 'link-local', address: linkLocalAddress(link.extended) },
      { kind: 'mesh-local', address: eidOf(rloc16) },
      { kind: 'rloc', address: rlocOf(rloc16) },
      ...(parent === undefined && routerIdOf(rloc16) === world.leaderId
        ? [{ kind: 'aloc', address: locatorAddress(meshLocal, anycastLocators.leader) } as const]
        : []),
    ]);
    if (parent?.isFull !== false) this.ip.addresses.join(realmLocalAllRouters);
  }

  get deadline(): Instant {
    return Math.min(
      this.traffic.deadline,
      this.tmf.deadline,
      this.adaptation.deadline ?? Infinity,
      this.echo.deadline ?? Infinity,
    );
  }

  tick(now: Instant): void {
    this.traffic.tick(now);
    this.tmf.tick(now);
    this.adaptation.expire(now);
    this.echo.expire(now);
  }

  #link(world: TrafficWorld): LinkService {
    const extended = Uint8Array.of(2, 0, 0, 0, 0, 0, this.rloc16 >> 8, this.rloc16 & 0xff);
    const nothing = (): void => undefined;
    return {
      neighbours: this.neighbours,
      extended,
      short: this.rloc16,
      panId: 0xface,
      channel: 15,
      sensitivity: -100,
      send: (request) => {
        const id = this.#nextId++;
        world.carry(this, id, request);
        return id;
      },
      withdraw: nothing,
      withdrawIndirect: nothing,
      setPanId: nothing,
      setShort: nothing,
      setExtended: nothing,
      setChannel: nothing,
      setReceiveOn: nothing,
      stayAwake: nothing,
      setPolling: nothing,
      pollSoon: nothing,
      setGivenKey: nothing,
      proven: nothing,
      scan: nothing,
      setBeacons: nothing,
      reset: nothing,
    };
  }
}

/** Nodes whose frames go to those in range, each after 4 ms. There is no link layer: nothing is lost that is not cut. */
export class TrafficWorld {
  readonly clock = new VirtualClock();
  readonly seed: string;
  readonly leaderId: number;
  readonly nodes = new Map<number, TrafficNode>();
  readonly air: AirFrame[] = [];
  readonly #inRange = new Set<string>();
  /** Frames that this gives false for are lost. */
  passes: (frame: AirFrame) => boolean = () => true;

  constructor(seed: string, leaderId = 1) {
    this.seed = seed;
    this.leaderId = leaderId;
  }

  /** Routers in a line, each with routes to all others. */
  line<const R extends readonly number[]>(...rlocs: R): { readonly [K in keyof R]: TrafficNode } {
    const routers = rlocs.map((rloc16) => this.#add(new TrafficNode(this, rloc16)));
    for (const [i, router] of routers.entries()) {
      for (const [j, other] of rlocs.entries()) {
        if (i === j) continue;
        router.routes.hops.set(other, [rlocs[i < j ? i + 1 : i - 1]!, Math.abs(i - j)]);
      }
      if (i > 0) this.join(rlocs[i - 1]!, rlocs[i]!);
    }
    return routers as never;
  }

  /** A child of a router; a minimal one registers its address. */
  child(router: TrafficNode, kind: 'full' | 'minimal' | 'sleepy', id = 1): TrafficNode {
    const rloc16 = router.rloc16 | id;
    const isFull = kind === 'full';
    const isAsleep = kind === 'sleepy';
    const node = this.#add(new TrafficNode(this, rloc16, { rloc16: router.rloc16, isFull }));
    const entry: Valid = {
      kind: 'valid',
      extended: Uint8Array.of(2, 0, 0, 0, 0, 0, rloc16 >> 8, rloc16 & 0xff),
      rloc16,
      mode: {
        receiverOnWhenIdle: !isAsleep,
        secureDataRequests: true,
        fullThreadDevice: isFull,
        fullNetworkData: true,
        reserved: 0,
      },
      timeout: 240,
      version: 5,
      heardAt: 0,
      attachedAt: 0,
      supervision: 0,
      sentAt: 0,
      addresses: isFull ? [] : [eidOf(rloc16)],
    };
    router.children.set(entry);
    for (const { rloc16: other } of this.nodes.values()) {
      const nextHop = [router.rloc16, 1] as const;
      node.routes.hops.set(routerRloc16(routerIdOf(other)), nextHop);
    }
    // All that a child sends goes over its parent.
    node.routes.nextHop = () => router.rloc16;
    this.join(router.rloc16, rloc16, true);
    return node;
  }

  join(a: number, b: number, isChild = false): void {
    this.#inRange.add(`${a} ${b}`).add(`${b} ${a}`);
    const [first, second] = [this.nodes.get(a)!, this.nodes.get(b)!];
    first.neighbours.enter(Uint8Array.of(2, 0, 0, 0, 0, 0, b >> 8, b & 0xff), { short: b, isChild });
    second.neighbours.enter(Uint8Array.of(2, 0, 0, 0, 0, 0, a >> 8, a & 0xff), { short: a });
  }

  /** Lets nobody hear of each other any more. */
  cut(a: number, b: number): void {
    this.#inRange.delete(`${a} ${b}`);
    this.#inRange.delete(`${b} ${a}`);
  }

  carry(from: TrafficNode, id: number, { destination, payload }: LinkRequest): void {
    const to = destination.kind === 'short' ? destination.short : 0;
    const frame = { from: from.rloc16, to, payload: Uint8Array.from(payload) };
    this.air.push(frame);
    const heard = [...this.nodes.values()].filter(
      ({ rloc16 }) =>
        (to === broadcastShort || to === rloc16) && this.#inRange.has(`${from.rloc16} ${rloc16}`) && this.passes(frame),
    );
    this.#at(this.clock.now() + airTime, () => {
      const outcome = to === broadcastShort || heard.length > 0 ? 'sent' : 'no-acknowledgement';
      from.sender.sent(id, outcome, this.clock.now());
      for (const node of heard) this.#deliver(node, from.rloc16, to, payload);
    });
  }

  /** Hands a node a frame as if a neighbour had sent it. */
  forge(to: TrafficNode, from: number, payload: Uint8Array, destination = to.rloc16): void {
    this.#deliver(to, from, destination, payload);
  }

  pass(milliseconds: number): Promise<void> {
    return this.clock.pass(milliseconds);
  }

  /** Pings, and says how many hops were left of 64; `undefined` where it was lost. */
  async ping(from: TrafficNode, to: Uint8Array, size = 8): Promise<number | undefined> {
    from.echo.ping(to, size, 9000, this.clock.now());
    this.settle();
    await this.pass(10_000);
    const reply = from.echoes.splice(0).find(({ kind }) => kind === 'reply');
    return reply?.kind === 'reply' ? reply.hopLimit : undefined;
  }

  #deliver(node: TrafficNode, from: number, to: number, payload: Uint8Array): void {
    node.traffic.receive(
      {
        source: shortAddress(from),
        destination: shortAddress(to),
        destinationPan: 0xface,
        sourcePan: 0xface,
        payload: Uint8Array.from(payload),
        protection: { kind: 'network', keySequence: 0 },
        neighbour: node.neighbours.byShort(from),
        framePending: false,
        channel: 15,
        rssi: -40,
      },
      this.clock.now(),
    );
    this.settle();
  }

  #add(node: TrafficNode): TrafficNode {
    this.nodes.set(node.rloc16, node);
    return node;
  }

  #at(at: Instant, action: () => void): void {
    this.clock.wakeAt(at, () => {
      action();
      this.settle();
    });
  }

  readonly #woken = new Map<TrafficNode, Instant>();

  /** Has each node called when it wants to be. */
  settle(): void {
    for (const node of this.nodes.values()) {
      const { deadline } = node;
      if (deadline === Infinity || this.#woken.get(node) === deadline) continue;
      this.#woken.set(node, deadline);
      this.clock.wakeAt(deadline, () => {
        this.#woken.delete(node);
        node.tick(this.clock.now());
        this.settle();
      });
    }
  }
}
