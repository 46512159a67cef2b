import { concat, encode } from '@selvage/core';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { ip6Header } from '../../src/ip6/header/ip6-header.js';

/** An IPv6 packet in a few words. */
export interface Packet {
  readonly source: string;
  readonly destination: string;
  readonly nextHeader: number;
  readonly payload: Uint8Array;
  /** 64 by default. */
  readonly hopLimit?: number;
  readonly trafficClass?: number;
  readonly flowLabel?: number;
}

/** Its bytes. */
export function packetOf({
  source,
  destination,
  nextHeader,
  payload,
  hopLimit = 64,
  trafficClass = 0,
  flowLabel = 0,
}: Packet): Uint8Array {
  const header = encode(ip6Header, {
    label: { trafficClass, flowLabel },
    payloadLength: payload.length,
    nextHeader,
    hopLimit,
    source: parseIp6(source),
    destination: parseIp6(destination),
  });
  return concat(header, payload);
}
