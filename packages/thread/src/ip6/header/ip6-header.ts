import { bytes, type Decoded, FormatError, layout, mapped, struct, u16, u32, u8 } from '@selvage/core';
import { addressLength } from '../address/text.js';

/** What the first four bytes of an IPv6 header say beside the version. */
export interface TrafficLabel {
  /** DSCP in the upper six bits, ECN in the lower two. */
  readonly trafficClass: number;
  /** 20 bits. */
  readonly flowLabel: number;
}

/** Bytes of an IPv6 header. */
export const ip6HeaderLength = 40;
/** The largest packet that every link of IPv6 carries, and the largest on a Thread mesh (RFC 8200 §5). */
export const ip6Mtu = 1280;

const version = 6;

/**
 * ```
 * uint4 version = 6; uint8 trafficClass; uint20 flowLabel;
 * uint16 payloadLength; uint8 nextHeader; uint8 hopLimit;
 * opaque source[16]; opaque destination[16];
 * ```
 * RFC 8200 §3.
 */
export const ip6Header = struct({
  label: mapped(u32, readLabel, writeLabel),
  payloadLength: u16,
  nextHeader: u8,
  hopLimit: u8,
  source: bytes(addressLength),
  destination: bytes(addressLength),
});

/** An IPv6 header's fields. */
export type Ip6Header = Decoded<typeof ip6Header>;

const slots = layout(ip6Header);
/** Where fields of a packet lie, for those that do not decode all of it. */
export const ip6Offsets = {
  payloadLength: slots.payloadLength.offset,
  nextHeader: slots.nextHeader.offset,
  hopLimit: slots.hopLimit.offset,
  source: slots.source.offset,
  destination: slots.destination.offset,
} as const;

function readLabel(word: number): TrafficLabel {
  if (word >>> 28 !== version) {
    throw new FormatError('invalid-value', `version ${word >>> 28} where only ${version} is allowed`);
  }
  return { trafficClass: (word >>> 20) & 0xff, flowLabel: word & 0xf_ffff };
}

function writeLabel({ trafficClass, flowLabel }: TrafficLabel): number {
  if ((trafficClass & 0xff) !== trafficClass || (flowLabel & 0xf_ffff) !== flowLabel) {
    throw new FormatError('value-out-of-range', `no traffic class ${trafficClass} with flow label ${flowLabel}`, {
      fault: 'caller',
    });
  }
  return ((version << 28) | (trafficClass << 20) | flowLabel) >>> 0;
}
