import type { Instant, Secret } from '@selvage/core';
import type { DatasetTimestamp } from '../dataset/timestamp.js';
import { isNewerVersion, isSamePartition, type LeaderData } from './partition.js';
import type { MleArrival } from './mle-host.js';
import type { DeviceMode } from './tlv/mode.js';
import { isNewerTimestamp, type Timestamps } from './timestamps.js';
import type { NetworkData } from '../netdata/network-data.js';
import type { GivenDataset } from './child/child-host.js';

/** To whom news are handed. */
export interface NewsHost {
  /** Of the datasets that the node has. */
  readonly timestamps: Timestamps;
  newNetworkData(data: NetworkData, leader: LeaderData, now: Instant): void;
  newDataset(given: GivenDataset, now: Instant): void;
}

/** What a message says of datasets. */
export type NamedDatasets = Pick<
  MleArrival['tlvs'],
  'activeTimestamp' | 'activeDataset' | 'pendingTimestamp' | 'pendingDataset'
>;

/** Network data and datasets as a node gets them from its parent, or from other routers (Thread 1.3 §5.15, §8.4.3). */
export class News {
  readonly #host: NewsHost;
  /** Of which version the network data are that the node has. */
  #have: LeaderData | undefined;

  constructor(host: NewsHost) {
    this.#host = host;
  }

  /** Of which version the network data are that the node has; undefined where it has none of its partition. */
  get version(): LeaderData | undefined {
    return this.#have;
  }

  /** The node has what this version says: it made it itself. */
  own(leader: LeaderData): void {
    this.#have = leader;
  }

  /** Nothing that was known counts any more. */
  forget(): void {
    this.#have = undefined;
  }

  /** Whether there are newer data than the node has, and this message does not carry them. */
  lacks({ tlvs }: MleArrival, leader: LeaderData, mode: DeviceMode): boolean {
    return (tlvs.networkData === undefined && this.#isNewer(leader, mode)) || this.lacksDataset(tlvs);
  }

  /** Whether there is a newer dataset than the node has, which is named and not there. */
  lacksDataset(tlvs: NamedDatasets): boolean {
    const { active, pending } = this.#host.timestamps;
    return (
      (tlvs.activeDataset === undefined && isNewerTimestamp(tlvs.activeTimestamp, active)) ||
      (tlvs.pendingDataset === undefined && isNewerTimestamp(tlvs.pendingTimestamp, pending))
    );
  }

  /** Takes what is newer. @returns whether network data were */
  take({ tlvs }: MleArrival, mode: DeviceMode, now: Instant): boolean {
    const { networkData, leaderData: leader } = tlvs;
    const isNewer = networkData !== undefined && leader !== undefined && this.#isNewer(leader, mode);
    if (isNewer) {
      this.#have = leader;
      this.#host.newNetworkData(networkData, leader, now);
    }
    this.#dataset('active', tlvs.activeTimestamp, tlvs.activeDataset, now);
    this.#dataset('pending', tlvs.pendingTimestamp, tlvs.pendingDataset, now);
    return isNewer;
  }

  #dataset(
    kind: GivenDataset['kind'],
    timestamp: DatasetTimestamp | undefined,
    tlvs: Secret | undefined,
    now: Instant,
  ): void {
    const ours = this.#host.timestamps[kind];
    if (timestamp === undefined || tlvs === undefined || !isNewerTimestamp(timestamp, ours)) return;
    this.#host.newDataset({ kind, timestamp, tlvs }, now);
  }

  #isNewer(leader: LeaderData, mode: DeviceMode): boolean {
    const have = this.#have;
    if (have === undefined || !isSamePartition(have, leader)) return true;
    return !mode.fullNetworkData
      ? isNewerVersion(leader.stableDataVersion, have.stableDataVersion)
      : isNewerVersion(leader.dataVersion, have.dataVersion);
  }
}
