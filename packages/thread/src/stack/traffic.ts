import { concat, encode, type Entropy, type Instant, toHex } from '@selvage/core';
import { allThreadNodes } from '../ip6/address/thread-address.js';
import { isMulticast, multicastScope, multicastScopes } from '../ip6/address/classes.js';
import { sameIp6 } from '../ip6/address/equal.js';
import { hasPrefix, type Ip6Prefix } from '../ip6/address/prefix.js';
import { locatorOf } from '../ip6/address/thread-address.js';
import { ip6HeaderLength, ip6Offsets } from '../ip6/header/ip6-header.js';
import { nextHeaders } from '../ip6/header/next-header.js';
import { unreachableCodes } from '../ip6/header/icmp6.js';
import type { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import type { Adaptation } from '../lowpan/adaptation.js';
import { meshHeader, type MeshHeader } from '../lowpan/mesh-header.js';
import { isBroadcast } from '../mac/address.js';
import type { LinkService } from '../mac/link-service.js';
import type { LinkIndication, SendOutcome } from '../mac/link-user.js';
import { isMinimal, isSleepy, type Valid } from '../mle/parent/child-entry.js';
import type { ChildTable } from '../mle/parent/child-table.js';
import { pathToAll, pathToLinkLocal, pathToShort, staysOnLink } from './link-paths.js';
import { mlePort } from '../mle/mle-datagram.js';
import { MplMemory, mplOf, withMpl } from './mpl.js';
import type { PacketInfo } from './packet-info.js';
import type { Place } from './place.js';
import type { PacketSender } from './packet-sender.js';

/** What became of packets on their way; drops by their reason. */
export interface TrafficCounters {
  /** For somebody else, and sent on. */
  forwarded: number;
  /** Unprotected, or from somebody who has not proved to be who it was, and no MLE. */
  unprotected: number;
  /** Its hops were used up, or there was no way. */
  unroutable: number;
  /** A multicast that was seen before. */
  repeated: number;
}

/** What lies beyond the mesh, for a node that is its border router. */
export interface Beyond {
  /** Whether a unicast address is there. */
  has(address: Uint8Array): boolean;
  /** Whether it is one of the mesh's own prefixes that lives there all the same, so that this node answers for it. */
  answersFor(address: Uint8Array): boolean;
  /** A packet that is to go there. */
  take(packet: Uint8Array, now: Instant): void;
}

/** Addresses of full devices that are remembered. */
const mostSpeakers = 64;

/** What {@link Traffic} is made of. */
export interface TrafficParts {
  readonly link: LinkService;
  readonly entropy: Entropy;
  readonly adaptation: Adaptation;
  readonly sender: PacketSender;
  readonly ip: Ip6Stack<PacketInfo>;
  readonly place: () => Place;
  readonly meshLocal: () => Ip6Prefix;
  /** Whether more than MLE is taken from this neighbour. */
  readonly admits: (frame: LinkIndication) => boolean;
  /** A unicast frame to the parent went out, or did not. */
  readonly onParentSent: (outcome: SendOutcome, now: Instant) => void;
}

/** Packets of a node that routes for nobody but its children: out to the mesh, in from it, and between its children. */
export class Traffic {
  readonly counters: TrafficCounters = { forwarded: 0, unprotected: 0, unroutable: 0, repeated: 0 };
  /** Set while the node is a border router. */
  beyond: Beyond | undefined;
  readonly #parts: TrafficParts;
  readonly #mpl = new MplMemory();
  /** By address, the full device that spoke as it last. */
  readonly #speakers = new Map<string, Uint8Array>();
  #sequence: number;

  constructor(parts: TrafficParts) {
    this.#parts = parts;
    const start = new Uint8Array(1);
    parts.entropy.fill(start);
    this.#sequence = start[0] as number;
  }

  /** A packet of our own. */
  send(packet: Uint8Array, now: Instant): void {
    const place = this.#parts.place();
    const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
    const isOurs = !isMulticast(destination) && this.#parts.ip.addresses.has(destination);
    if (isOurs) return this.#parts.ip.receive(packet, now, ownInfo(this.#parts.link));
    // An answer may come: a sleepy node polls quickly for a while.
    this.#parts.link.pollSoon(now);
    if (isMulticast(destination)) return this.#sendMulticast(packet, destination, place, now);
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
    const link = { source, destination };
    const arrival = this.#parts.adaptation.receive(payload, link, protection.kind === 'network', now);
    if (arrival === undefined) return;
    if (arrival.kind === 'relay') return this.#relay(arrival.mesh, arrival.payload, now);
    const info: PacketInfo = { link: arrival.link, protection, neighbour, sourcePan, channel, rssi };
    const { packet } = arrival;
    const isTrusted = protection.kind === 'network' && this.#parts.admits(frame);
    if (!isTrusted && !isMle(packet)) return void this.counters.unprotected++;
    this.#arrived(packet, info, now);
  }

  #arrived(packet: Uint8Array, info: PacketInfo, now: Instant): void {
    const { ip } = this.#parts;
    const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
    if (isMulticast(destination)) return this.#multicast(packet, destination, info, now);
    if (staysOnLink(destination)) return ip.receive(packet, now, info);
    const place = this.#parts.place();
    if (place.kind === 'router') this.#remember(packet, info, place.children);
    if (ip.addresses.has(destination)) return ip.receive(packet, now, info);
    if (info.protection.kind === 'network' && this.#leaves(destination)) return this.beyond?.take(packet, now);
    if (place.kind !== 'router' || info.protection.kind !== 'network') return ip.receive(packet, now, info);
    this.#forward(packet, destination, place, now);
  }

  #leaves(destination: Uint8Array): boolean {
    return !staysOnLink(destination) && this.beyond?.has(destination) === true;
  }

  #multicast(packet: Uint8Array, destination: Uint8Array, info: PacketInfo, now: Instant): void {
    const place = this.#parts.place();
    const mpl = mplOf(packet);
    if (mpl !== undefined && !this.#mpl.isNew(mpl, now)) return void this.counters.repeated++;
    const { ip } = this.#parts;
    ip.receive(packet, now, info);
    if (place.kind !== 'router' || info.protection.kind !== 'network') return;
    const from = info.neighbour?.extended;
    const isUnicastFrame = !isBroadcast(info.link.destination);
    const hops = (packet[ip6Offsets.hopLimit] as number) - 1;
    // A child hands a multicast to its parent, which sends it to those in range, also where it stays on the link.
    const goesOn = multicastScope(destination) === multicastScopes.linkLocal ? isUnicastFrame : mpl !== undefined;
    if (!goesOn || hops < 1) return;
    const copy = Uint8Array.from(packet);
    if (multicastScope(destination) !== multicastScopes.linkLocal) copy[ip6Offsets.hopLimit] = hops;
    this.counters.forwarded++;
    this.#toChildren(copy, destination, place, from, now);
  }

  #sendMulticast(packet: Uint8Array, destination: Uint8Array, place: Place, now: Instant): void {
    if (place.kind === 'none') return void this.counters.unroutable++;
    const isRealm = multicastScope(destination) > multicastScopes.linkLocal;
    const numbered = isRealm ? withMpl(packet, this.#nextSequence(), place.rloc16) : packet;
    const mpl = mplOf(numbered);
    // Our own, when the parent sends it on, is nothing new.
    if (mpl !== undefined) this.#mpl.isNew(mpl, now);
    if (place.kind === 'router') return this.#toChildren(numbered, destination, place, undefined, now);
    this.#parts.sender.send(numbered, pathToShort(place.parent.rloc16), now, this.#parts.onParentSent);
  }

  /** To those that listen at once, and to sleepy children that registered it one by one. */
  #toChildren(
    packet: Uint8Array,
    destination: Uint8Array,
    { children }: Extract<Place, { kind: 'router' }>,
    except: Uint8Array | undefined,
    now: Instant,
  ): void {
    const listed = children.valid;
    if (listed.some((child) => !isSleepy(child))) this.#parts.sender.send(packet, pathToAll, now);
    for (const child of listed) {
      const isOrigin = except !== undefined && sameBytes(child.extended, except);
      if (isOrigin || !isSleepy(child) || !this.#wants(child, destination)) continue;
      this.#parts.sender.send(packet, pathToShort(child.rloc16), now);
    }
  }

  #wants({ addresses }: Valid, group: Uint8Array): boolean {
    const meshLocal = this.#parts.meshLocal();
    return (
      sameIp6(group, allThreadNodes('link', meshLocal)) ||
      sameIp6(group, allThreadNodes('realm', meshLocal)) ||
      addresses.some((address) => sameIp6(address, group))
    );
  }

  #forward(packet: Uint8Array, destination: Uint8Array, place: Place, now: Instant): void {
    const hops = (packet[ip6Offsets.hopLimit] as number) - 1;
    if (hops < 1) return void this.counters.unroutable++;
    const copy = Uint8Array.from(packet);
    copy[ip6Offsets.hopLimit] = hops;
    this.counters.forwarded++;
    this.#route(copy, destination, place, now);
  }

  /** Sends a unicast packet to the next hop. */
  #route(packet: Uint8Array, destination: Uint8Array, place: Place, now: Instant): void {
    const { sender, onParentSent } = this.#parts;
    if (place.kind === 'none') return void this.counters.unroutable++;
    if (staysOnLink(destination)) {
      return sender.send(packet, pathToLinkLocal(destination), now, place.kind === 'child' ? onParentSent : undefined);
    }
    if (place.kind === 'child') return sender.send(packet, pathToShort(place.parent.rloc16), now, onParentSent);
    const child = this.#childOf(destination, place.children);
    if (child !== undefined) return sender.send(packet, pathToShort(child.rloc16), now);
    this.counters.unroutable++;
    this.#parts.ip.sendUnreachable(packet, unreachableCodes.noRoute, now);
  }

  #childOf(destination: Uint8Array, children: ChildTable): Valid | undefined {
    const locator = hasPrefix(destination, this.#parts.meshLocal()) ? locatorOf(destination) : undefined;
    if (locator?.kind === 'rloc') return children.byRloc16(locator.locator);
    const registered = children.byAddress(destination);
    if (registered !== undefined) return registered;
    const speaker = this.#speakers.get(toHex(destination));
    const child = speaker && children.get(speaker);
    return child?.kind === 'valid' ? child : undefined;
  }

  /** A full device registers no addresses: it is known by those that it speaks as. */
  #remember(packet: Uint8Array, { neighbour }: PacketInfo, children: ChildTable): void {
    const child = neighbour && children.get(neighbour.extended);
    if (child?.kind !== 'valid' || isMinimal(child)) return;
    const name = toHex(packet.subarray(ip6Offsets.source, ip6Offsets.destination));
    const [oldest] = this.#speakers.keys();
    if (this.#speakers.size >= mostSpeakers && oldest !== undefined) this.#speakers.delete(oldest);
    this.#speakers.delete(name);
    this.#speakers.set(name, child.extended);
  }

  /** A frame between two of our children, or a child and nobody, goes on as it is (RFC 4944 §11). */
  #relay(mesh: MeshHeader, payload: Uint8Array, now: Instant): void {
    const place = this.#parts.place();
    const child = place.kind === 'router' ? place.children.byRloc16(mesh.destination) : undefined;
    if (child === undefined || isMinimal(child) || mesh.hopsLeft === 0) return void this.counters.unroutable++;
    this.counters.forwarded++;
    const header = encode(meshHeader, { ...mesh, hopsLeft: mesh.hopsLeft - 1 });
    this.#parts.link.send({ ...pathToShort(child.rloc16), payload: concat(header, payload) }, now);
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence + 1) & 0xff;
    return this.#sequence;
  }
}

/** A datagram to the port of MLE on the link: all that may come without protection. */
function isMle(packet: Uint8Array): boolean {
  const at = ip6HeaderLength;
  return (
    packet[ip6Offsets.nextHeader] === nextHeaders.udp &&
    packet.length >= at + 4 &&
    ((packet[at + 2] as number) << 8) + (packet[at + 3] as number) === mlePort &&
    staysOnLink(packet.subarray(ip6Offsets.destination, ip6HeaderLength))
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}

/** A packet to ourselves never was on the link. */
function ownInfo({ extended, panId, channel, sensitivity }: LinkService): PacketInfo {
  const own = { kind: 'extended', extended } as const;
  return {
    link: { source: own, destination: own },
    protection: { kind: 'none' },
    neighbour: undefined,
    sourcePan: panId,
    channel,
    rssi: sensitivity,
  };
}
