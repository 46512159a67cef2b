import { bytes, mapped, remaining, tlvSet, u16 } from '@selvage/core';

/** What a Discovery Request says of who asks. */
export interface DiscoveryRequest {
  /** Of the protocol: 2 to 5 for Thread 1.1 to 1.4. */
  readonly version: number;
  /** Asked by a joiner: networks that do not admit it need not answer. */
  readonly joiner: boolean;
  readonly reserved: number;
}

/** What a Discovery Response says of who answers. */
export interface DiscoveryResponse {
  readonly version: number;
  /** Native commissioners are admitted. */
  readonly nativeCommissioner: boolean;
  readonly reserved: number;
}

const [flagBit, reservedBits] = [0x0800, 0x07ff] as const;

const request = mapped(
  u16,
  (word): DiscoveryRequest => ({
    version: word >> 12,
    joiner: (word & flagBit) !== 0,
    reserved: word & reservedBits,
  }),
  ({ version, joiner, reserved }) => (version << 12) | (joiner ? flagBit : 0) | (reserved & reservedBits),
);

const response = mapped(
  u16,
  (word): DiscoveryResponse => ({
    version: word >> 12,
    nativeCommissioner: (word & flagBit) !== 0,
    reserved: word & reservedBits,
  }),
  ({ version, nativeCommissioner, reserved }) =>
    (version << 12) | (nativeCommissioner ? flagBit : 0) | (reserved & reservedBits),
);

/** TLV 26: the MeshCoP TLVs of discovery (Thread 1.3 §4.4.20, §8.10.4). */
export const discoveryTlvs = tlvSet({
  discoveryRequest: [128, request],
  discoveryResponse: [129, response],
  extendedPanId: [2, bytes(8)],
  /** UTF-8. */
  networkName: [3, remaining],
  steeringData: [8, remaining],
  commissionerUdpPort: [15, u16],
  joinerUdpPort: [18, u16],
});
