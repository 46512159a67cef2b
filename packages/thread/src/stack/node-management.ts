import type { Instant } from '@selvage/core';
import type { Ip6Prefix } from '../ip6/address/prefix.js';
import type { NetworkData } from '../netdata/network-data.js';
import { TmfPort, tmfPort, type TmfRequest } from '../tmf/tmf-port.js';
import { AddressService } from './address-service.js';
import { NodeCommissioning, type NodeCommissioningParts } from './commissioning/node-commissioning.js';
import { DiagnosticService } from './diagnostic-service.js';
import { NetworkDataService } from './network-data-service.js';
import type { NodeEvent } from './node-event.js';
import type { NodeRoles } from './node-roles.js';
import { type ServiceFacts, serveTmf } from './node-services.js';
import type { PacketInfo } from './packet-info.js';
import type { Place } from './place.js';
import type { RoleParts } from './role-parts.js';
import { serviceFacts } from './service-facts.js';
import type { Traffic } from './traffic.js';

/** What of a node its management works with, beside its roles and what they work with. */
export interface ManagementParts extends Pick<NodeCommissioningParts, 'discover' | 'stopDiscovery'> {
  readonly traffic: Traffic;
}

/** What a node does of the Thread Management Framework (Thread 1.3 §10): each service asks and answers over one port. */
export class NodeManagement {
  readonly tmf: TmfPort<PacketInfo>;
  readonly diagnostics: DiagnosticService;
  readonly addresses: AddressService;
  readonly networkData: NetworkDataService;
  readonly commissioning: NodeCommissioning;
  readonly #roles: NodeRoles;
  readonly #parts: RoleParts;
  readonly #facts: ServiceFacts;

  constructor(roles: NodeRoles, parts: RoleParts, more: ManagementParts) {
    this.#roles = roles;
    this.#parts = parts;
    const { ip, options } = parts;
    const { entropy, identity, now } = options;
    this.#facts = serviceFacts(
      roles,
      parts,
      (path, payload, to) => this.tmf.request(path, payload, to, parts.now()),
      (address) => more.traffic.beyond?.answersFor(address) === true,
    );
    const shared = {
      tmf: () => this.tmf,
      place: (): Place => roles.place,
      meshLocal: (): Ip6Prefix => parts.addressing().network.meshLocalPrefix,
      networkData: (): NetworkData => parts.addressing().networkData,
      partitionId: () => roles.leaderData?.partitionId,
      tell: (event: NodeEvent) => parts.tell(event),
    };
    this.diagnostics = new DiagnosticService({ ...shared, entropy, facts: () => this.#facts.diagnostics(), now });
    this.tmf = new TmfPort({
      port: ip.openPort({ port: tmfPort }),
      entropy,
      meshLocal: shared.meshLocal,
      locator: () => ip.addresses.unicast.find(({ kind }) => kind === 'rloc')?.address,
      handler: (request, at) => this.#serve(request, at),
    });
    this.addresses = new AddressService({
      ...shared,
      traffic: () => more.traffic,
      interfaceId: identity.interfaceId,
      owns: (address) => this.#facts.owns(address),
      giveUp: (address) => parts.addressing().giveUp(address),
    });
    this.networkData = new NetworkDataService({
      ...shared,
      entropy,
      publish: (data, stable, at) => roles.publishNetworkData(data, stable, at),
      begin: (data, at) => roles.newNetworkData(data, at),
      onPartition: () => more.traffic.restart(),
    });
    this.commissioning = this.#makeCommissioning({ ...shared, ...more });
  }

  /** Something happened that those who manage the network may ask for, or wait for. */
  heard(event: NodeEvent, now: Instant): void {
    this.diagnostics.heard(event, this.#roles.parent, now);
    this.commissioning.heard(event, now);
  }

  #serve(request: TmfRequest, now: Instant): Uint8Array | undefined {
    return (
      this.#diagnosed(request, now) ??
      this.addresses.serve(request, now) ??
      this.networkData.serve(request, now) ??
      this.commissioning.serve(request, now) ??
      serveTmf(request, this.#facts, now)
    );
  }

  /** Answers to a query may be for us, or for a commissioner of ours that asked. */
  #diagnosed(request: TmfRequest, now: Instant): Uint8Array | undefined {
    if (request.path === 'd/da') this.commissioning.serve(request, now);
    return this.diagnostics.serve(request, now);
  }

  #makeCommissioning(
    shared: Pick<
      NodeCommissioningParts,
      'tmf' | 'place' | 'meshLocal' | 'networkData' | 'partitionId' | 'tell' | 'discover' | 'stopDiscovery'
    >,
  ): NodeCommissioning {
    const { options, link, sender, ip, datasets, mleSender, addressing, keys } = this.#parts;
    const { core, entropy, router } = options;
    return new NodeCommissioning({
      ...shared,
      core,
      entropy,
      link,
      sender,
      dataset: () => datasets.active,
      pending: () => datasets.pending,
      hasOtherKey: (dataset) => datasets.hasOtherKey(dataset),
      delays: router,
      keySequence: () => keys().current.sequence,
      sendMle: (command, tlvs, to, at, done) => mleSender.send({ command, tlvs, to, done }, at),
      isIn: (group) => ip.addresses.has(group),
      answerAs: (locator) => addressing().setCommissioner(locator),
      publish: (commissioning, at) => this.networkData.setCommissioning(commissioning, at),
      setActive: (dataset, at) => this.#roles.setActive(dataset, at),
      setPending: (dataset, at) => this.#roles.setPending(dataset, at),
    });
  }
}
