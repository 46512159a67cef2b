import { bytesEqual, encode, type Instant } from '@selvage/core';
import { realmLocalAllRouters } from '../ip6/address/classes.js';
import type { Ip6Prefix } from '../ip6/address/prefix.js';
import { locatorAddress } from '../ip6/address/thread-address.js';
import { routerIdOf } from '../mesh/mesh-routes.js';
import { isMinimal } from '../mle/parent/child-entry.js';
import type { ResolverOutput } from '../resolve/address-resolver.js';
import { networkLayerTlvs, readNetworkLayer } from '../tmf/network-layer-tlvs.js';
import type { TmfPort, TmfRequest } from '../tmf/tmf-port.js';
import type { PacketInfo } from './packet-info.js';
import type { Place } from './place.js';
import type { Traffic } from './traffic.js';

/** What an {@link AddressService} works with. */
export interface AddressServiceParts {
  readonly tmf: () => TmfPort<PacketInfo>;
  readonly traffic: () => Traffic;
  readonly place: () => Place;
  readonly meshLocal: () => Ip6Prefix;
  /** Of our mesh-local address: 8 bytes. */
  readonly interfaceId: Uint8Array;
  /** Whether an address is one that this node answers for as its own: a locator is not. */
  owns(address: Uint8Array): boolean;
  /** Somebody else has this address of ours. */
  giveUp(address: Uint8Array, now: Instant): void;
}

const noBytes = new Uint8Array(0);

/** Who has which address, asked of all routers and answered to them (Thread 1.3 §5.4.2): `a/aq`, `a/an`, `a/ae`. */
export class AddressService {
  readonly #parts: AddressServiceParts;

  constructor(parts: AddressServiceParts) {
    this.#parts = parts;
  }

  /** Asks or warns all routers. */
  ask(order: Extract<ResolverOutput, { kind: 'query' | 'conflict' }>): void {
    const { target } = order;
    if (order.kind === 'query') {
      return this.#parts
        .tmf()
        .tell('a/aq', encode(networkLayerTlvs, [{ type: 'target', value: target }]), realmLocalAllRouters);
    }
    this.#parts.tmf().tell('a/ae', errorOf(target, order.interfaceId), realmLocalAllRouters);
  }

  /** What a request is answered with; undefined for silence, and for what is not about addresses. */
  serve(request: TmfRequest, now: Instant): Uint8Array | undefined {
    switch (request.path) {
      case 'a/aq':
        return void this.#query(request, now);
      case 'a/an':
        return this.#notification(request, now);
      case 'a/ae':
        return this.#error(request, now);
      default:
        return undefined;
    }
  }

  /** Who has the address says so, and a parent for its minimal children. */
  #query({ payload, source, confirmable }: TmfRequest, now: Instant): void {
    const tlvs = confirmable ? undefined : readNetworkLayer(payload);
    const target = tlvs && networkLayerTlvs.first(tlvs, 'target');
    const place = this.#parts.place();
    if (target === undefined || place.kind === 'none') return;
    const { rloc16 } = place;
    // A minimal device has a parent that speaks for it.
    const speaksForItself = place.kind === 'router' || place.routes !== undefined;
    if (speaksForItself && this.#parts.owns(target)) {
      return this.#answer({ target, interfaceId: this.#parts.interfaceId, rloc16 }, source, now);
    }
    const child = place.kind === 'router' ? place.children.byAddress(target) : undefined;
    if (child === undefined || !isMinimal(child) || this.#parts.traffic().childFailures.isGone(child.rloc16)) return;
    const interfaceId = child.addresses[0]?.subarray(8) ?? noBytes;
    if (interfaceId.length !== this.#parts.interfaceId.length) return;
    const lastTransaction = Math.max(0, Math.floor((now - child.heardAt) / 1000));
    this.#answer({ target, interfaceId, rloc16, lastTransaction }, source, now);
  }

  #answer(
    answer: {
      readonly target: Uint8Array;
      readonly interfaceId: Uint8Array;
      readonly rloc16: number;
      readonly lastTransaction?: number;
    },
    to: Uint8Array,
    now: Instant,
  ): void {
    const { target, interfaceId, rloc16, lastTransaction } = answer;
    const payload = encode(networkLayerTlvs, [
      { type: 'target', value: target },
      { type: 'interfaceId', value: interfaceId },
      { type: 'rloc16', value: rloc16 },
      ...(lastTransaction === undefined ? [] : [{ type: 'lastTransaction', value: lastTransaction } as const]),
    ]);
    this.#parts.tmf().request('a/an', payload, to, now);
  }

  #notification({ payload, confirmable }: TmfRequest, now: Instant): Uint8Array | undefined {
    const tlvs = confirmable ? readNetworkLayer(payload) : undefined;
    if (tlvs === undefined) return undefined;
    const target = networkLayerTlvs.first(tlvs, 'target');
    const interfaceId = networkLayerTlvs.first(tlvs, 'interfaceId');
    const rloc16 = networkLayerTlvs.first(tlvs, 'rloc16');
    const lastTransaction = networkLayerTlvs.first(tlvs, 'lastTransaction') ?? 0;
    const place = this.#parts.place();
    const routes = place.kind === 'none' ? undefined : place.routes;
    // A place that nobody can have would only swallow packets.
    const isThere = rloc16 !== undefined && routes?.isAllocated(routerIdOf(rloc16)) === true;
    if (target === undefined || interfaceId === undefined || !isThere) return undefined;
    const traffic = this.#parts.traffic();
    traffic.resolver.notified({ target, interfaceId, rloc16, lastTransaction }, now);
    traffic.resolved(now);
    return noBytes;
  }

  /** Two have an address: whoever is not the one that is named gives it up, and a parent for its child. */
  #error({ payload, confirmable }: TmfRequest, now: Instant): Uint8Array | undefined {
    const tlvs = readNetworkLayer(payload);
    const target = tlvs && networkLayerTlvs.first(tlvs, 'target');
    const interfaceId = tlvs && networkLayerTlvs.first(tlvs, 'interfaceId');
    if (target === undefined || interfaceId === undefined) return undefined;
    this.#parts.traffic().resolver.forget(target);
    const isOurs = bytesEqual(interfaceId, this.#parts.interfaceId);
    if (!isOurs && this.#parts.owns(target)) this.#parts.giveUp(target, now);
    const place = this.#parts.place();
    const child = place.kind === 'router' ? place.children.byAddress(target) : undefined;
    const [meshLocal = noBytes] = child?.addresses ?? [];
    if (place.kind === 'router' && child !== undefined && !bytesEqual(meshLocal.subarray(8), interfaceId)) {
      place.children.set({ ...child, addresses: child.addresses.filter((own) => !bytesEqual(own, target)) });
      const to = locatorAddress(this.#parts.meshLocal(), child.rloc16);
      this.#parts.tmf().request('a/ae', errorOf(target, interfaceId), to, now);
    }
    return confirmable ? noBytes : undefined;
  }
}

function errorOf(target: Uint8Array, interfaceId: Uint8Array): Uint8Array {
  return encode(networkLayerTlvs, [
    { type: 'target', value: target },
    { type: 'interfaceId', value: interfaceId },
  ]);
}
