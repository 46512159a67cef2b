import {
  type Decoded,
  mapped,
  remaining,
  Secret,
  sequence,
  struct,
  type TlvEntry,
  tlvs,
  tlvSet,
  u16,
  u32,
  u8,
} from '@selvage/core';
import { networkData } from '../../netdata/network-data.js';
import { addressRegistration } from './address-registration.js';
import { connectivity } from './connectivity.js';
import { discoveryTlvs } from './discovery.js';
import { leaderData } from './leader-data.js';
import { deviceMode } from './mode.js';
import { route64 } from './route64.js';
import { scanMask } from './scan-mask.js';
import { datasetTimestamp } from '../../dataset/timestamp.js';

/** A dataset has the network key: it does not print, and is decoded by whoever takes it over. */
const datasetBytes = mapped(
  remaining,
  (bytes) => Secret.of(bytes),
  (secret) => secret.reveal(),
);

/**
 * The TLVs of MLE messages (Thread 1.3 §4.4), in any order. Unknown ones survive a round trip.
 */
export const mleTlvs = tlvSet({
  /** The sender's RLOC16. */
  sourceAddress: [0, u16],
  mode: [1, deviceMode],
  /** Of a child, seconds. */
  timeout: [2, u32],
  /** 4 to 8 bytes drawn by whoever doubts. */
  challenge: [3, remaining],
  /** The challenge again. */
  response: [4, remaining],
  /** The sender's next frame counter of the link, and of MLE: where it is missing both are the same. */
  linkFrameCounter: [5, u32],
  mleFrameCounter: [8, u32],
  route64: [9, route64],
  /** The RLOC16 that the receiver gets. */
  address16: [10, u16],
  leaderData: [11, leaderData],
  networkData: [12, networkData],
  /** Types of TLVs that the receiver is to send. */
  tlvRequest: [13, sequence(u8)],
  scanMask: [14, scanMask],
  connectivity: [15, connectivity],
  /** dB above the receiver's sensitivity. */
  linkMargin: [16, u8],
  /** 1: error. */
  status: [17, u8],
  /** Of the protocol: 2 to 5 for Thread 1.1 to 1.4. */
  version: [18, u16],
  addressRegistration: [19, addressRegistration],
  channel: [20, struct({ page: u8, channel: u16 })],
  panId: [21, u16],
  activeTimestamp: [22, datasetTimestamp],
  pendingTimestamp: [23, datasetTimestamp],
  /** Dataset TLVs without the timestamp that stands in 22, or 23. */
  activeDataset: [24, datasetBytes],
  pendingDataset: [25, datasetBytes],
  discovery: [26, discoveryTlvs],
  /** Seconds. */
  supervisionInterval: [27, u16],
  cslChannel: [80, struct({ page: u8, channel: u16 })],
  /** Seconds. */
  cslTimeout: [85, u32],
  cslAccuracy: [86, struct({ clockAccuracy: u8, uncertainty: u8 })],
  linkMetricsQuery: [87, tlvs],
  linkMetricsManagement: [88, tlvs],
  linkMetricsReport: [89, tlvs],
  linkProbe: [90, remaining],
});

/** A TLV of an MLE message. */
export type MleTlv = TlvEntry<(typeof mleTlvs)['declarations']>;
/** The name of a TLV that MLE knows. */
export type MleTlvName = keyof (typeof mleTlvs)['declarations'];
/** The value of a TLV, by its name. */
export type MleTlvValue<N extends MleTlvName> = Decoded<(typeof mleTlvs)['declarations'][N][1]>;

/** The type number of a TLV: what a TLV Request lists. */
export function mleTlvType(name: MleTlvName): number {
  return mleTlvs.declarations[name][0];
}
