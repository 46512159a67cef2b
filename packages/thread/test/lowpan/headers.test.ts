import { decode, encode, fromHex, toHex } from '@selvage/core';
import { codecSuite, outcomeOf } from '@selvage/core/testing';
import { describe, expect, it } from 'vitest';
import { fragmentHeader } from '../../src/lowpan/fragment/fragment-header.js';
import { meshHeader } from '../../src/lowpan/mesh-header.js';
import { compressedPacket } from '../../src/lowpan/packet-codec.js';
import { contexts, extendeds, forms, plain, shorts } from '../support/compressed-forms.js';
import { packetOf } from '../support/packets.js';

const test = { describe, it, expect };

codecSuite(test, {
  name: 'mesh header (RFC 4944 §5.2)',
  codec: meshHeader,
  vectors: [
    { name: '06:45', bytes: 'bf13 8c01 6c00', value: { hopsLeft: 19, source: 0x8c01, destination: 0x6c00 } },
    { name: 'the last hop', bytes: 'b0 8c01 6c00', value: { hopsLeft: 0, source: 0x8c01, destination: 0x6c00 } },
    {
      name: 'hops in two bytes that would fit one',
      bytes: 'bf0e 8c01 6c00',
      value: { hopsLeft: 14, source: 0x8c01, destination: 0x6c00, deep: true },
    },
  ],
});

codecSuite(test, {
  name: 'fragment header (RFC 4944 §5.3)',
  codec: fragmentHeader,
  vectors: [
    { name: 'the first', bytes: 'c500 1234', value: { size: 1280, tag: 0x1234 } },
    { name: 'another', bytes: 'e500 1234 0c', value: { size: 1280, tag: 0x1234, offset: 96 } },
  ],
});

describe('compressed headers, as OpenThread writes them (RFC 6282)', () => {
  it.each(forms)('%s', (_, packet, link, headers) => {
    const whole = packetOf(packet);
    const codec = compressedPacket(contexts, link);
    const written = toHex(encode(codec, whole));
    const expected = toHex(fromHex(headers));
    expect(written.slice(0, expected.length)).toBe(expected);
    expect(toHex(decode(codec, fromHex(written)))).toBe(toHex(whole));
  });

  it('reads what nobody writes: everything inline, contexts that are not used', () => {
    const full = '6080 10 00 000000 3a 40 fe80000000000000 4c1fcce8724b05c4 ff020000000000000000000000000002';
    const codec = compressedPacket(contexts, extendeds);
    const inline = fromHex(full.replace('6080', '6088'));
    expect(toHex(decode(codec, inline))).toBe(toHex(packetOf({ ...plain, payload: new Uint8Array() })));
  });

  it.each([
    ['a source of an unknown context', '7afb f0 3a 02'],
    ['a destination of an unknown context', '7a37 0f 3a'.replace('7a37', '7ab7')],
    ['DAC without anything, unicast', '7a34 3a'],
    ['DAC with another multicast form', '7a3d 3a 000000000000'],
    ['a full multicast destination that is none', '7a38 3a fe020000000000000000000000000002'],
    ['an elided UDP checksum', '7e3b 02 f4 16331634'],
    ['a reserved extension header', '7e3b 02 ea 3a 00'],
    ['a nested header with the NH bit', '7e3b 02 ef 7a3b 3a 02'],
    ['a nested header that is none', '7e3b 02 ee 413b 3a 02'],
    ['an extension header that is not compressed', '7e3b 02 3a'],
    ['a routing header of 3 bytes', '7e3b 02 e2 3a 01 00'],
    ['bits before the flow label', '623b 6e f12345 3a 02'],
  ])('refuses %s', (_, headers) => {
    const codec = compressedPacket(contexts, extendeds);
    expect(outcomeOf(() => decode(codec, fromHex(headers)))).toMatch(/invalid-value|length-out-of-range/);
  });

  it('refuses to write what is no packet', () => {
    const codec = compressedPacket(contexts, extendeds);
    const packet = packetOf(plain);
    for (const wrong of [packet.subarray(1), packet.subarray(0, 39), new Uint8Array(1281)]) {
      expect(outcomeOf(() => encode(codec, wrong))).toBe('invalid-value');
    }
  });
});

for (const [name, link] of Object.entries({ shorts, extendeds })) {
  codecSuite(test, {
    name: `compressed packet between ${name} (RFC 6282)`,
    codec: compressedPacket(contexts, link),
    values: forms.map(([, packet]) => packetOf(packet)),
    openEnded: true,
    manyForms: true,
    rounds: 1000,
  });
}
