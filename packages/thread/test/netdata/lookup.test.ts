import { decode, fromHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { anycastNode, externalRoute, isOnMesh } from '../../src/netdata/lookup.js';
import { networkData } from '../../src/netdata/network-data.js';

// Prefix fd11::1:/64 of 6c00 (paros) and 8c00 (pros, low preference), context 1; a route of 8c00 to fd99::/64 in the domain.
const data = decode(
  networkData,
  fromHex(
    '08080b02545b09025400' +
      '03180040fd11223344550001' +
      '0508' +
      '6c003300' +
      '8c00f300' +
      '07021140' +
      '030f0040fd99000000000000' +
      '0103' +
      '8c0000' +
      '0b0e80015d' +
      '0d03' +
      '6c00aa' +
      '0d04' +
      '8c01bbbb',
  ),
);
const ours = parseIp6('fd11:2233:4455:1::7');
const cost =
  (costs: Readonly<Record<number, number>>) =>
  (rloc16: number): number =>
    costs[rloc16] ?? 16;
const near = cost({ 0x6c00: 3, 0x8c00: 1, 0x8c01: 2 });

describe('where a packet leaves the mesh (Thread 1.3 §5.9.4)', () => {
  it('is the longest route of the domain of its source, then the default route of its source’s prefix', () => {
    expect(externalRoute(data, ours, parseIp6('fd99::1'), near)).toBe(0x8c00);
    expect(externalRoute(data, ours, parseIp6('2001:db8::1'), near)).toBe(0x6c00);
  });

  it('is of greater preference first, then nearer, and never out of reach', () => {
    // 8c00 is nearer, and of low preference.
    expect(externalRoute(data, ours, parseIp6('2001:db8::1'), cost({ 0x6c00: 15, 0x8c00: 1 }))).toBe(0x6c00);
    expect(externalRoute(data, ours, parseIp6('2001:db8::1'), cost({ 0x8c00: 9 }))).toBe(0x8c00);
    expect(externalRoute(data, ours, parseIp6('2001:db8::1'), cost({}))).toBeUndefined();
  });

  it('is nowhere for a source of no prefix', () => {
    expect(externalRoute(data, parseIp6('fd00::1'), parseIp6('fd99::1'), near)).toBeUndefined();
  });
});

describe('what is on the mesh', () => {
  it('is a prefix that a border router says so of', () => {
    expect(isOnMesh(data, ours)).toBe(true);
    expect(isOnMesh(data, parseIp6('fd99::1'))).toBe(false);
  });
});

describe('anycast locators (Thread 1.3 §5.2.2.2)', () => {
  it.each([
    [0xfc00, 0x9800, 'the leader'],
    [0xfc10, 0x8c01, 'the nearest server'],
    [0xfc11, undefined, 'a service that nobody offers'],
    [0xfc30, 0x5400, 'the commissioner’s border agent'],
    [0xfc01, undefined, 'an agent of a prefix without DHCP'],
    [0xfc38, undefined, 'a backbone router'],
  ])('%s is at %s: %s', (locator, node, _what) => {
    expect(anycastNode(data, locator, 0x9800, near)).toBe(node);
  });

  it('of two servers as near is the router', () => {
    expect(anycastNode(data, 0xfc10, 0x9800, cost({ 0x6c00: 2, 0x8c01: 2 }))).toBe(0x6c00);
  });
});
