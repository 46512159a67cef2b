import { decode, encode, type Entropy, type Instant, tlvs as anyTlvs, tryDecode } from '@selvage/core';
import { locatorOf } from '../../ip6/address/thread-address.js';
import type { NetworkData } from '../../netdata/network-data.js';
import { CommissionerRegister } from '../../meshcop/management/commissioner-register.js';
import {
  activeSet,
  datasetAnswer,
  type DatasetVerdict,
  type LeastDelays,
  type ManagedDatasets,
  pendingSet,
} from '../../meshcop/management/dataset-requests.js';
import { commissioningData } from '../../meshcop/commissioning-data.js';
import { type MeshcopTlv, meshcopTlvs } from '../../meshcop/tlv/meshcop-tlvs.js';
import type { Dataset } from '../../dataset/dataset.js';
import type { TmfRequest } from '../../tmf/tmf-port.js';

type CommissioningTlvs = Extract<NetworkData[number], { type: 'commissioning' }>['value'];

/** What {@link LeaderCommissioning} works with. */
export interface LeaderCommissioningParts {
  readonly entropy: Entropy;
  readonly isLeader: () => boolean;
  readonly partitionId: () => number | undefined;
  readonly networkData: () => NetworkData;
  readonly active: () => Dataset;
  readonly pending: () => Dataset | undefined;
  readonly hasOtherKey: ManagedDatasets['hasOtherKey'];
  readonly delays: LeastDelays;
  /** Of a leader: network data has these from now on. */
  readonly publish: (commissioning: CommissioningTlvs, now: Instant) => void;
  readonly setActive: (dataset: Dataset, now: Instant) => void;
  readonly setPending: (dataset: Dataset, now: Instant) => void;
}

/**
 * What a leader does for whoever commissions (Thread 1.3 §8.4.3): it registers one commissioner at a time, and sets
 * datasets. Every node tells its own.
 */
export class LeaderCommissioning {
  readonly #parts: LeaderCommissioningParts;
  #register: { readonly partitionId: number | undefined; readonly register: CommissionerRegister } | undefined;
  #now: Instant = 0;

  constructor(parts: LeaderCommissioningParts) {
    this.#parts = parts;
  }

  get deadline(): Instant {
    return this.#register?.register.deadline ?? Infinity;
  }

  tick(now: Instant): void {
    if (now < this.deadline) return;
    this.#now = now;
    this.#register?.register.tick(now);
  }

  /** The answer to a request of management; undefined for silence, and for what is something else. */
  serve({ path, payload, source, confirmable }: TmfRequest, now: Instant): Uint8Array | undefined {
    if (!path.startsWith('c/') || !confirmable) return undefined;
    const { active, pending, isLeader } = this.#parts;
    if (path === 'c/ag') return datasetAnswer(active(), payload);
    if (path === 'c/pg') return datasetAnswer(pending(), payload);
    if (!isLeader()) return undefined;
    this.#now = now;
    const tlvs = tryDecode(meshcopTlvs, payload);
    if (tlvs === undefined) return undefined;
    const register = this.#registerOf();
    switch (path) {
      case 'c/lp':
      case 'c/la': {
        const locator = locatorOf(source);
        if (locator?.kind !== 'rloc') return undefined;
        const answer = path === 'c/lp' ? 'petition' : 'keepAlive';
        return encode(meshcopTlvs, register[answer](tlvs, locator.locator, now));
      }
      case 'c/cs':
        return encode(meshcopTlvs, register.set(tlvs, now));
      case 'c/cg':
        return encode(meshcopTlvs, register.get(meshcopTlvs.first(tlvs, 'get')));
      case 'c/as':
        return this.#verdict(activeSet(payload, this.#managed(tlvs)), now);
      case 'c/ps':
        return this.#verdict(pendingSet(payload, this.#managed(tlvs), this.#parts.delays), now);
      default:
        return undefined;
    }
  }

  #managed(tlvs: readonly MeshcopTlv[]): ManagedDatasets {
    const { active, pending, hasOtherKey } = this.#parts;
    return { active: active(), pending: pending(), hasOtherKey, isAdmitted: this.#registerOf().admits(tlvs) };
  }

  #verdict(verdict: DatasetVerdict, now: Instant): Uint8Array {
    if (verdict.kind === 'active') this.#parts.setActive(verdict.dataset, now);
    if (verdict.kind === 'pending') this.#parts.setPending(verdict.dataset, now);
    return encode(meshcopTlvs, [{ type: 'state', value: verdict.kind === 'refused' ? 'reject' : 'accept' }]);
  }

  /** Each partition has its own; the number of its last session is in network data from the beginning. */
  #registerOf(): CommissionerRegister {
    const partitionId = this.#parts.partitionId();
    if (this.#register === undefined || this.#register.partitionId !== partitionId) {
      const { sessionId = 0 } = commissioningData(this.#parts.networkData());
      const publish = (tlvs: Uint8Array): void => this.#parts.publish(decode(anyTlvs, tlvs), this.#now);
      this.#register = { partitionId, register: new CommissionerRegister(sessionId, publish) };
    }
    return this.#register.register;
  }
}
