import {
  bytes,
  type Codec,
  FormatError,
  mapped,
  remaining,
  Secret,
  struct,
  type TlvEntry,
  tlvSet,
  u16,
  u32,
  u8,
} from '@selvage/core';
import { channelMask } from './channel-mask.js';
import { leastPolicyFlags, securityPolicy } from './security-policy.js';
import { datasetTimestamp } from './timestamp.js';

const longestPskc = 16;
const [shortestName, longestName] = [1, 16] as const;

/**
 * The TLVs of an operational dataset (Thread 1.3 §8.10.1, table 8-17), in any order. Those that are not listed are kept
 * as they are.
 */
export const datasetTlvs = tlvSet({
  channel: [0x00, struct({ page: u8, channel: u16 })],
  panId: [0x01, u16],
  extendedPanId: [0x02, bytes(8)],
  /** 1 to 16 bytes, UTF-8. */
  networkName: [0x03, limited(remaining, shortestName, longestName)],
  pskc: [0x04, secret(limited(remaining, 0, longestPskc))],
  networkKey: [0x05, secret(bytes(16))],
  /** The first 8 bytes of the prefix, which has 64 bits. */
  meshLocalPrefix: [0x07, bytes(8)],
  securityPolicy: [0x0c, checkedPolicy()],
  activeTimestamp: [0x0e, datasetTimestamp],
  pendingTimestamp: [0x33, datasetTimestamp],
  /** Milliseconds until a pending dataset becomes the active one. */
  delay: [0x34, u32],
  channelMask: [0x35, channelMask],
});

/** A TLV of a dataset. */
export type DatasetEntry = TlvEntry<(typeof datasetTlvs)['declarations']>;
/** The name of a TLV that a dataset knows. */
export type DatasetField = keyof (typeof datasetTlvs)['declarations'];
/** The value of a TLV, by its name. */
export type DatasetValue<F extends DatasetField> =
  Extract<DatasetEntry, { type: F }> extends { value: infer V } ? V : never;

function limited(codec: Codec<Uint8Array>, least: number, most: number): Codec<Uint8Array> {
  const check = (value: Uint8Array, fault: 'peer' | 'caller'): Uint8Array => {
    if (value.length >= least && value.length <= most) return value;
    throw new FormatError('length-out-of-range', `${value.length} bytes where ${least} to ${most} are allowed`, {
      fault,
    });
  };
  return mapped(
    codec,
    (value) => check(value, 'peer'),
    (value) => check(value, 'caller'),
  );
}

function secret(codec: Codec<Uint8Array>): Codec<Secret> {
  return mapped(
    codec,
    (value) => Secret.of(value),
    (value) => value.reveal(),
  );
}

function checkedPolicy(): typeof securityPolicy {
  return {
    ...securityPolicy,
    decode(reader) {
      const policy = securityPolicy.decode(reader);
      if (policy.flags.length >= leastPolicyFlags) return policy;
      throw new FormatError('truncated', 'a security policy has flags');
    },
  };
}
