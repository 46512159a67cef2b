import { bytes, type Decoded, FormatError, mapped, remaining, sequence, tlvSet, u16, u32, u8 } from '@selvage/core';
import { connectivity } from '../mle/tlv/connectivity.js';
import { leaderData } from '../mle/tlv/leader-data.js';
import { deviceMode } from '../mle/tlv/mode.js';
import { route64 } from '../mle/tlv/route64.js';
import { networkData } from '../netdata/network-data.js';
import { answerPart } from './tlv/answer.js';
import { childAddresses, childDetail } from './tlv/child-detail.js';
import { childTable } from './tlv/child-table.js';
import { macCounters, mleCounters } from './tlv/counters.js';
import { routerNeighbour } from './tlv/router-neighbour.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const text = mapped(
  remaining,
  (wire) => {
    try {
      return decoder.decode(wire);
    } catch {
      throw new FormatError('invalid-value', 'the text is no UTF-8');
    }
  },
  (value: string) => encoder.encode(value),
);

/** The TLVs of Network Diagnostics (Thread 1.3 §10.11.4; those of 1.4 included). Unknown ones survive a round trip. */
export const diagnosticTlvs = tlvSet({
  extended: [0, bytes(8)],
  rloc16: [1, u16],
  mode: [2, deviceMode],
  /** Seconds until a parent forgets it; of a sleepy child alone. */
  timeout: [3, u32],
  connectivity: [4, connectivity],
  route64: [5, route64],
  leaderData: [6, leaderData],
  networkData: [7, networkData],
  /** 16 bytes each. */
  addresses: [8, sequence(bytes(16))],
  macCounters: [9, macCounters],
  /** Per cent. */
  batteryLevel: [14, u8],
  /** Millivolts. */
  supplyVoltage: [15, u16],
  childTable: [16, childTable],
  channelPages: [17, remaining],
  /** Types of the TLVs that are asked for. */
  typeList: [18, sequence(u8)],
  /** Seconds. */
  maxChildTimeout: [19, u32],
  eui64: [23, bytes(8)],
  /** Of the protocol: 2 to 5 for Thread 1.1 to 1.4. */
  version: [24, u16],
  vendorName: [25, text],
  vendorModel: [26, text],
  vendorSoftwareVersion: [27, text],
  threadStackVersion: [28, text],
  child: [29, childDetail],
  childAddresses: [30, childAddresses],
  routerNeighbour: [31, routerNeighbour],
  answer: [32, answerPart],
  queryId: [33, u16],
  mleCounters: [34, mleCounters],
  vendorUrl: [35, text],
});

/** The name of a TLV that Network Diagnostics knows. */
export type DiagnosticName = keyof (typeof diagnosticTlvs)['declarations'];
/** The value of a TLV, by its name. */
export type DiagnosticValue<N extends DiagnosticName> = Decoded<(typeof diagnosticTlvs)['declarations'][N][1]>;
/** A TLV of Network Diagnostics. */
export type DiagnosticTlv = Decoded<typeof diagnosticTlvs>[number];

/** The type number of a TLV: what a type list has. */
export function diagnosticType(name: DiagnosticName): number {
  return diagnosticTlvs.declarations[name][0];
}
