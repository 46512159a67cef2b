import type { CryptoCore } from '@selvage/crypto';
import { sameIp6 } from '../ip6/address/equal.js';
import type { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import type { Adaptation } from '../lowpan/adaptation.js';
import type { LinkService } from '../mac/link-service.js';
import { anycastLocators } from '../ip6/address/thread-address.js';
import { contextsOf } from '../netdata/contexts-of.js';
import type { NetworkData } from '../netdata/network-data.js';
import { ownAnycasts } from '../netdata/own-anycasts.js';
import type { Network } from './network.js';
import type { IdentityRecord } from './network-record.js';
import { groupsOf, ownAddressesOf, registeredOf } from './node-addresses.js';
import { onMeshAddresses } from './on-mesh.js';
import type { PacketInfo } from './packet-info.js';
import type { Place } from './place.js';

/** What {@link NodeAddressing} works on. */
export interface AddressingParts {
  readonly core: CryptoCore;
  readonly identity: Omit<IdentityRecord, 'version'>;
  readonly link: LinkService;
  readonly adaptation: Adaptation;
  readonly ip: Ip6Stack<PacketInfo>;
  readonly place: () => Place;
}

/** Addresses that were somebody else's, and are not taken again. */
const mostGivenUp = 8;

/** What a node's link and addresses take from its dataset, its place and the network data. */
export class NodeAddressing {
  readonly #parts: AddressingParts;
  #network: Network;
  #networkData: NetworkData = [];
  #givenUp: readonly Uint8Array[] = [];
  /** Of a commissioner that this node speaks for. */
  #commissioner: number | undefined;

  constructor(parts: AddressingParts, network: Network) {
    this.#parts = parts;
    this.#network = network;
    this.#apply();
  }

  get network(): Network {
    return this.#network;
  }

  get networkData(): NetworkData {
    return this.#networkData;
  }

  /** Another dataset is in force. */
  setNetwork(network: Network): void {
    for (const group of groupsOf(this.#network.meshLocalPrefix)) this.#parts.ip.addresses.leave(group);
    this.#network = network;
    this.#apply();
  }

  /** Whether what is registered with a parent changed by it. */
  setNetworkData(data: NetworkData): boolean {
    const { ip, adaptation } = this.#parts;
    const before = registeredOf(ip.addresses, true);
    this.#networkData = data;
    adaptation.contexts.setNetworkData(contextsOf(data));
    this.update();
    const after = registeredOf(ip.addresses, true);
    return before.length !== after.length || !after.every((address, i) => sameIp6(address, before[i] ?? address));
  }

  /** Answers as this anycast locator of a commissioner from now on, or as none. */
  setCommissioner(locator: number | undefined): void {
    this.#commissioner = locator;
    this.update();
  }

  /** Somebody else has this address: another is made in its prefix. What is not of network data stays. */
  giveUp(address: Uint8Array): void {
    if (this.#parts.ip.addresses.find(address)?.kind !== 'on-mesh') return;
    this.#givenUp = [...this.#givenUp, Uint8Array.from(address)].slice(-mostGivenUp);
    this.update();
  }

  /** The addresses of where the node is now. */
  update(): void {
    const { core, identity, link, ip, place } = this.#parts;
    const { meshLocalPrefix } = this.#network;
    const where = place();
    const locator = where.kind === 'none' ? undefined : where.rloc16;
    const onMesh = onMeshAddresses(core, this.#networkData, identity.slaacSecret, this.#givenUp);
    const leads = where.kind === 'router' && where.isLeader ? [anycastLocators.leader] : [];
    const commissions = this.#commissioner === undefined ? [] : [this.#commissioner];
    const serves = locator === undefined ? [] : ownAnycasts(this.#networkData, locator);
    const facts = { identity, meshLocalPrefix, locator, anycasts: [...leads, ...serves, ...commissions], onMesh };
    ip.addresses.set(ownAddressesOf({ ...facts, extended: link.extended }));
  }

  #apply(): void {
    const { link, adaptation, ip } = this.#parts;
    const { channel, panId, meshLocalPrefix } = this.#network;
    link.setChannel(channel);
    link.setPanId(panId);
    adaptation.contexts.setMeshLocal(meshLocalPrefix);
    for (const group of groupsOf(meshLocalPrefix)) ip.addresses.join(group);
    this.update();
  }
}
