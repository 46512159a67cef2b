import type { Instant } from '@selvage/core';
import { sameIp6 } from '../ip6/address/equal.js';
import { hasPrefix } from '../ip6/address/prefix.js';
import type { NodeRunner } from '../stack/node-runner.js';
import type { Beyond } from '../stack/traffic-parts.js';
import { borderData, type BorderOffer, offersPrefix, onMeshPrefixes } from './border-data.js';
import { type BorderCounters, BorderRouter } from './border-router.js';
import { type BorderView, sideOf } from './border-view.js';

/** The IPv6 of a host, as whole packets: a TUN interface, or a test. */
export interface HostSide {
  send(packet: Uint8Array): void;
  onPacket(receiver: (packet: Uint8Array) => void): void;
}

/** What a {@link MeshBorder} joins. */
export interface MeshBorderOptions {
  readonly runner: NodeRunner;
  readonly host: HostSide;
  readonly offer: BorderOffer;
  /** Addresses of the offered prefix that are the host's: the mesh finds them at this node. */
  readonly hostAddresses: readonly Uint8Array[];
}

/**
 * Makes a running node the border router of its mesh: it registers the offered prefix and routes, again wherever its
 * place in the mesh changes, and hands packets between mesh and host by way of a {@link BorderRouter}.
 */
export class MeshBorder {
  readonly #options: MeshBorderOptions;
  readonly #router: BorderRouter;
  readonly #stopListening: () => void;
  /** RLOC16 under which the offer is registered. */
  #registered: number | undefined;
  /** Of the network data and the dataset as they are now. */
  #seen: BorderView | undefined;

  constructor(options: MeshBorderOptions) {
    this.#options = options;
    const { runner, host } = options;
    this.#router = new BorderRouter({ view: () => this.#view(), speakAs: (to) => this.#speakAs(to) });
    runner.node.traffic.beyond = this.#beyond();
    host.onPacket((packet) => runner.run((_node, now) => this.#take('host', packet, now)));
    this.#stopListening = runner.onEvent((event) => {
      if (event.kind === 'role') this.#register();
      if (event.kind === 'network-data' || event.kind === 'dataset') this.#seen = undefined;
    });
    this.#register();
  }

  get counters(): Readonly<BorderCounters> {
    return this.#router.counters;
  }

  /** Whether the mesh's network data have the prefix, through this node: nodes make themselves addresses of it. */
  get isOffered(): boolean {
    const { runner, offer } = this.#options;
    const { rloc16, networkData } = runner.node;
    return rloc16 !== undefined && offersPrefix(networkData, offer.prefix, rloc16);
  }

  /** Withdraws the offer, and hands over no packets any more. */
  stop(): void {
    this.#stopListening();
    const { runner, host } = this.#options;
    host.onPacket(() => undefined);
    runner.node.traffic.beyond = undefined;
    if (this.#registered === undefined) return;
    this.#registered = undefined;
    runner.run((node, now) => node.setOwnNetworkData([], now));
  }

  #register(): void {
    const { runner, offer } = this.#options;
    const { rloc16 } = runner.node;
    if (rloc16 === this.#registered) return;
    this.#registered = rloc16;
    if (rloc16 !== undefined) runner.run((node, now) => node.setOwnNetworkData(borderData(offer, rloc16), now));
  }

  #beyond(): Beyond {
    return {
      has: (address) => sideOf(address, this.#view()) === 'host',
      answersFor: (address) => this.#options.hostAddresses.some((own) => sameIp6(own, address)),
      take: (packet, now) => this.#take('mesh', packet, now),
      refuse: (packet, code, now) => {
        this.#router.answer({ side: 'host', packet }, { type: 'destinationUnreachable', code }, now);
        this.#handOver(now);
      },
    };
  }

  #take(side: 'host' | 'mesh', packet: Uint8Array, now: Instant): void {
    this.#router.handle({ side, packet }, now);
    this.#handOver(now);
  }

  #handOver(now: Instant): void {
    const { runner, host } = this.#options;
    for (let next = this.#router.poll(); next !== undefined; next = this.#router.poll()) {
      if (next.side === 'host') host.send(next.packet);
      else runner.node.traffic.inject(next.packet, now);
    }
  }

  #view(): BorderView {
    if (this.#seen === undefined) {
      const { runner, offer, hostAddresses } = this.#options;
      const { meshLocalPrefix: meshLocal } = runner.node.status.network;
      const onMesh = [...onMeshPrefixes(runner.node.networkData), offer.prefix];
      this.#seen = { meshLocal, onMesh, host: hostAddresses };
    }
    return this.#seen;
  }

  /** To the host by an address that it can reach; to the mesh as any node does. */
  #speakAs(to: Uint8Array): Uint8Array | undefined {
    const { runner, offer } = this.#options;
    const { addresses } = runner.node.ip;
    const own = addresses.unicast.find(({ kind, address }) => kind === 'on-mesh' && hasPrefix(address, offer.prefix));
    return own?.address ?? addresses.sourceFor(to);
  }
}
