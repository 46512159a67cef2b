import { Secret, decode, encode, fromHex, toHex } from '@selvage/core';
import { codecSuite, outcomeOf } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import { mleDatagram, mleSecurityHeader, mleSecurityLayout, mleSecurityLength } from '../../src/mle/mle-datagram.js';
import { type MleMessage, mleMessage } from '../../src/mle/mle-message.js';
import { type MleTlv, mleTlvs, mleTlvType } from '../../src/mle/tlv/mle-tlvs.js';
import { route64, routerIdsOf, routerMaskOf } from '../../src/mle/tlv/route64.js';
import { CaptureReader } from '../support/captured-packets.js';
import { captures } from '../support/captures.js';

const test = { describe, it, expect };

const everyTlv: readonly MleTlv[] = [
  { type: 'sourceAddress', value: 0x8c01 },
  {
    type: 'mode',
    value: {
      receiverOnWhenIdle: true,
      secureDataRequests: true,
      fullThreadDevice: false,
      fullNetworkData: true,
      reserved: 0xa0,
    },
  },
  { type: 'timeout', value: 240 },
  { type: 'challenge', value: fromHex('6f51720682d863b1') },
  { type: 'response', value: fromHex('6f517206') },
  { type: 'linkFrameCounter', value: 0xffff_ffff },
  { type: 'mleFrameCounter', value: 6 },
  {
    type: 'route64',
    value: {
      idSequence: 197,
      routes: [
        { routerId: 0, linkQualityOut: 3, linkQualityIn: 2, cost: 1 },
        { routerId: 62, linkQualityOut: 0, linkQualityIn: 0, cost: 15 },
      ],
    },
  },
  { type: 'address16', value: 0x6c02 },
  {
    type: 'leaderData',
    value: { partitionId: 836524193, weighting: 64, dataVersion: 1, stableDataVersion: 2, leaderRouterId: 27 },
  },
  {
    type: 'networkData',
    value: [{ type: 'commissioning', stable: false, value: [{ type: 11, value: fromHex('545b') }] }],
  },
  { type: 'tlvRequest', value: [10, 12, 9] },
  { type: 'scanMask', value: { routers: true, endDevices: true, reserved: 1 } },
  {
    type: 'connectivity',
    value: {
      priority: { parent: 'low', reserved: 3 },
      linkQuality3: 1,
      linkQuality2: 2,
      linkQuality1: 3,
      leaderCost: 1,
      idSequence: 200,
      activeRouters: 2,
      sleepyBuffer: { bytes: 1280, datagrams: 1 },
    },
  },
  { type: 'linkMargin', value: 80 },
  { type: 'status', value: 1 },
  { type: 'version', value: 5 },
  {
    type: 'addressRegistration',
    value: [
      { kind: 'compressed', contextId: 15, interfaceId: fromHex('0102030405060708'), reserved: 0x10 },
      { kind: 'full', address: fromHex('ff030000000000000000000000000158'), reserved: 0x01 },
    ],
  },
  { type: 'channel', value: { page: 0, channel: 15 } },
  { type: 'panId', value: 0xfa70 },
  { type: 'activeTimestamp', value: { seconds: 0xffff_ffff_ffff, ticks: 0x7fff, isAuthoritative: true } },
  { type: 'pendingTimestamp', value: { seconds: 1, ticks: 0, isAuthoritative: false } },
  { type: 'activeDataset', value: Secret.of(fromHex('0102fa70')) },
  { type: 'pendingDataset', value: Secret.of(fromHex('')) },
  {
    type: 'discovery',
    value: [
      { type: 'discoveryRequest', value: { version: 5, joiner: true, reserved: 1 } },
      { type: 'discoveryResponse', value: { version: 5, nativeCommissioner: false, reserved: 0 } },
      { type: 'extendedPanId', value: fromHex('e185881dd6566405') },
      { type: 'networkName', value: fromHex('4f70656e') },
      { type: 'steeringData', value: fromHex('ff') },
      { type: 'commissionerUdpPort', value: 49153 },
      { type: 'joinerUdpPort', value: 1000 },
    ],
  },
  { type: 'supervisionInterval', value: 129 },
  { type: 'cslChannel', value: { page: 0, channel: 15 } },
  { type: 'cslTimeout', value: 100 },
  { type: 'cslAccuracy', value: { clockAccuracy: 0xff, uncertainty: 0xff } },
  { type: 'linkMetricsQuery', value: [{ type: 1, value: fromHex('00') }] },
  { type: 'linkMetricsManagement', value: [] },
  { type: 'linkMetricsReport', value: [{ type: 0, value: fromHex('4050') }] },
  { type: 'linkProbe', value: fromHex('0102') },
];

it('every TLV that MLE knows is among the values tested', () => {
  expect(new Set(everyTlv.map(({ type }) => type))).toEqual(new Set(Object.keys(mleTlvs.declarations)));
});

const parentRequest: MleMessage = {
  command: 'parentRequest',
  tlvs: [
    {
      type: 'mode',
      value: {
        receiverOnWhenIdle: true,
        secureDataRequests: true,
        fullThreadDevice: true,
        fullNetworkData: true,
        reserved: 0,
      },
    },
    { type: 'challenge', value: fromHex('6f51720682d863b1') },
    { type: 'scanMask', value: { routers: true, endDevices: false, reserved: 0 } },
    { type: 'version', value: 5 },
  ],
};

codecSuite(test, {
  name: 'MLE message (Thread 1.3 §4.3)',
  codec: mleMessage,
  vectors: [
    {
      name: 'the Parent Request of 06:1',
      bytes: '09 01010f 03086f51720682d863b1 0e0180 12020005',
      value: parentRequest,
    },
  ],
  values: everyTlv.map((tlv): MleMessage => ({ command: 'childIdResponse', tlvs: [tlv] })),
  unknown: ['2a 0002 8c01', '09 c8021234 fbff0001aa', '63'],
  openEnded: true,
});

codecSuite(test, {
  name: 'all TLVs of MLE in one message',
  codec: mleTlvs,
  values: [everyTlv],
  openEnded: true,
  rounds: 1000,
});

codecSuite(test, {
  name: 'MLE datagram (Thread 1.3 §4.9)',
  codec: mleDatagram,
  vectors: [
    {
      name: 'a Discovery Request of 01:8',
      bytes: 'ff 10 1a04 8002 5000',
      value: { type: 'clear', value: fromHex('10 1a04 8002 5000') },
    },
    {
      name: 'the Parent Request of 06:1',
      bytes: '00 15 00000000 00000000 01 7c06539432de9153100b4e1424da1008f8cfba5d4a 5c2b3cb0',
      value: {
        type: 'secured',
        value: {
          security: { control: 0x15, frameCounter: 0, keySequence: 0, keyIndex: 1 },
          sealed: fromHex('7c06539432de9153100b4e1424da1008f8cfba5d4a 5c2b3cb0'),
        },
      },
    },
  ],
  unknown: ['01020304', '7f'],
  openEnded: true,
});

describe('MLE formats', () => {
  it('has the frame counter little-endian and the key sequence big-endian', () => {
    const header = { control: 0x15, frameCounter: 0x01020304, keySequence: 0x05060708, keyIndex: 9 } as const;
    expect(toHex(encode(mleSecurityHeader, header))).toBe('15 04030201 05060708 09'.replaceAll(' ', ''));
    expect([mleSecurityHeader.size, mleSecurityLayout.keySequence.offset]).toEqual([mleSecurityLength, 5]);
    expect(outcomeOf(() => decode(mleSecurityHeader, fromHex('0d 04030201 05060708 09')))).toBe('invalid-value');
  });

  it('has one route for each router of the mask, at most 32, by rising id (Thread 1.3 §4.4.10)', () => {
    expect(routerIdsOf(routerMaskOf([0, 7, 8, 62]))).toEqual([0, 7, 8, 62]);
    const [many, short, long] = [
      `01 ${'ff'.repeat(8)} ${'00'.repeat(64)}`,
      '01 c000000000000000 01',
      '01 8000000000000000 0101',
    ];
    const outcomes = [many, short, long].map((bytes) => outcomeOf(() => decode(route64, fromHex(bytes))));
    expect(outcomes).toEqual(['length-out-of-range', 'truncated', 'trailing-bytes']);
    const route = { linkQualityOut: 0, linkQualityIn: 0, cost: 0 };
    const falling = {
      idSequence: 1,
      routes: [
        { ...route, routerId: 2 },
        { ...route, routerId: 1 },
      ],
    };
    expect(outcomeOf(() => encode(route64, falling))).toBe('invalid-value');
  });

  it('takes a Connectivity TLV without its sleepy buffer', () => {
    const bytes = fromHex('0f07 00010203 01c802');
    expect(toHex(encode(mleTlvs, decode(mleTlvs, bytes)))).toBe(toHex(bytes));
  });

  it('knows TLVs by their numbers', () => {
    expect((['address16', 'networkData', 'route64', 'linkMargin'] as const).map(mleTlvType)).toEqual([10, 12, 9, 16]);
    expect(JSON.stringify(everyTlv.find(({ type }) => type === 'activeDataset'))).toContain('redacted');
  });
});

// What OpenThread sent, in the same suite: a message of each command.
const seen = new Map<string, MleMessage>();
for (const capture of captures()) {
  for (const { mle } of new CaptureReader(capture).packets) {
    if (mle?.opened.kind === 'message') seen.set(JSON.stringify(mle.opened.message.command), mle.opened.message);
  }
}
codecSuite(test, {
  name: 'MLE messages of captures 01-07, one of each command',
  codec: mleMessage,
  values: [...seen.values()],
  openEnded: true,
});
