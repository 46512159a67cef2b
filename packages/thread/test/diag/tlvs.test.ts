import { decode, encode, fromHex, toHex } from '@selvage/core';
import { coapMessage } from '@selvage/coap';
import { codecSuite } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import { diagnosticReport, diagnosticTlvs, diagnosticType, readDiagnosticTlvs } from '@selvage/thread';
import { findUpperLayer } from '../../src/ip6/stack/upper-layer.js';
import { CaptureReader } from '../support/captured-packets.js';
import { captures } from '../support/captures.js';

const mode = { receiverOnWhenIdle: false, secureDataRequests: true, fullThreadDevice: false, fullNetworkData: false };

codecSuite(
  { describe, it, expect },
  {
    name: 'network diagnostic TLVs (Thread 1.3 §10.11.4)',
    codec: diagnosticTlvs,
    openEnded: true,
    values: [
      [
        { type: 'macCounters', value: fromCount(['inUnknown', 'inErrors', 'outErrors', 'inUnicast', 'inBroadcast']) },
        { type: 'batteryLevel', value: 87 },
        { type: 'supplyVoltage', value: 3100 },
        { type: 'vendorName', value: 'Spulenwerk Göß' },
        { type: 'vendorUrl', value: 'https://example.org/' + 'x'.repeat(300) },
        { type: 'child', value: undefined },
        { type: 'childAddresses', value: { rloc16: 0x1c01, addresses: [fromHex('fd'.repeat(16))] } },
        { type: 'answer', value: { isLast: true, index: 3 } },
      ],
    ],
    vectors: [
      {
        name: 'a type list and a query id',
        bytes: '12 04 00 05 10 1d 21 02 00 2a',
        value: [
          { type: 'typeList', value: [0, 5, 16, 29] },
          { type: 'queryId', value: 42 },
        ],
      },
      {
        name: 'a child table of one: timeout 2^8 s, link quality 3, child id 1, sleepy',
        bytes: '10 03 66 01 04',
        value: [
          {
            type: 'childTable',
            value: [{ childId: 1, linkQuality: 3, timeout: 256, mode: { ...mode, reserved: 0 } }],
          },
        ],
      },
    ],
    unknown: ['24 03 010203', 'fe 00'],
  },
);

function fromCount(first: readonly string[]): never {
  const names = [...first, 'inDiscards', 'outUnicast', 'outBroadcast', 'outDiscards'];
  return Object.fromEntries(names.map((name, i) => [name, i + 1])) as never;
}

describe('what a node said of itself', () => {
  it('is put together from all its TLVs; what cannot be read is kept', () => {
    const payload = encode(diagnosticTlvs, [
      { type: 'rloc16', value: 0x6c00 },
      { type: 'childAddresses', value: { rloc16: 0x6c01, addresses: [] } },
      { type: 'childAddresses', value: undefined },
      { type: 'child', value: undefined },
      { type: 'unknown', tag: 200, body: fromHex('01') },
      { type: 'unknown', tag: diagnosticType('version'), body: fromHex('000005') },
    ]);
    const report = diagnosticReport(readDiagnosticTlvs(payload));
    expect(report).toEqual({
      rloc16: 0x6c00,
      childAddresses: [{ rloc16: 0x6c01, addresses: [] }],
      children: [],
      unknown: [
        { type: 200, value: fromHex('01') },
        { type: 24, value: fromHex('000005') },
      ],
    });
  });
});

describe('the diagnostics of captures 01-07', () => {
  it('are read, every TLV of them, and written back as they were', () => {
    let messages = 0;
    const seen = new Map<string, number>();
    for (const capture of captures()) {
      for (const { packet } of new CaptureReader(capture).packets) {
        const tlvs = diagnosticsOf(packet);
        if (tlvs === undefined) continue;
        messages++;
        const entries = readDiagnosticTlvs(tlvs);
        expect(toHex(encode(diagnosticTlvs, entries))).toBe(toHex(tlvs));
        for (const { type } of entries) seen.set(type, (seen.get(type) ?? 0) + 1);
      }
    }
    expect(messages).toBe(17);
    expect(Object.fromEntries(seen)).toEqual({
      typeList: 13,
      queryId: 10,
      extended: 4,
      rloc16: 4,
      route64: 4,
      answer: 4,
    });
  });
});

/** The TLVs of `d/dg`, `d/dq` and `d/da` requests; those of responses do not say what they are. */
function diagnosticsOf(packet: Uint8Array): Uint8Array | undefined {
  const upper = findUpperLayer(packet);
  if (upper.kind !== 'found' || upper.protocol !== 17) return undefined;
  try {
    const { options, payload, code } = decode(coapMessage, packet.subarray(upper.at + 8));
    const path = options.filter(({ number }) => number === 11).map(({ value }) => new TextDecoder().decode(value));
    return code !== 0 && path[0] === 'd' ? payload : undefined;
  } catch {
    return undefined;
  }
}
