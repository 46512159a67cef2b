import { SelvageError } from '@selvage/core';
import {
  addressResolver,
  chooseInterface,
  groupAddresses,
  type HostInterfaces,
  loopback,
  udpAddress,
  uriOf,
} from '@selvage/core/node';
import { describe, expect, it } from 'vitest';

const common = { netmask: '', mac: '00:00:00:00:00:00', cidr: null };
const host: HostInterfaces = {
  lo: [
    { ...common, address: '127.0.0.1', family: 'IPv4', internal: true },
    { ...common, address: '::1', family: 'IPv6', internal: true, scopeid: 0 },
  ],
  eth0: [
    { ...common, address: '192.0.2.2', family: 'IPv4', internal: false },
    { ...common, address: '192.0.2.3', family: 'IPv4', internal: false },
    { ...common, address: 'fd00::2', family: 'IPv6', internal: false, scopeid: 0 },
    { ...common, address: 'fe80::1', family: 'IPv6', internal: false, scopeid: 4 },
  ],
  tunnel: [{ ...common, address: 'fd01::2', family: 'IPv6', internal: false, scopeid: 0 }],
};

/** The groups of OCF devices. */
const ocfNodes = { ipv4: '224.0.1.187', ipv6: ['ff02::158', 'ff03::158', 'ff05::158'] };

describe('the interface', () => {
  it.each([undefined, 'loopback', 'lo', '127.0.0.1', '::1'])(
    'for %s is the loopback with IPv4, which no packet leaves',
    (wanted) => {
      expect(chooseInterface(wanted, host)).toEqual(loopback);
      expect(groupAddresses(loopback, ocfNodes).map(({ key }) => key)).toEqual(['224.0.1.187:5683']);
    },
  );

  it('of a name has an address of each reach, and the groups of both families', () => {
    const chosen = chooseInterface('eth0', host);
    expect(chosen.isLoopback).toBe(false);
    expect(chosen.addresses.map(({ address }) => address)).toEqual(['192.0.2.2', 'fd00::2', 'fe80::1%eth0']);
    expect(groupAddresses(chosen, ocfNodes).map(({ key }) => key)).toEqual([
      '224.0.1.187:5683',
      '[ff02::158%eth0]:5683',
      '[ff03::158%eth0]:5683',
      '[ff05::158%eth0]:5683',
    ]);
  });

  it.each([
    ['192.0.2.3', ['192.0.2.3'], 1],
    ['FE80::1', ['fe80::1%eth0'], 3],
    ['fe80::1%eth0', ['fe80::1%eth0'], 3],
  ])('of the address %s has this one alone', (wanted, addresses, groups) => {
    const chosen = chooseInterface(wanted, host);
    expect(chosen.addresses.map(({ address }) => address)).toEqual(addresses);
    expect(groupAddresses(chosen, ocfNodes)).toHaveLength(groups);
  });

  it.each([
    ['loopback:7683', '127.0.0.1', '224.0.1.187:7683'],
    ['192.0.2.3:7683', '192.0.2.3', '224.0.1.187:7683'],
    ['[fd01::2]:7683', 'fd01::2', '[ff02::158%tunnel]:7683'],
    ['tunnel:7683', 'fd01::2', '[ff02::158%tunnel]:7683'],
  ])('with another port of the groups, %s, is a world of its own', (wanted, address, group) => {
    const chosen = chooseInterface(wanted, host);
    expect(chosen.addresses[0]?.address).toBe(address);
    expect(groupAddresses(chosen, ocfNodes)[0]?.key).toBe(group);
  });

  it.each(['loopback:0', 'loopback:70000'])('%s has no such port', (wanted) => {
    expect(() => chooseInterface(wanted, host)).toThrow(/is no port/);
  });

  it('that is not there is answered with those that are', () => {
    const expected = /eth0 \(192\.0\.2\.2, 192\.0\.2\.3, fd00::2, fe80::1%eth0\); tunnel \(fd01::2\); loopback/;
    try {
      chooseInterface('eth9', host);
      expect.fail('it was found');
    } catch (error) {
      expect(error).toBeInstanceOf(SelvageError);
      const { code, remedy } = error as SelvageError;
      expect(code).toBe('invalid-argument');
      expect(remedy).toMatch(expected);
    }
  });
});

describe('the address in a URI of a device', () => {
  const resolve = addressResolver(chooseInterface('eth0', host));
  const resolved = (host: string) => resolve({ host, port: 40_000 })?.key;

  it.each([
    ['192.0.2.9', '192.0.2.9:40000'],
    ['fd00::9', '[fd00::9]:40000'],
    ['fe80::9', '[fe80::9%eth0]:40000'],
    ['fe80::9%25wlan7', '[fe80::9%eth0]:40000'],
    ['lamp.local', undefined],
  ])('%s is %s from here', (uri, key) => {
    expect(resolved(uri)).toBe(key);
  });

  it('is none where the interface does not have its family', () => {
    const onlyIpv4 = addressResolver(loopback);
    expect(onlyIpv4({ host: 'fd00::9', port: 40_000 })).toBeUndefined();
    const onlyIpv6 = addressResolver(chooseInterface('tunnel', host));
    expect(onlyIpv6({ host: '192.0.2.9', port: 5684 })).toBeUndefined();
  });

  it('is given to others without a zone, which means nothing to them', () => {
    expect(uriOf('coaps', udpAddress('fe80::1%eth0', 7))).toBe('coaps://[fe80::1]:7');
    expect(uriOf('coap', udpAddress('192.0.2.2', 7))).toBe('coap://192.0.2.2:7');
  });
});
