import type { Instant } from '@selvage/core';
import { ChildFailures } from '../forward/child-failures.js';
import { nextStep, type RoutingFacts } from '../forward/next-step.js';
import { isMulticast } from '../ip6/address/classes.js';
import { hasPrefix } from '../ip6/address/prefix.js';
import { locatorAddress, locatorOf } from '../ip6/address/thread-address.js';
import { unreachableCodes } from '../ip6/header/icmp6.js';
import { ip6HeaderLength, ip6Offsets } from '../ip6/header/ip6-header.js';
import { firstHopsLeft, isMeshHeader } from '../lowpan/mesh-header.js';
import type { LinkIndication, SendOutcome } from '../mac/link-user.js';
import { infiniteCost, type MeshRoutes, routerIdOf } from '../mesh/mesh-routes.js';
import { isMinimal } from '../mle/parent/child-entry.js';
import { isOnMesh } from '../netdata/lookup.js';
import { AddressResolver } from '../resolve/address-resolver.js';
import { FrameRelay } from './frame-relay.js';
import { pathToLinkLocal, pathToShort, staysOnLink } from './link-paths.js';
import { MulticastTraffic } from './multicast-traffic.js';
import { isMle, ownInfo, type PacketInfo } from './packet-info.js';
import type { Place } from './place.js';
import type { Beyond, TrafficCounters, TrafficParts } from './traffic-parts.js';

type RoutingPlace = Exclude<Place, { kind: 'none' }>;

/** Packets of a node: out to the mesh, in from it, and on through it (Thread 1.3 §5.9). */
export class Traffic {
  readonly counters: TrafficCounters = { forwarded: 0, unprotected: 0, unroutable: 0, repeated: 0, unresolved: 0 };
  /** Set while the node is a border router. */
  beyond: Beyond | undefined;
  readonly resolver: AddressResolver;
  readonly multicast: MulticastTraffic;
  readonly childFailures = new ChildFailures();
  readonly #parts: TrafficParts;
  readonly #relay: FrameRelay;

  constructor(parts: TrafficParts) {
    this.#parts = parts;
    this.#relay = new FrameRelay({
      ...parts,
      counters: this.counters,
      sent: (short, outcome, now) => this.#sent(short, outcome, now),
      isGone: (short) => this.childFailures.isGone(short),
    });
    this.resolver = new AddressResolver(parts.entropy);
    this.multicast = new MulticastTraffic({
      entropy: parts.entropy,
      sender: parts.sender,
      addresses: parts.ip.addresses,
      meshLocal: parts.meshLocal,
      parentDone: (outcome, now) => this.#sentToParent(outcome, now),
    });
    parts.ip.onUnreachable = (destination) => this.resolver.forget(destination);
  }

  get deadline(): Instant {
    return Math.min(this.resolver.deadline ?? Infinity, this.multicast.deadline ?? Infinity);
  }

  /** Time passes. */
  tick(now: Instant): void {
    if (now < this.deadline) return;
    this.multicast.tick(this.#parts.place(), now);
    this.#drainResolver(now);
  }

  /** The node is in another partition, or nowhere: nothing that was learned of it counts. */
  restart(): void {
    this.resolver.clear();
    this.multicast.clear();
    this.childFailures.clear();
  }

  /** Somebody said where an address is, or it was learned otherwise: packets that waited go. */
  resolved(now: Instant): void {
    this.#drainResolver(now);
  }

  /** A packet of our own. */
  send(packet: Uint8Array, now: Instant): void {
    const place = this.#parts.place();
    const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
    const isOurs = !isMulticast(destination) && this.#parts.ip.addresses.has(destination);
    if (isOurs) return this.#parts.ip.receive(packet, now, ownInfo(this.#parts.link));
    // An answer may come: a sleepy node polls quickly for a while.
    this.#parts.link.pollSoon(now);
    if (isMulticast(destination)) {
      if (!this.multicast.send(packet, place, now)) this.counters.unroutable++;
      return;
    }
    if (this.#leaves(destination)) return this.beyond?.take(packet, now);
    this.#route(packet, destination, place, now);
  }

  /** A unicast packet from beyond the mesh, with one hop less already: to ourselves or on to whom it is for. */
  inject(packet: Uint8Array, now: Instant): void {
    const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
    const { ip, link } = this.#parts;
    if (ip.addresses.has(destination)) return ip.receive(packet, now, ownInfo(link));
    this.counters.forwarded++;
    this.#route(packet, destination, this.#parts.place(), now);
  }

  /** A frame from the link. */
  receive(frame: LinkIndication, now: Instant): void {
    const { source, destination, payload, protection, neighbour, sourcePan, channel, rssi } = frame;
    if (payload.length === 0) return;
    const isTrusted = protection.kind === 'network' && this.#parts.admits(frame);
    if (isMeshHeader(payload[0] as number) && this.#relay.take(frame, this.#parts.place(), isTrusted, now)) return;
    const link = { source, destination };
    const arrival = this.#parts.adaptation.receive(payload, link, protection.kind === 'network', now);
    if (arrival?.kind !== 'packet') return;
    const info: PacketInfo = { link: arrival.link, protection, neighbour, sourcePan, channel, rssi };
    const { packet } = arrival;
    if (!isTrusted && !isMle(packet)) {
      if (!this.#parts.isJoining(packet, info, now)) this.counters.unprotected++;
      return;
    }
    this.#arrived(packet, info, arrival.mesh?.source, now);
  }

  #arrived(packet: Uint8Array, info: PacketInfo, meshSource: number | undefined, now: Instant): void {
    const { ip } = this.#parts;
    const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
    const place = this.#parts.place();
    const isSecured = info.protection.kind === 'network';
    if (isMulticast(destination)) return this.#multicastArrived(packet, info, place, now);
    if (staysOnLink(destination)) return ip.receive(packet, now, info);
    if (ip.addresses.has(destination)) {
      this.#snoop(packet, info, place, now);
      return ip.receive(packet, now, info);
    }
    if (isSecured && this.#leaves(destination)) return this.beyond?.take(packet, now);
    const isFullChild = place.kind === 'child' && place.routes !== undefined;
    // Our child id was another device's: whoever knew its address here asks again.
    if (isFullChild && isSecured) return this.#notHere(packet, info, meshSource, now);
    if (place.kind !== 'router' || !isSecured) return ip.receive(packet, now, info);
    this.#forward(packet, destination, info, meshSource, place, now);
  }

  #multicastArrived(packet: Uint8Array, info: PacketInfo, place: Place, now: Instant): void {
    const isSecured = info.protection.kind === 'network';
    if (isSecured && !this.multicast.isNew(packet, now)) return void this.counters.repeated++;
    this.#parts.ip.receive(packet, now, info);
    if (place.kind !== 'router' || !isSecured) return;
    if (this.multicast.forward(packet, info, place, now)) this.counters.forwarded++;
  }

  /** A packet that is to go on at the level of IPv6: of a child, for a child, or out of the mesh. */
  #forward(
    packet: Uint8Array,
    destination: Uint8Array,
    info: PacketInfo,
    meshSource: number | undefined,
    place: Extract<Place, { kind: 'router' }>,
    now: Instant,
  ): void {
    const hops = (packet[ip6Offsets.hopLimit] as number) - 1;
    if (hops < 1) return void this.counters.unroutable++;
    const child = this.#childOf(destination, place);
    const isFromChild = info.neighbour?.isChild === true && meshSource === undefined;
    const isAnycast = locatorOf(destination)?.kind === 'aloc';
    if (child === undefined && !isFromChild && !isAnycast && this.#isOfMesh(destination)) {
      return this.#notHere(packet, info, meshSource, now);
    }
    // A full child sends to where an address is: it believes that this is here. Nobody else would ever tell it.
    const isMistaken = child === undefined && isFromChild && !isAnycast && this.#isOfMesh(destination);
    if (isMistaken && isFullChild(info, place)) this.#tellSender(packet, info, meshSource, now);
    if (child !== undefined) this.#snoop(packet, info, place, now);
    const copy = Uint8Array.from(packet);
    copy[ip6Offsets.hopLimit] = hops;
    this.counters.forwarded++;
    this.#route(copy, destination, place, now);
  }

  /** Whoever sent it believes that the address is here: it is not, and is not looked for once more. */
  #notHere(packet: Uint8Array, info: PacketInfo, meshSource: number | undefined, now: Instant): void {
    this.counters.unroutable++;
    this.#tellSender(packet, info, meshSource, now);
  }

  #tellSender(packet: Uint8Array, info: PacketInfo, meshSource: number | undefined, now: Instant): void {
    const source = meshSource ?? info.neighbour?.short;
    const to = source === undefined ? undefined : locatorAddress(this.#parts.meshLocal(), source);
    this.#parts.ip.sendUnreachable(packet, unreachableCodes.noRoute, now, to);
  }

  /** Sends a unicast packet to the next hop. */
  #route(packet: Uint8Array, destination: Uint8Array, place: Place, now: Instant): void {
    const { sender } = this.#parts;
    if (place.kind === 'none') return void this.counters.unroutable++;
    if (staysOnLink(destination)) {
      const done = place.kind === 'child' ? this.#toParent : undefined;
      return sender.send(packet, pathToLinkLocal(destination), now, done);
    }
    const { routes } = place;
    if (routes === undefined) return this.#toNode(packet, place.rloc16, place, now);
    const step = nextStep(packet, this.#facts(place, routes));
    switch (step.kind) {
      case 'node':
        return this.#toNode(packet, step.rloc16, place, now);
      case 'resolve':
        return this.#resolve(packet, destination, place, now);
      case 'beyond':
      case 'unreachable':
        return this.#refuse(packet, now);
    }
  }

  #resolve(packet: Uint8Array, destination: Uint8Array, place: RoutingPlace, now: Instant): void {
    const resolution = this.resolver.resolve(destination, packet, now);
    if (resolution === 'refused') {
      this.counters.unresolved++;
      return this.#tellBeyond(packet, now);
    }
    if (resolution !== 'waits') return this.#toNode(packet, resolution, place, now);
    this.#drainResolver(now);
  }

  #drainResolver(now: Instant): void {
    for (let next = this.resolver.poll(now); next !== undefined; next = this.resolver.poll(now)) {
      switch (next.kind) {
        case 'query':
        case 'conflict':
          this.#parts.ask(next);
          continue;
        case 'unresolved':
          this.counters.unresolved++;
          this.#tellBeyond(next.packet, now);
          continue;
        case 'send':
          this.#toNode(next.packet, next.rloc16, this.#parts.place(), now);
      }
    }
  }

  /** A host is told that nobody has an address; a node asks again by itself. */
  #tellBeyond(packet: Uint8Array, now: Instant): void {
    if (this.#isFromBeyond(packet)) this.beyond?.refuse(packet, unreachableCodes.address, now);
  }

  #isFromBeyond(packet: Uint8Array): boolean {
    return this.#leaves(packet.subarray(ip6Offsets.source, ip6Offsets.destination));
  }

  /** To the node of an RLOC16: with a mesh header where somebody else is between (RFC 4944 §11). */
  #toNode(packet: Uint8Array, rloc16: number, place: Place, now: Instant): void {
    if (place.kind === 'none') return void this.counters.unroutable++;
    // A minimal device has its parent do all of this.
    if (place.kind === 'child' && place.routes === undefined) {
      return this.#sendToShort(packet, place.parent.rloc16, now);
    }
    const nextHop = place.routes?.nextHop(rloc16);
    if (nextHop === undefined || nextHop === place.rloc16) {
      this.resolver.forgetNode(rloc16);
      return this.#refuse(packet, now);
    }
    const done = (outcome: SendOutcome, at: Instant): void => {
      // A router that is silent may be gone, and its children elsewhere: the next packet asks.
      const isSilent = outcome === 'no-acknowledgement' && routerIdOf(nextHop) === routerIdOf(rloc16);
      if (isSilent) this.resolver.forgetNode(rloc16);
      this.#sent(nextHop, outcome, at);
    };
    if (nextHop === rloc16) return this.#parts.sender.send(packet, pathToShort(nextHop), now, done);
    const mesh = { hopsLeft: firstHopsLeft, source: place.rloc16, destination: rloc16 };
    this.#parts.sender.send(packet, { ...pathToShort(nextHop), mesh }, now, done);
  }

  #sendToShort(packet: Uint8Array, short: number, now: Instant): void {
    this.#parts.sender.send(packet, pathToShort(short), now, (outcome, at) => this.#sent(short, outcome, at));
  }

  #refuse(packet: Uint8Array, now: Instant): void {
    this.counters.unroutable++;
    if (this.#isFromBeyond(packet)) return this.beyond?.refuse(packet, unreachableCodes.noRoute, now);
    this.#parts.ip.sendUnreachable(packet, unreachableCodes.noRoute, now);
  }

  #sent(short: number, outcome: SendOutcome, now: Instant): void {
    if (outcome === 'sent' || outcome === 'no-acknowledgement') {
      const place = this.#parts.place();
      const isChild = place.kind === 'router' && place.children.byRloc16(short) !== undefined;
      if (isChild) this.childFailures.sent(short, outcome === 'sent');
    }
    this.#parts.onSent(short, outcome, now);
  }

  #sentToParent(outcome: SendOutcome, now: Instant): void {
    const place = this.#parts.place();
    if (place.kind === 'child') this.#parts.onSent(place.parent.rloc16, outcome, now);
  }

  readonly #toParent = (outcome: SendOutcome, now: Instant): void => this.#sentToParent(outcome, now);

  /** Learns where whoever speaks to us is (Thread 1.3 §5.4.2); our own children’s registered addresses are known. */
  #snoop(packet: Uint8Array, { link, protection }: PacketInfo, place: Place, now: Instant): void {
    if (place.kind === 'none' || place.routes === undefined || protection.kind !== 'network') return;
    if (link.source.kind !== 'short') return;
    const source = packet.subarray(ip6Offsets.source, ip6Offsets.destination);
    const isSomebody = this.#isOfMesh(source) && locatorOf(source) === undefined;
    if (!isSomebody || this.#parts.ip.addresses.has(source)) return;
    if (place.kind === 'router' && this.#isOfChild(source, link.source.short, place, now)) return;
    if (place.routes.cost(link.source.short) < infiniteCost) this.resolver.snooped(source, link.source.short);
  }

  /** What its router sends for a minimal device is the router's word: a child of ours that another one speaks for is its. */
  #isOfChild(source: Uint8Array, from: number, place: Extract<Place, { kind: 'router' }>, now: Instant): boolean {
    const child = place.children.byAddress(source);
    if (child === undefined) return false;
    if (!isMinimal(child) || routerIdOf(from) === routerIdOf(place.rloc16)) return true;
    this.#parts.onChildElsewhere(child, now);
    return place.children.byAddress(source) !== undefined;
  }

  #facts(place: RoutingPlace, routes: MeshRoutes): RoutingFacts {
    return {
      routes,
      meshLocal: this.#parts.meshLocal(),
      networkData: this.#parts.networkData(),
      childOf: (address) => (place.kind === 'router' ? this.#childOf(address, place) : undefined),
    };
  }

  /** The RLOC16 of our child that has an address: as a locator, or registered. */
  #childOf(destination: Uint8Array, { children }: Extract<Place, { kind: 'router' }>): number | undefined {
    const locator = hasPrefix(destination, this.#parts.meshLocal()) ? locatorOf(destination) : undefined;
    if (locator?.kind === 'rloc') return children.byRloc16(locator.locator)?.rloc16;
    return children.byAddress(destination)?.rloc16;
  }

  /** Whether an address is a node's of this mesh. */
  #isOfMesh(address: Uint8Array): boolean {
    return hasPrefix(address, this.#parts.meshLocal()) || isOnMesh(this.#parts.networkData(), address);
  }

  #leaves(destination: Uint8Array): boolean {
    return !staysOnLink(destination) && this.beyond?.has(destination) === true;
  }
}

function isFullChild({ neighbour }: PacketInfo, { children }: Extract<Place, { kind: 'router' }>): boolean {
  const { short } = neighbour ?? {};
  return short !== undefined && children.byRloc16(short)?.mode.fullThreadDevice === true;
}
