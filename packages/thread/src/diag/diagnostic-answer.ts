import { concat, type Decoded, encode, struct, type Tlv, u16, u32 } from '@selvage/core';
import type { LinkCounters } from '../mac/link-counters.js';
import { type Connectivity, connectivity } from '../mle/tlv/connectivity.js';
import { type LeaderData, leaderData } from '../mle/tlv/leader-data.js';
import { type DeviceMode, deviceMode } from '../mle/tlv/mode.js';
import { type Route64, route64 } from '../mle/tlv/route64.js';
import { type NetworkData, networkData } from '../netdata/network-data.js';
import { diagnosticTypes as types } from './diagnostic-types.js';

/** What a node can say of itself; what it has not is left out of an answer. */
export interface DiagnosticFacts {
  readonly extended: Uint8Array;
  readonly rloc16: number;
  readonly mode: DeviceMode;
  /** Seconds; of a sleepy child alone. */
  readonly timeout: number | undefined;
  /** Of a router alone. */
  readonly connectivity: Connectivity | undefined;
  readonly route64: Route64 | undefined;
  readonly leaderData: LeaderData | undefined;
  readonly networkData: NetworkData;
  /** 16 bytes each. */
  readonly addresses: readonly Uint8Array[];
  readonly link: LinkCounters;
  readonly children: readonly DiagnosticChild[] | undefined;
  readonly version: number;
}

/** A child as the Child Table TLV has it. */
export interface DiagnosticChild {
  readonly rloc16: number;
  readonly mode: DeviceMode;
  /** Seconds. */
  readonly timeout: number;
  /** 0 to 3. */
  readonly linkQuality: number;
}

const macCounters = struct({
  inUnknown: u32,
  inErrors: u32,
  outErrors: u32,
  inUnicast: u32,
  inBroadcast: u32,
  inDiscards: u32,
  outUnicast: u32,
  outBroadcast: u32,
  outDiscards: u32,
});

/** Channel page 0: all 16 channels of 2.4 GHz. */
const channelPages = Uint8Array.of(0);
const text = new TextEncoder();
const stackVersion = 'Selvage';

/** The TLVs that answer a list of types (Thread 1.3 §10.11.2): in its order, and unknown ones left out. */
export function diagnosticAnswer(wanted: Iterable<number>, facts: DiagnosticFacts): Tlv[] {
  const answer: Tlv[] = [];
  for (const type of new Set(wanted)) {
    const value = valueOf(type, facts);
    if (value !== undefined) answer.push({ type, value });
  }
  return answer;
}

function valueOf(type: number, facts: DiagnosticFacts): Uint8Array | undefined {
  switch (type) {
    case types.extendedAddress:
      return facts.extended;
    case types.address16:
      return encode(u16, facts.rloc16);
    case types.mode:
      return encode(deviceMode, facts.mode);
    case types.timeout:
      return facts.timeout === undefined ? undefined : encode(u32, facts.timeout);
    case types.connectivity:
      return facts.connectivity && encode(connectivity, facts.connectivity);
    case types.route64:
      return facts.route64 && encode(route64, facts.route64);
    case types.leaderData:
      return facts.leaderData && encode(leaderData, facts.leaderData);
    case types.networkData:
      return encode(networkData, facts.networkData);
    case types.ip6Addresses:
      return concat(...facts.addresses);
    case types.macCounters:
      return encode(macCounters, countersOf(facts.link));
    case types.childTable:
      return facts.children && concat(...facts.children.map(childEntry));
    case types.channelPages:
      return channelPages;
    case types.version:
      return encode(u16, facts.version);
    case types.threadStackVersion:
      return text.encode(stackVersion);
    default:
      return undefined;
  }
}

/** The link tells no broadcasts apart from unicasts: all count as unicast. */
function countersOf(link: LinkCounters): Decoded<typeof macCounters> {
  return {
    inUnknown: link.stranger,
    inErrors: link.malformed + link.forged,
    outErrors: link.failed,
    inUnicast: link.delivered,
    inBroadcast: 0,
    inDiscards: link.replayed + link.duplicate,
    outUnicast: link.sent,
    outBroadcast: 0,
    outDiscards: link.busy,
  };
}

/** `timeout exponent + 4 (5) | link quality in (2) | child id (9)`, mode: a time of 2^exponent seconds. */
function childEntry({ rloc16, mode, timeout, linkQuality }: DiagnosticChild): Uint8Array {
  const exponent = Math.min(31, Math.ceil(Math.log2(Math.max(timeout, 1))) + 4);
  return concat(encode(u16, (exponent << 11) | (linkQuality << 9) | (rloc16 & 0x1ff)), encode(deviceMode, mode));
}
