import type { Instant, Secret } from '@selvage/core';
import type { DatasetTimestamp } from '../../dataset/timestamp.js';
import { isNewerVersion, isSamePartition, type LeaderData } from '../partition.js';
import type { MleArrival } from '../mle-host.js';
import { isNewerTimestamp } from '../timestamps.js';
import type { DeviceMode } from '../tlv/mode.js';
import type { ChildHost, GivenDataset } from './child-host.js';

/** Network data and datasets as a child gets them from its parent (Thread 1.3 §5.15, §8.4.3). */
export class ChildNews {
  readonly #host: ChildHost;
  /** Of which version the network data are that the node has. */
  #have: LeaderData | undefined;

  constructor(host: ChildHost) {
    this.#host = host;
  }

  /** Nothing that was known counts any more. */
  forget(): void {
    this.#have = undefined;
  }

  /** Whether there are newer data than the node has, and this message does not carry them. */
  lacks({ tlvs }: MleArrival, leader: LeaderData, mode: DeviceMode): boolean {
    const { active, pending } = this.#host.timestamps;
    if (tlvs.networkData === undefined && this.#isNewer(leader, mode)) return true;
    return (
      (tlvs.activeDataset === undefined && isNewerTimestamp(tlvs.activeTimestamp, active)) ||
      (tlvs.pendingDataset === undefined && isNewerTimestamp(tlvs.pendingTimestamp, pending))
    );
  }

  /** Takes what is newer. */
  take({ tlvs }: MleArrival, mode: DeviceMode, now: Instant): void {
    const { networkData, leaderData: leader } = tlvs;
    if (networkData !== undefined && leader !== undefined && this.#isNewer(leader, mode)) {
      this.#have = leader;
      this.#host.newNetworkData(networkData, leader, now);
    }
    this.#dataset('active', tlvs.activeTimestamp, tlvs.activeDataset, now);
    this.#dataset('pending', tlvs.pendingTimestamp, tlvs.pendingDataset, now);
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
