import { fromHex } from '@selvage/core';
import { codecSuite, outcomeOf } from '@selvage/core/testing';
import { decode } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { upperLayerChecksum } from '../../src/ip6/header/checksum.js';
import { icmp6Message } from '../../src/ip6/header/icmp6.js';
import { ip6Header } from '../../src/ip6/header/ip6-header.js';
import { extensionOptions, optionsHeader } from '../../src/ip6/header/option.js';
import { udpHeader } from '../../src/ip6/header/udp.js';

const test = { describe, it, expect };

codecSuite(test, {
  name: 'IPv6 header (RFC 8200 §3)',
  codec: ip6Header,
  vectors: [
    {
      name: 'the header of an MLE message of capture 06',
      bytes: '60000000 0032 11 ff fe80000000000000 4c1fcce8724b05c4 ff020000000000000000000000000002',
      value: {
        label: { trafficClass: 0, flowLabel: 0 },
        payloadLength: 50,
        nextHeader: 17,
        hopLimit: 255,
        source: parseIp6('fe80::4c1f:cce8:724b:5c4'),
        destination: parseIp6('ff02::2'),
      },
    },
  ],
  values: [
    {
      label: { trafficClass: 0xb9, flowLabel: 0xf_1234 },
      payloadLength: 0xffff,
      nextHeader: 0,
      hopLimit: 0,
      source: parseIp6('::'),
      destination: parseIp6('2001:db8::1'),
    },
  ],
});

codecSuite(test, {
  name: 'UDP header (RFC 768)',
  codec: udpHeader,
  values: [{ sourcePort: 19788, destinationPort: 61631, length: 8, checksum: 0xffff }],
});

const quoted = fromHex('6000000000003a40');
codecSuite(test, {
  name: 'ICMPv6 (RFC 4443)',
  codec: icmp6Message,
  values: [
    { type: 'echoRequest', value: { code: 0, checksum: 0x1234, identifier: 1, sequence: 2, data: fromHex('0102') } },
    { type: 'echoReply', value: { code: 0, checksum: 0x1234, identifier: 1, sequence: 2, data: fromHex('') } },
    { type: 'destinationUnreachable', value: { code: 4, checksum: 1, unused: 0, quoted } },
    { type: 'packetTooBig', value: { code: 0, checksum: 1, mtu: 1280, quoted } },
    { type: 'timeExceeded', value: { code: 0, checksum: 1, unused: 0, quoted } },
    { type: 'parameterProblem', value: { code: 1, checksum: 1, pointer: 40, quoted } },
  ],
  unknown: ['87000102', '8f 00 1234 00000000'],
  openEnded: true,
});

codecSuite(test, {
  name: 'options of extension headers, MPL among them (RFC 8200 §4.2, RFC 7731 §6.1)',
  codec: extensionOptions,
  vectors: [
    {
      name: 'MPL without a seed, as OpenThread sends it',
      bytes: '6d0200ab 0100',
      value: [
        { type: 'mpl', value: { isNewest: false, sequence: 0xab, seed: fromHex(''), reserved: 0 } },
        { type: 'padding', value: fromHex('') },
      ],
    },
    {
      name: 'MPL with the RLOC16 of its seed',
      bytes: '6d0440ab6c00',
      value: [{ type: 'mpl', value: { isNewest: false, sequence: 0xab, seed: fromHex('6c00'), reserved: 0 } }],
    },
  ],
  values: [[{ type: 'pad1' }, { type: 'padding', value: fromHex('000000') }]],
  unknown: ['05020000'],
  openEnded: true,
});

codecSuite(test, {
  name: 'hop-by-hop header (RFC 8200 §4.3)',
  codec: optionsHeader,
  vectors: [
    {
      name: 'one unit of 8 bytes',
      bytes: '11 00 6d0440ab6c00',
      value: {
        nextHeader: 17,
        options: [{ type: 'mpl', value: { isNewest: false, sequence: 0xab, seed: fromHex('6c00'), reserved: 0 } }],
      },
    },
  ],
  values: [{ nextHeader: 59, options: [{ type: 'padding', value: new Uint8Array(12) }] }],
});

describe('headers', () => {
  it('refuses another version than 6, and seeds of other lengths than are said', () => {
    const header = new Uint8Array(40);
    header[0] = 0x40;
    expect(outcomeOf(() => decode(ip6Header, header))).toBe('invalid-value');
    expect(outcomeOf(() => decode(extensionOptions, fromHex('6d0240ab')))).toBe('length-out-of-range');
  });

  it('sums the upper layer with its pseudo-header (RFC 8200 §8.1): a right checksum gives 0', () => {
    // 06:300, an echo request from ML-EID to ML-EID: captured with its checksum.
    const packet = fromHex(
      '6000000000103a40 fd11223344550001a739921d63563aa7 fd1122334455000183626c30593c5a3a 8000169c00010001 0049273900000000',
    );
    expect(upperLayerChecksum(packet, 40, packet.length, 58)).toBe(0);
    packet.fill(0xff, 47);
    expect(upperLayerChecksum(packet, 40, packet.length, 58)).not.toBe(0);
  });

  it('sums an odd byte at the end as if zero followed it', () => {
    const odd = fromHex(`6000000000013a40${'00'.repeat(32)}80`);
    const even = fromHex(`6000000000023a40${'00'.repeat(32)}8000`);
    const [a, b] = [upperLayerChecksum(odd, 40, 41, 58), upperLayerChecksum(even, 40, 42, 58)];
    expect(a).toBe(b + 1);
  });
});
