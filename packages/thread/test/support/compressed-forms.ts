import { fromHex } from '@selvage/core';
import { parsePrefix } from '../../src/ip6/address/prefix.js';
import { ContextTable, type LowpanContext } from '../../src/lowpan/contexts.js';
import type { LinkPair } from '../../src/lowpan/link-pair.js';
import { extendedAddress, shortAddress } from '../../src/mac/address.js';
import type { Packet } from './packets.js';

export const meshLocal = parsePrefix('fd4b:167e:c82f:facc::/64');
export const contexts = new ContextTable();
contexts.setMeshLocal(meshLocal);
export const networkContexts: readonly LowpanContext[] = [
  { id: 1, prefix: parsePrefix('fd11:2233:4455:1::/64'), compress: true },
  { id: 2, prefix: parsePrefix('fd22::/32'), compress: true },
  { id: 3, prefix: parsePrefix('fd33:0:0:1:2:3:4:0/112'), compress: true },
  { id: 4, prefix: parsePrefix('fd44::/64'), compress: false },
];
contexts.setNetworkData(networkContexts);
export const shorts: LinkPair = { source: shortAddress(0x8c01), destination: shortAddress(0x6c00) };
export const extendeds: LinkPair = {
  source: extendedAddress(fromHex('4e1fcce8724b05c4')),
  destination: extendedAddress(fromHex('f62ea182741e6ef1')),
};

export const plain: Packet = {
  source: 'fe80::4c1f:cce8:724b:5c4',
  destination: 'ff02::2',
  nextHeader: 58,
  payload: fromHex('8000169c00010001'),
};

/** Each with the headers that it must become. */
export const forms: readonly (readonly [name: string, Packet, LinkPair, headers: string])[] = [
  ['link-local by extended addresses', { ...plain, destination: 'fe80::f42e:a182:741e:6ef1' }, extendeds, '7a33 3a'],
  [
    'link-local of somebody else',
    { ...plain, destination: 'fe80::1' },
    shorts,
    '7a11 3a 4c1fcce8724b05c4 0000000000000001',
  ],
  ['link-local with an IID of a short address', { ...plain, source: 'fe80::ff:fe00:1' }, shorts, '7a2b 3a 0001 02'],
  ['no source', { ...plain, source: '::' }, shorts, '7a4b 3a 02'],
  [
    'RLOCs',
    { ...plain, source: 'fd4b:167e:c82f:facc:0:ff:fe00:8c01', destination: 'fd4b:167e:c82f:facc:0:ff:fe00:6c00' },
    shorts,
    '7a77 3a',
  ],
  [
    'an ALOC',
    { ...plain, source: 'fd4b:167e:c82f:facc:0:ff:fe00:8c01', destination: 'fd4b:167e:c82f:facc:0:ff:fe00:fc00' },
    shorts,
    '7a76 3a fc00',
  ],
  [
    'context 1, both',
    { ...plain, source: 'fd11:2233:4455:1::1', destination: 'fd11:2233:4455:1::2' },
    shorts,
    '7ad5 11 3a 0000000000000001 0000000000000002',
  ],
  [
    'a context that is on its way out',
    { ...plain, source: 'fd44::1' },
    shorts,
    '7a0b 3a fd440000000000000000000000000001 02',
  ],
  ['a prefix of 32 bits', { ...plain, source: 'fd22::1' }, shorts, '7adb 20 3a 0000000000000001 02'],
  [
    'a prefix of 32 bits with others behind',
    { ...plain, source: 'fd22:0:0:1::1' },
    shorts,
    '7a0b 3a fd220000000000010000000000000001 02',
  ],
  [
    'a prefix of 112 bits, the link address behind',
    { ...plain, source: 'fd33:0:0:1:2:3:4:8c01' },
    shorts,
    '7afb 30 3a 02',
  ],
  ['a prefix of 112 bits, another behind', { ...plain, source: 'fd33:0:0:1:2:3:4:8c02' }, shorts, '7aeb 30 3a 8c02 02'],
  [
    'no context at all',
    { ...plain, source: '2001:db8::1', destination: '2001:db8::2' },
    shorts,
    '7a00 3a 20010db8000000000000000000000001 20010db8000000000000000000000002',
  ],
  ['a group in 4 bytes', { ...plain, destination: 'ff03::fc' }, extendeds, '7a3a 3a 03 0000fc'],
  ['a group in 6 bytes', { ...plain, destination: 'ff05::1:2:3' }, extendeds, '7a39 3a 05 0100020003'],
  [
    'a group in full',
    { ...plain, destination: 'ff05::1:0:0:3' },
    extendeds,
    '7a38 3a ff050000000000000001000000000003',
  ],
  [
    'a group of the mesh-local prefix',
    { ...plain, destination: 'ff33:40:fd4b:167e:c82f:facc:0:1' },
    extendeds,
    '7a3c 3a 3300 00000001',
  ],
  [
    'a group of another prefix',
    { ...plain, destination: 'ff33:40:fd4b:167e:c82f:facd:0:1' },
    extendeds,
    '7a38 3a ff330040fd4b167ec82ffacd00000001',
  ],
  ['a hop limit of its own', { ...plain, hopLimit: 63 }, extendeds, '783b 3a 3f 02'],
  ['hop limits 1 and 255', { ...plain, hopLimit: 1 }, extendeds, '793b 3a 02'],
  ['traffic class', { ...plain, trafficClass: 0x1c }, extendeds, '723b 07 3a 02'],
  ['flow label with ECN', { ...plain, trafficClass: 3, flowLabel: 0x12345 }, extendeds, '6a3b c12345 3a 02'],
  ['flow label with DSCP', { ...plain, trafficClass: 0xb9, flowLabel: 0x12345 }, extendeds, '623b 6e 012345 3a 02'],
  [
    'an extension that is not compressed',
    { ...plain, nextHeader: 60, payload: fromHex('3a00010400000000') },
    extendeds,
    '7a3b 3c 02',
  ],
  [
    'UDP, 4-bit ports',
    { ...plain, nextHeader: 17, payload: fromHex('f0b1f0bf 0009 1234 55') },
    extendeds,
    '7e3b 02 f3 1f 1234',
  ],
  [
    'UDP, short source port',
    { ...plain, nextHeader: 17, payload: fromHex('f0c1f0bf 0009 1234 55') },
    extendeds,
    '7e3b 02 f2 c1 f0bf 1234',
  ],
  [
    'UDP, short destination port',
    { ...plain, nextHeader: 17, payload: fromHex('1633f0bf 0009 1234 55') },
    extendeds,
    '7e3b 02 f1 1633 bf 1234',
  ],
  [
    'UDP, full ports',
    { ...plain, nextHeader: 17, payload: fromHex('16331634 0009 1234 55') },
    extendeds,
    '7e3b 02 f0 16331634 1234',
  ],
  [
    'UDP whose length is not the packet’s',
    { ...plain, nextHeader: 17, payload: fromHex('16331634 000a 1234 55') },
    extendeds,
    '7a3b 11 02',
  ],
  [
    'MPL and its padding',
    { ...plain, nextHeader: 0, payload: fromHex('3a00 6d020007 0100 8000169c00010001') },
    extendeds,
    '7e3b 02 e0 3a 04 6d020007',
  ],
  [
    'padding that is not canonical',
    { ...plain, nextHeader: 0, payload: fromHex('3a00 010400000001 8000169c00010001') },
    extendeds,
    '7e3b 02 e0 3a 06 010400000001',
  ],
  [
    'a tunnel with MPL',
    {
      ...plain,
      nextHeader: 0,
      payload: fromHex(
        '2900 6d044009 8c01 60000000 0000 3a 40 fe80000000000000 4c1fcce8724b05c4 ff050000000000000000000000000001',
      ),
    },
    extendeds,
    '7e3b 02 e1 06 6d0440098c01 ee 7a3a 3a 05000001',
  ],
];
