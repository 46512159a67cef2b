import type { Instant, Secret } from '@selvage/core';
import type { DatasetTimestamp } from '../../dataset/timestamp.js';
import type { LeaderData } from '../partition.js';
import type { MleHost } from '../mle-host.js';
import type { MleNeighbours } from '../mle-neighbours.js';
import type { NetworkData } from '../../netdata/network-data.js';
import type { RegisteredAddress } from '../tlv/address-registration.js';
import type { Timestamps } from '../timestamps.js';
import type { LossReason } from './child-input.js';
import type { StoredParent } from './child-state.js';

/** A dataset that the parent gave. */
export interface GivenDataset {
  readonly kind: 'active' | 'pending';
  readonly timestamp: DatasetTimestamp;
  /** MeshCoP TLVs, without that timestamp. */
  readonly tlvs: Secret;
}

/** What a child is part of: the node around it. */
export interface ChildHost extends MleHost {
  readonly mleNeighbours: MleNeighbours;
  readonly keySequence: number;
  /** Of the datasets that the node has. */
  readonly timestamps: Timestamps;
  /** The addresses to register, the mesh-local one first; `whole` where groups and others may be told too. */
  registration(whole: boolean): readonly RegisteredAddress[];
  /** It will be a child the next moment: what it was in another partition, or as a router, is over. */
  arriving(parent: Uint8Array, now: Instant): void;
  /** Whether this is a neighbour for another reason than that it is our parent: a child, or a router with a link. */
  isKnown(extended: Uint8Array): boolean;
  /** It is a child now, or one under another parent. */
  attached(parent: StoredParent, now: Instant): void;
  /** It is none any more. */
  detached(reason: LossReason, now: Instant): void;
  /** A search found nobody; it is repeated. */
  unheard(failures: number, now: Instant): void;
  newNetworkData(data: NetworkData, leader: LeaderData, now: Instant): void;
  leaderChanged(leader: LeaderData, now: Instant): void;
  newDataset(given: GivenDataset, now: Instant): void;
}
