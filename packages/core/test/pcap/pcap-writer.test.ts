import { describe, expect, it } from 'vitest';
import { concat, fromHex, PcapWriter, type PcapLinkType, toHex, udpPacket } from '@selvage/core';
import { outcomeOf } from '@selvage/core/testing';

const hello = new TextEncoder().encode('hello');
const ipv4 = {
  source: { address: '127.0.0.1', port: 5684 },
  destination: { address: '192.168.1.2', port: 40_000 },
  payload: hello,
};
const ipv6 = {
  source: { address: 'fe80::1%eth0', port: 5684 },
  destination: { address: 'fe80::ff:fe00:1', port: 40_000 },
  payload: hello,
};

/** The one's complement sum over everything that a checksum covers, the checksum itself included: all ones if good. */
function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

function fileOf(linkType: PcapLinkType): Uint8Array {
  const parts: Uint8Array[] = [];
  const writer = new PcapWriter((bytes) => parts.push(bytes), { linkType });
  writer.datagram(ipv4, 1_700_000_000_123.25);
  return concat(...parts);
}

describe('a libpcap file', () => {
  it('starts with the version and the link type, and stamps packets to the microsecond', () => {
    const packet = toHex(udpPacket(ipv4));
    expect(toHex(fileOf('raw'))).toBe(
      'a1b2c3d4 0002 0004 00000000 00000000 00010035 00000065 6553f100 0001e172 00000021 00000021'.replaceAll(' ', '') +
        packet,
    );
  });

  it.each([
    [ipv4, '0800'],
    [ipv6, '86dd'],
  ])('carries an Ethernet header that names the IP version', (datagram, etherType) => {
    const parts: Uint8Array[] = [];
    new PcapWriter((bytes) => parts.push(bytes), { linkType: 'ethernet' }).datagram(datagram, 0);
    const frame = (parts[1] as Uint8Array).subarray(16);
    expect(toHex(frame.subarray(0, 14))).toBe(`020000000000020000000000${etherType}`);
    expect(frame.subarray(14)).toEqual(udpPacket(datagram));
  });
});

describe('an IP packet with a datagram', () => {
  it('is IPv4 with both checksums when both ends are', () => {
    const packet = udpPacket(ipv4);
    expect(toHex(packet.subarray(0, 10))).toBe('45000021000040004011');
    expect(toHex(packet.subarray(12, 26))).toBe('7f000001c0a8010216349c40000d');
    expect(packet.subarray(28)).toEqual(hello);
    expect(sumOf(packet.subarray(0, 20))).toBe(0xffff);
    expect(sumOf(concat(packet.subarray(12, 20), fromHex('0011000d'), packet.subarray(20)))).toBe(0xffff);
  });

  it('is IPv6 with the UDP checksum otherwise, without the zone', () => {
    const packet = udpPacket(ipv6);
    expect(toHex(packet.subarray(0, 8))).toBe('60000000000d1140');
    expect(toHex(packet.subarray(8, 40))).toBe('fe800000000000000000000000000001fe80000000000000000000fffe000001');
    expect(sumOf(concat(packet.subarray(8, 40), fromHex('0000000d00000011'), packet.subarray(40)))).toBe(0xffff);
  });

  it('writes a checksum of zero as ones, since zero would say that there is none (RFC 768)', () => {
    const checksumOf = (payload: Uint8Array) => toHex(udpPacket({ ...ipv4, payload }).subarray(26, 28));
    const sum = fromHex(checksumOf(Uint8Array.of(0, 0)));
    expect(checksumOf(sum)).toBe('ffff');
  });

  it.each([
    ['::1', '00000000000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['2001:db8::', '20010db8000000000000000000000000'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['64:ff9b::192.0.2.33', '0064ff9b0000000000000000c0000221'],
    ['127.0.0.1', '00000000000000000000ffff7f000001'],
  ])('reads the address %s', (address, bytes) => {
    const packet = udpPacket({ ...ipv6, source: { address, port: 1 } });
    expect(toHex(packet.subarray(8, 24))).toBe(bytes);
  });

  it.each([
    '',
    'localhost',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.4.5',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '::12345',
    '::1.2.3',
  ])('refuses %j as an address', (address) => {
    expect(outcomeOf(() => udpPacket({ ...ipv4, source: { address, port: 1 } }))).toBe('address-invalid');
  });

  it('refuses a payload or a port that UDP cannot carry', () => {
    expect(outcomeOf(() => udpPacket({ ...ipv4, payload: new Uint8Array(65_528) }))).toBe('value-out-of-range');
    expect(outcomeOf(() => udpPacket({ ...ipv4, source: { address: '::1', port: 65_536 } }))).toBe(
      'value-out-of-range',
    );
  });
});
