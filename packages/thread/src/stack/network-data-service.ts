import { decode, encode, type Entropy, FormatError, type Instant } from '@selvage/core';
import { hasPrefix, type Ip6Prefix } from '../ip6/address/prefix.js';
import { anycastLocators, locatorAddress, locatorOf } from '../ip6/address/thread-address.js';
import { routerRloc16 } from '../mesh/mesh-routes.js';
import { firstNetworkData, LeaderNetworkData } from '../netdata/leader-network-data.js';
import { NetworkDataClient } from '../netdata/network-data-client.js';
import { type NetworkData, networkData } from '../netdata/network-data.js';
import { networkLayerTlvs, readNetworkLayer } from '../tmf/network-layer-tlvs.js';
import type { TmfPort, TmfRequest } from '../tmf/tmf-port.js';
import type { PacketInfo } from './packet-info.js';
import type { Place } from './place.js';

/** What a {@link NetworkDataService} works with. */
export interface NetworkDataServiceParts {
  readonly entropy: Entropy;
  readonly tmf: () => TmfPort<PacketInfo>;
  readonly place: () => Place;
  readonly meshLocal: () => Ip6Prefix;
  /** As the node knows them. */
  readonly networkData: () => NetworkData;
  readonly partitionId: () => number | undefined;
  /** Of a leader: these are in force from now on, and everybody is told. */
  readonly publish: (data: NetworkData, stable: boolean, now: Instant) => void;
  /** Of a leader: its partition begins with these. */
  readonly begin: (data: NetworkData, now: Instant) => void;
  /** The node is in another partition. */
  readonly onPartition: () => void;
}

const noBytes = new Uint8Array(0);
/** How long a leader of before a restart waits for the network data that others still have, milliseconds. */
const longestHold = 60_000;

/**
 * Network data of a node: what it offers is registered with the leader, and where it is the leader, what all offer is put
 * together (Thread 1.3 §5.15).
 */
export class NetworkDataService {
  readonly client = new NetworkDataClient();
  readonly #parts: NetworkDataServiceParts;
  #leader:
    | { readonly partitionId: number | undefined; readonly data: LeaderNetworkData; heldUntil: Instant }
    | undefined;
  #seen: { readonly rloc16: number | undefined; readonly data: NetworkData; readonly partitionId: number | undefined } =
    {
      rloc16: undefined,
      data: [],
      partitionId: undefined,
    };

  constructor(parts: NetworkDataServiceParts) {
    this.#parts = parts;
  }

  get deadline(): Instant {
    const { heldUntil = -Infinity, data } = this.#leader ?? {};
    const held = heldUntil === -Infinity ? Infinity : heldUntil;
    return Math.min(data?.deadline ?? Infinity, this.client.deadline ?? Infinity, held);
  }

  /** What the node offers from now on: prefixes, routes and services, all of them each time. */
  setOwn(data: NetworkData, now: Instant): void {
    this.client.setEntries(data, now);
    this.#drain(now);
  }

  /** Replaces what the network has, of a leader alone. */
  replace(data: NetworkData, now: Instant): void {
    this.#look(now);
    this.#leader?.data.replace(data, now);
    this.#drain(now);
  }

  /** Of a leader: what network data says of commissioning. */
  setCommissioning(commissioning: Parameters<LeaderNetworkData['setCommissioning']>[0], now: Instant): void {
    this.#look(now);
    this.#leader?.data.setCommissioning(commissioning, now);
    this.#drain(now);
  }

  /** A leader of before a restart has the network data back from a neighbour. */
  adopt(data: NetworkData, now: Instant): void {
    this.#look(now);
    if (this.#leader === undefined) return;
    this.#leader.heldUntil = -Infinity;
    this.#leader.data.adopt(data, now);
  }

  /** A router id was taken back. */
  routerGone(routerId: number, now: Instant): void {
    this.#leader?.data.forgetRouter(routerId, now);
    this.#drain(now);
  }

  /** A child is gone. */
  childGone(rloc16: number, now: Instant): void {
    this.client.childLost(rloc16, now);
    this.#drain(now);
  }

  /** Time passes, or the node's place or network data changed. */
  tick(now: Instant): void {
    if (!this.#look(now) && now < this.deadline) return;
    if (this.#leader !== undefined && now >= this.#leader.heldUntil && this.#leader.heldUntil !== -Infinity)
      this.#begin(now);
    this.#drain(now);
  }

  /** `a/sd`; undefined for silence, and for what is something else. */
  serve({ path, payload, source, confirmable }: TmfRequest, now: Instant): Uint8Array | undefined {
    if (path !== 'a/sd' || !confirmable) return undefined;
    this.#look(now);
    const place = this.#parts.place();
    const locator = hasPrefix(source, this.#parts.meshLocal()) ? locatorOf(source) : undefined;
    if (this.#leader === undefined || place.kind !== 'router' || locator?.kind !== 'rloc') return undefined;
    // What there was before the restart would be lost.
    if (now < this.#leader.heldUntil) return undefined;
    const tlvs = readNetworkLayer(payload);
    if (tlvs === undefined) return undefined;
    const given = networkLayerTlvs.first(tlvs, 'networkData');
    const data = given && readNetworkData(given);
    // What cannot be read is refused as what may not be, and the answer says neither (as OpenThread's).
    if (given !== undefined && data === undefined) return noBytes;
    const forget = networkLayerTlvs.first(tlvs, 'rloc16');
    const isAllocated = (id: number): boolean => place.routes.isAllocated(id);
    this.#leader.data.register({ source: locator.locator, data, forget, isAllocated }, now);
    this.#drain(now);
    return noBytes;
  }

  /** Whether something is other than it was. */
  #look(now: Instant): boolean {
    const place = this.#parts.place();
    const rloc16 = place.kind === 'none' ? undefined : place.rloc16;
    const data = this.#parts.networkData();
    const partitionId = this.#parts.partitionId();
    const seen = this.#seen;
    if (rloc16 === seen.rloc16 && data === seen.data && partitionId === seen.partitionId) return false;
    this.#seen = { rloc16, data, partitionId };
    if (partitionId !== seen.partitionId) this.#parts.onPartition();
    this.#lead(place.kind === 'router' && place.isLeader, partitionId, now);
    this.client.update({ rloc16, partitionId, networkData: this.#seen.data, isAboutToMove: false }, now);
    return true;
  }

  /** A leader of a new partition begins with nothing but itself. */
  #lead(isLeader: boolean, partitionId: number | undefined, now: Instant): void {
    if (!isLeader) this.#leader = undefined;
    else if (this.#leader?.partitionId !== partitionId) {
      const data = new LeaderNetworkData(firstNetworkData(this.#parts.entropy));
      const heldUntil = this.#isAlone ? -Infinity : now + longestHold;
      this.#leader = { partitionId, data, heldUntil };
      if (heldUntil === -Infinity) this.#begin(now);
    }
  }

  /** Nobody has other data of this partition, to whom it were a change. */
  #begin(now: Instant): void {
    if (this.#leader === undefined) return;
    this.#leader.heldUntil = -Infinity;
    this.#parts.begin(this.#leader.data.data, now);
    this.#seen = { ...this.#seen, data: this.#parts.networkData() };
  }

  /** Whoever leads from the start has no other router yet; after a restart others are there, and have the network data. */
  get #isAlone(): boolean {
    const place = this.#parts.place();
    if (place.kind !== 'router') return true;
    for (const { routerId } of place.routes.routers) if (routerRloc16(routerId) !== place.rloc16) return false;
    return true;
  }

  #drain(now: Instant): void {
    this.#publish(now);
    for (let order = this.client.poll(now); order !== undefined; order = this.client.poll(now)) {
      const payload = encode(networkLayerTlvs, [
        ...(order.data === undefined ? [] : [{ type: 'networkData', value: encode(networkData, order.data) } as const]),
        ...(order.forget === undefined ? [] : [{ type: 'rloc16', value: order.forget } as const]),
      ]);
      const leader = locatorAddress(this.#parts.meshLocal(), anycastLocators.leader);
      this.#parts.tmf().request('a/sd', payload, leader, now, ({ kind }, at) => {
        this.client.done(kind === 'answer', at);
      });
    }
  }

  #publish(now: Instant): void {
    for (let change = this.#leader?.data.poll(now); change !== undefined; change = this.#leader?.data.poll(now)) {
      this.#parts.publish(change.data, change.stable, now);
      this.#look(now);
    }
  }
}

function readNetworkData(bytes: Uint8Array): NetworkData | undefined {
  try {
    return decode(networkData, bytes, 'networkData');
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
