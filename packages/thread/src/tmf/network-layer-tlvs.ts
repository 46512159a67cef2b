import {
  bytes,
  type Decoded,
  decode,
  FormatError,
  named,
  remaining,
  struct,
  tlvSet,
  u16,
  u32,
  u8,
} from '@selvage/core';

/**
 * TLVs of the messages by which the routers of a partition keep its addresses and network data: `uint8 type; uint8 length;
 * opaque value[length]` (Thread 1.3 §5.19).
 */
export const networkLayerTlvs = tlvSet({
  /** The address that is looked for, or answered for. */
  target: [0, bytes(16)],
  extended: [1, bytes(8)],
  rloc16: [2, u16],
  /** Of the mesh-local address of whoever has the target. */
  interfaceId: [3, bytes(8)],
  status: [4, u8],
  /** Seconds since a parent heard the child that has the target. */
  lastTransaction: [6, u32],
  /** `uint8 idSequence; opaque mask[8]`: the routers there are. */
  routerMask: [7, struct({ idSequence: u8, mask: bytes(8) })],
  /** Network data, as it is registered. */
  networkData: [10, named('networkData', remaining)],
});

/** The TLVs of a message. */
export type NetworkLayerTlvs = Decoded<typeof networkLayerTlvs>;

/** The TLVs of a payload; `undefined` for one that is malformed. */
export function readNetworkLayer(payload: Uint8Array): NetworkLayerTlvs | undefined {
  try {
    return decode(networkLayerTlvs, payload, 'networkLayer');
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}
