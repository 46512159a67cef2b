import { fromHex, toHex } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';
import { nativeCore } from '@selvage/crypto';
import { describe, expect, it } from 'vitest';
import { isLinkLocal, isLoopback, isMulticast, isUnspecified, multicastScope } from '../../src/ip6/address/classes.js';
import { extendedOfAddress } from '../../src/ip6/address/interface-id.js';
import { commonPrefixLength, hasPrefix, ip6Prefix, parsePrefix, prefixText } from '../../src/ip6/address/prefix.js';
import { stableAddress } from '../../src/ip6/address/slaac.js';
import { ip6Text, parseIp6 } from '../../src/ip6/address/text.js';
import {
  addressOf,
  allThreadNodes,
  anycastLocators,
  linkLocalAddress,
  locatorAddress,
  locatorOf,
} from '../../src/ip6/address/thread-address.js';

const meshLocal = parsePrefix('fd4b:167e:c82f:facc::/64');

describe('IPv6 text (RFC 5952)', () => {
  it.each([
    ['::', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['2001:0DB8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['fe80:0:0:0:4c1f:cce8:724b:5c4', 'fe80::4c1f:cce8:724b:5c4'],
    ['1:2:3:4:5:6:0:0', '1:2:3:4:5:6::'],
    ['fd4b:167e:c82f:facc:0:ff:fe00:6c00', 'fd4b:167e:c82f:facc:0:ff:fe00:6c00'],
  ])('%s is written as %s, and read back', (text, canonical) => {
    expect(ip6Text(parseIp6(text))).toBe(canonical);
    expect(toHex(parseIp6(canonical))).toBe(toHex(parseIp6(text)));
  });

  it.each(['', '1', '1::2::3', 'fe80::12345', '10.0.0.1', '1:2:3:4:5:6:7', 'fd00::/64'])('refuses %j', (text) => {
    expect(outcomeOf(() => parseIp6(text))).toBe('address-invalid');
  });
});

describe('classes of addresses (RFC 4291)', () => {
  it('tells them apart', () => {
    expect(isMulticast(parseIp6('ff03::158'))).toBe(true);
    expect(multicastScope(parseIp6('ff33:40:fd4b:167e:c82f:facc:0:1'))).toBe(3);
    expect(isLinkLocal(parseIp6('fe80::1'))).toBe(true);
    expect(isLinkLocal(parseIp6('fe80:0:0:1::1'))).toBe(false);
    expect([isUnspecified(parseIp6('::')), isUnspecified(parseIp6('::1'))]).toEqual([true, false]);
    expect([isLoopback(parseIp6('::1')), isLoopback(parseIp6('1::1'))]).toEqual([true, false]);
  });
});

describe('prefixes', () => {
  it('are read, written and compared to the bit', () => {
    expect(prefixText(parsePrefix('fd11:22:ffff::/44'))).toBe('fd11:22:fff0::/44');
    expect(hasPrefix(parseIp6('fd11:22:ffff::1'), parsePrefix('fd11:22:fff0::/44'))).toBe(true);
    expect(hasPrefix(parseIp6('fd11:22:ffef::1'), parsePrefix('fd11:22:fff0::/44'))).toBe(false);
    expect(hasPrefix(parseIp6('1::'), ip6Prefix(new Uint8Array(), 0))).toBe(true);
    expect(commonPrefixLength(parseIp6('fd00::1'), parseIp6('fd00::3'))).toBe(126);
    expect(commonPrefixLength(parseIp6('fd00::1'), parseIp6('fd00::1'))).toBe(128);
    for (const text of ['fd00::', 'fd00::/129', 'fd00::/-1', 'fd00::/64/1']) {
      expect(outcomeOf(() => parsePrefix(text))).toBe('address-invalid');
    }
  });
});

describe('addresses of a Thread node (Thread 1.3 §5.2)', () => {
  it('makes link-local ones of extended addresses, and back, as in capture 06', () => {
    const address = linkLocalAddress(fromHex('4e1fcce8724b05c4'));
    expect(ip6Text(address)).toBe('fe80::4c1f:cce8:724b:5c4');
    expect(toHex(extendedOfAddress(address))).toBe('4e1fcce8724b05c4');
  });

  it('knows locators from endpoint identifiers', () => {
    const leader = locatorAddress(meshLocal, anycastLocators.leader);
    expect(ip6Text(leader)).toBe('fd4b:167e:c82f:facc:0:ff:fe00:fc00');
    expect(locatorOf(leader)).toEqual({ kind: 'aloc', locator: 0xfc00 });
    expect(locatorOf(locatorAddress(meshLocal, 0x1c01))).toEqual({ kind: 'rloc', locator: 0x1c01 });
    // Bit 9 is reserved.
    expect(locatorOf(locatorAddress(meshLocal, 0x1e01))).toBeUndefined();
    expect(locatorOf(parseIp6('fd4b:167e:c82f:facc:374a:2438:f04c:ca88'))).toBeUndefined();
    expect(anycastLocators.commissioner(0x545b)).toBe(0xfc33);
    expect(anycastLocators.service(3)).toBe(0xfc13);
    expect([anycastLocators.dhcpAgent(1), anycastLocators.neighbourDiscoveryAgent(1)]).toEqual([0xfc01, 0xfc40]);
  });

  it('makes the groups that sleepy children hear too', () => {
    expect(ip6Text(allThreadNodes('realm', meshLocal))).toBe('ff33:40:fd4b:167e:c82f:facc:0:1');
    expect(ip6Text(allThreadNodes('link', meshLocal))).toBe('ff32:40:fd4b:167e:c82f:facc:0:1');
  });

  it('configures a stable address in a prefix: the same for a secret, another for another or another attempt (RFC 7217)', () => {
    const prefix = parsePrefix('fd11:2233:4455:1::/64');
    const secret = new Uint8Array(32).fill(7);
    const address = stableAddress(nativeCore, prefix, secret);
    const digest = nativeCore.hash('sha256', prefix.address.subarray(0, 8), fromHex('7770616e00'), secret);
    expect(toHex(address)).toBe(toHex(addressOf(prefix.address, digest.subarray(0, 8))));
    expect(toHex(stableAddress(nativeCore, prefix, secret))).toBe(toHex(address));
    const others = [
      stableAddress(nativeCore, prefix, secret, 1),
      stableAddress(nativeCore, prefix, new Uint8Array(32)),
      stableAddress(nativeCore, parsePrefix('fd11:2233:4455:2::/64'), secret),
    ];
    expect(new Set([address, ...others].map((other) => toHex(other.subarray(8)))).size).toBe(4);
  });
});
