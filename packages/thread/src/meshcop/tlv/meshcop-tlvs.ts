import { bytes, mapped, remaining, Secret, sequence, struct, type TlvEntry, tlvSet, u16, u32, u8 } from '@selvage/core';
import { channelMask } from '../../dataset/channel-mask.js';
import { securityPolicy } from '../../dataset/security-policy.js';
import { datasetTimestamp } from '../../dataset/timestamp.js';
import { commissioningState } from './state.js';

const secret = mapped(
  remaining,
  (value) => Secret.of(value),
  (value) => value.reveal(),
);

/**
 * The TLVs of commissioning messages (Thread 1.3 §8.10.1, table 8-17), in any order. Those that are not listed are kept
 * as they are.
 */
export const meshcopTlvs = tlvSet({
  channel: [0x00, struct({ page: u8, channel: u16 })],
  panId: [0x01, u16],
  extendedPanId: [0x02, bytes(8)],
  /** UTF-8, as every name and version of this list. */
  networkName: [0x03, remaining],
  pskc: [0x04, secret],
  networkKey: [0x05, secret],
  networkKeySequence: [0x06, u32],
  /** The first 8 bytes of the prefix, which has 64 bits. */
  meshLocalPrefix: [0x07, bytes(8)],
  steeringData: [0x08, remaining],
  /** The RLOC16 of the border agent. */
  borderAgentLocator: [0x09, u16],
  commissionerId: [0x0a, remaining],
  commissionerSessionId: [0x0b, u16],
  securityPolicy: [0x0c, securityPolicy],
  /** Types of TLVs that are asked for. */
  get: [0x0d, sequence(u8)],
  activeTimestamp: [0x0e, datasetTimestamp],
  commissionerUdpPort: [0x0f, u16],
  state: [0x10, commissioningState],
  /** A record of the DTLS session between joiner and commissioner. */
  joinerDtlsEncapsulation: [0x11, remaining],
  joinerUdpPort: [0x12, u16],
  joinerInterfaceId: [0x13, bytes(8)],
  /** The RLOC16 of the joiner router. */
  joinerRouterLocator: [0x14, u16],
  joinerRouterKek: [0x15, secret],
  provisioningUrl: [0x20, remaining],
  vendorName: [0x21, remaining],
  vendorModel: [0x22, remaining],
  vendorSoftwareVersion: [0x23, remaining],
  vendorData: [0x24, remaining],
  vendorStackVersion: [0x25, remaining],
  /** A UDP datagram of or to the mesh, for the proxy of a border agent. */
  udpEncapsulation: [0x30, struct({ sourcePort: u16, destinationPort: u16, payload: remaining })],
  ipv6Address: [0x31, bytes(16)],
  pendingTimestamp: [0x33, datasetTimestamp],
  /** Milliseconds until a pending dataset becomes the active one. */
  delay: [0x34, u32],
  channelMask: [0x35, channelMask],
  count: [0x36, u8],
  /** Milliseconds. */
  period: [0x37, u16],
  /** Milliseconds. */
  scanDuration: [0x38, u16],
  /** dBm, one byte a channel, two's complement. */
  energyList: [0x39, remaining],
});

/** A message of commissioning: its TLVs. */
export type MeshcopTlv = TlvEntry<(typeof meshcopTlvs)['declarations']>;
