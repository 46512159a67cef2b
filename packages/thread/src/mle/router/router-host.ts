import type { Instant, Secret } from '@selvage/core';
import type { NetworkData } from '../../netdata/network-data.js';
import type { GivenDataset } from '../child/child-host.js';
import type { MleHost } from '../mle-host.js';
import type { MleNeighbours } from '../mle-neighbours.js';
import type { Valid } from '../parent/child-entry.js';
import type { LeaderData } from '../partition.js';
import type { RegistrationContexts } from '../registered-addresses.js';
import type { Timestamps } from '../timestamps.js';

/** What a router, or an end device that could be one, is part of: the node around it. */
export interface RouterHost extends MleHost {
  readonly mleNeighbours: MleNeighbours;
  readonly contexts: RegistrationContexts;
  readonly timestamps: Timestamps;
  /** Network data, whole or the stable part. */
  networkData(whole: boolean): NetworkData;
  newNetworkData(data: NetworkData, leader: LeaderData, now: Instant): void;
  newDataset(given: GivenDataset, now: Instant): void;
  /** The TLVs of a dataset without its timestamp; undefined where there is none, or its key is not at hand. */
  dataset(kind: 'active' | 'pending'): Secret | undefined;
  /** The children changed, and are to be stored. */
  storeChildren(): void;
  supervise(child: Valid, now: Instant): void;
  childChanged(child: { readonly extended: Uint8Array; readonly rloc16: number }, present: boolean): void;
}
