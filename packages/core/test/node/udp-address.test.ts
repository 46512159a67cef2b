import { describe, expect, it } from 'vitest';
import { parseUdpAddress, udpAddress } from '@selvage/core/node';
import { outcomeOf } from '@selvage/core/testing';

describe('a UDP address', () => {
  it.each([
    ['127.0.0.1', 5684, '127.0.0.1:5684', 4],
    ['::1', 5684, '[::1]:5684', 6],
    ['0:0:0:0:0:0:0:1', 1, '[::1]:1', 6],
    ['FD00:0db8::0001:0:0', 65_535, '[fd00:db8::1:0:0]:65535', 6],
    ['fe80::1%lo', 5684, '[fe80::1%lo]:5684', 6],
  ] as const)('%s port %d has the key %s', (address, port, key, family) => {
    const made = udpAddress(address, port);
    expect([made.key, made.family, made.port]).toEqual([key, family, port]);
    expect(parseUdpAddress(key)).toEqual(made);
  });

  it.each([
    ['localhost', 1],
    ['', 1],
    ['127.0.0.1', 0],
    ['127.0.0.1', 65_536],
    ['127.0.0.1', 1.5],
    ['127.0.0.256', 1],
    ['::1::', 1],
  ])('%j port %d is refused', (address, port) => {
    expect(outcomeOf(() => udpAddress(address, port))).toBe('address-invalid');
  });

  it.each(['127.0.0.1', '::1:5684', '[::1]', '[::1]:', ':5684', '127.0.0.1:0x10', 'host:1', '[127.0.0.1:5'])(
    '%j does not parse',
    (text) => {
      expect(outcomeOf(() => parseUdpAddress(text))).toBe('address-invalid');
    },
  );
});
