import { bytesEqual, type Entropy, type Instant } from '@selvage/core';
import { isMulticast, multicastScope, multicastScopes, realmLocalAllForwarders } from '../ip6/address/classes.js';
import { sameIp6 } from '../ip6/address/equal.js';
import type { Ip6Prefix } from '../ip6/address/prefix.js';
import { allThreadNodes } from '../ip6/address/thread-address.js';
import { ip6HeaderLength, ip6Offsets } from '../ip6/header/ip6-header.js';
import { nextHeaders } from '../ip6/header/next-header.js';
import { MplEngine } from '../ip6/multicast/mpl-engine.js';
import { mplOf, numberedMulticast, tunnelledMulticast } from '../ip6/multicast/mpl-packet.js';
import type { OwnAddresses } from '../ip6/stack/own-addresses.js';
import { findUpperLayer } from '../ip6/stack/upper-layer.js';
import { isPacket } from '../lowpan/packet-codec.js';
import { isBroadcast } from '../mac/address.js';
import { isSleepy, type Valid } from '../mle/parent/child-entry.js';
import type { ChildTable } from '../mle/parent/child-table.js';
import { pathToAll, pathToShort } from './link-paths.js';
import type { PacketInfo } from './packet-info.js';
import type { PacketDone, PacketSender } from './packet-sender.js';
import type { Place } from './place.js';

/** What {@link MulticastTraffic} is made of. */
export interface MulticastParts {
  readonly entropy: Entropy;
  readonly sender: PacketSender;
  readonly addresses: OwnAddresses;
  readonly meshLocal: () => Ip6Prefix;
  /** What became of a frame to the parent. */
  readonly parentDone: PacketDone;
}

type RouterPlace = Extract<Place, { kind: 'router' }>;

/**
 * Multicasts of a node (Thread 1.3 §5.10): a child hands its own to its parent; a router sends to all in range, forwards
 * what is numbered, and has copies wait for those of its sleepy children that want them.
 */
export class MulticastTraffic {
  readonly #parts: MulticastParts;
  readonly #mpl: MplEngine;

  constructor(parts: MulticastParts) {
    this.#parts = parts;
    this.#mpl = new MplEngine(parts.entropy);
  }

  get deadline(): Instant | undefined {
    return this.#mpl.deadline;
  }

  /** What is remembered, and what waits. */
  get load(): MplEngine['load'] {
    return this.#mpl.load;
  }

  /** Sends again what is due. */
  tick(place: Place, now: Instant): void {
    for (let due = this.#mpl.poll(now); due !== undefined; due = this.#mpl.poll(now)) {
      if (place.kind === 'router') this.#parts.sender.send(due, pathToAll, now);
    }
  }

  clear(): void {
    this.#mpl.clear();
  }

  /** A multicast of our own; false where there is nobody to send it to. */
  send(packet: Uint8Array, place: Place, now: Instant): boolean {
    if (place.kind === 'none') return false;
    const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
    const scope = multicastScope(destination);
    const numbered = scope > multicastScopes.linkLocal ? this.#numbered(packet, scope, place.rloc16, now) : packet;
    if (numbered === undefined) return false;
    if (place.kind === 'child') {
      this.#parts.sender.send(numbered, pathToShort(place.parent.rloc16), now, this.#parts.parentDone);
      return true;
    }
    this.#parts.sender.send(numbered, pathToAll, now);
    if (numbered !== packet) this.#mpl.repeat(numbered, now);
    // What is tunnelled to the routers goes as it is to those that want it.
    const copy = scope > multicastScopes.realmLocal ? packet : numbered;
    this.#toSleepy(copy, destination, place.children, undefined, now);
    return true;
  }

  /** Whether a multicast from the link is new here. */
  isNew(packet: Uint8Array, now: Instant): boolean {
    const mpl = mplOf(packet);
    return mpl === undefined || this.#mpl.isNew(mpl, packet, now);
  }

  /** Sends on a multicast that came over the link and was new; false where it ends here. */
  forward(packet: Uint8Array, info: PacketInfo, place: RouterPlace, now: Instant): boolean {
    const destination = packet.subarray(ip6Offsets.destination, ip6HeaderLength);
    const from = info.neighbour?.extended;
    if (multicastScope(destination) <= multicastScopes.linkLocal) {
      // A child hands a multicast to its parent, which sends it to those in range.
      if (isBroadcast(info.link.destination)) return false;
      this.#parts.sender.send(packet, pathToAll, now);
      this.#toSleepy(packet, destination, place.children, from, now);
      return true;
    }
    const hops = (packet[ip6Offsets.hopLimit] as number) - 1;
    if (mplOf(packet) === undefined) return false;
    const inner = tunnelled(packet, destination);
    if (inner === undefined) this.#toSleepy(packet, destination, place.children, from, now);
    else this.#toSleepy(inner, inner.subarray(ip6Offsets.destination, ip6HeaderLength), place.children, from, now);
    if (hops < 1) return false;
    const copy = Uint8Array.from(packet);
    copy[ip6Offsets.hopLimit] = hops;
    this.#mpl.forward(copy, now);
    return true;
  }

  /** With the option that numbers it; what goes beyond the realm is tunnelled to all forwarders of the realm. */
  #numbered(packet: Uint8Array, scope: number, rloc16: number, now: Instant): Uint8Array | undefined {
    const source = packet.subarray(ip6Offsets.source, ip6Offsets.destination);
    if (scope <= multicastScopes.realmLocal) return numberedMulticast(packet, this.#mpl.number(source, rloc16, now));
    const own = this.#parts.addresses.unicast.find(({ kind }) => kind === 'mesh-local')?.address;
    return own && tunnelledMulticast(packet, own, this.#mpl.number(own, rloc16, now));
  }

  #toSleepy(
    packet: Uint8Array,
    destination: Uint8Array,
    children: ChildTable,
    except: Uint8Array | undefined,
    now: Instant,
  ): void {
    for (const child of children) {
      if (child.kind !== 'valid' || !isSleepy(child) || !this.#wants(child, destination)) continue;
      if (except !== undefined && bytesEqual(child.extended, except)) continue;
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
}

/** The multicast inside one to all forwarders. */
function tunnelled(packet: Uint8Array, destination: Uint8Array): Uint8Array | undefined {
  if (!sameIp6(destination, realmLocalAllForwarders)) return undefined;
  const upper = findUpperLayer(packet);
  if (upper.kind !== 'found' || upper.protocol !== nextHeaders.ip6) return undefined;
  const inner = packet.subarray(upper.at);
  return isPacket(inner) && isMulticast(inner.subarray(ip6Offsets.destination)) ? inner : undefined;
}
