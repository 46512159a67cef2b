import { concat, fromHex } from '@selvage/core';
import { SeededEntropy, SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../../src/ip6/address/prefix.js';
import { Ip6Stack } from '../../src/ip6/stack/ip6-stack.js';
import { Adaptation } from '../../src/lowpan/adaptation.js';
import type { LinkPair } from '../../src/lowpan/link-pair.js';
import { broadcast, extendedAddress, shortAddress } from '../../src/mac/address.js';
import { CaptureReader } from '../support/captured-packets.js';
import { captures } from '../support/captures.js';
import { lowpanFrames } from '../support/lowpan-frames.js';

const link: LinkPair = { source: shortAddress(0x8c00), destination: shortAddress(0x6c00) };

function victim() {
  const adaptation = new Adaptation({ entropy: new SeededEntropy(1), isOurs: () => true });
  adaptation.contexts.setMeshLocal(parsePrefix('fd4b:167e:c82f:facc::/64'));
  const stack = new Ip6Stack<undefined>({ send: () => undefined, entropy: new SeededEntropy(2) });
  return {
    adaptation,
    /** Lets a payload through all of 6LoWPAN and IPv6; whatever comes, nothing may be thrown. */
    suffer: (payload: Uint8Array, from: LinkPair = link, now = 0): 'packet' | 'none' => {
      const arrival = adaptation.receive(payload, from, true, now);
      if (arrival?.kind !== 'packet') return 'none';
      stack.addresses.set([{ kind: 'mesh-local', address: arrival.packet.slice(24, 40) }]);
      stack.receive(arrival.packet, now, undefined);
      return 'packet';
    },
  };
}

describe('header bombs', () => {
  it.each([
    ['a chain of extension headers without end', `7e33 ${'e1 06 6d0440078c01'.repeat(60)}`],
    ['IPv6 in IPv6 in IPv6 …', `7e33 ${'ee 7e33'.repeat(60)}`],
    ['the longest options, eight times', `7e33 ${`e1 fe ${'00'.repeat(254)}`.repeat(8)}`],
    ['options longer than the frame', '7e33 e0 3a ff 6d02'],
    ['a context that nobody has', '7ef7 ff f3 ff 1234'],
    ['an elided checksum', '7e33 f7 ff 00'],
    ['a reserved NHC', '7e33 80 00'],
    ['uncompressed IPv6', `41 60${'00'.repeat(39)}`],
    ['LOWPAN_HC1', '42 fb'],
    ['a broadcast header', '50 01 7e33 f3 ff 1234'],
    ['no LOWPAN frame', '00 01 02'],
    ['a mesh header alone', 'b1 8c00 6c00'],
    ['a mesh header in a mesh header', 'b1 8c00 6c00 b1 8c00 6c00 7e33 f3ff 1234'],
    ['a mesh header with extended addresses', `8f 13 ${'11'.repeat(16)} 7e33 f3ff 1234`],
    ['a first fragment in a fragment', 'c1 00 0001 c1 00 0001 7e33 f3ff 1234'],
    ['a fragment of 2047 bytes', 'c7ff 0001 7e33 f3ff 1234 0000000000000000'],
    ['a fragment of nothing', 'c000 0001 7e33 f3ff 1234'],
    ['a fragment that ends behind its datagram', `e030 0001 05 ${'00'.repeat(16)}`],
    ['a fragment at 2040', `e030 0001 ff ${'00'.repeat(8)}`],
    ['a fragment without bytes', 'e030 0001 05'],
    ['a fragment that is not the last, of 7 bytes', `e100 0001 05 ${'00'.repeat(7)}`],
    ['an empty payload', ''],
  ])('%s: counted, dropped, nothing kept', (_, payload) => {
    const { adaptation, suffer } = victim();
    expect(suffer(fromHex(payload))).toBe('none');
    expect(adaptation.counters.malformed + adaptation.counters.unknown).toBe(1);
    expect(adaptation.load).toEqual({ datagrams: 0, bytes: 0 });
  });

  it('the deepest that is allowed goes through: eight headers', () => {
    const { suffer } = victim();
    expect(suffer(fromHex(`7e33 ${'ee 7e33'.repeat(6)} f3 ff 1234`))).toBe('packet');
    expect(suffer(fromHex(`7e33 ${'ee 7e33'.repeat(7)} f3 ff 1234`))).toBe('none');
  });
});

describe('floods of fragments', () => {
  const first = (tag: number, size = 1280) =>
    concat(Uint8Array.of(0xe0 | (size >> 8), size & 0xff, tag >> 8, tag & 0xff, 1), new Uint8Array(8));

  it('of one sender keep 4 datagrams, and its own oldest goes', () => {
    const { adaptation } = victim();
    for (let tag = 0; tag < 10_000; tag++) adaptation.receive(first(tag), link, true, tag);
    // One every millisecond: none is old enough to expire before it is evicted.
    expect(adaptation.load).toEqual({ datagrams: 4, bytes: 4 * 1280 });
    expect(adaptation.counters).toMatchObject({ fragments: 10_000, evicted: 9996, expired: 0 });
  });

  it('of many senders keep 12, 15 KiB, and are gone 2 s later', () => {
    const { adaptation } = victim();
    for (let sender = 0; sender < 5000; sender++) {
      const from = { ...link, source: shortAddress(sender) };
      for (let tag = 0; tag < 2; tag++) adaptation.receive(first(tag), from, true, 0);
    }
    expect(adaptation.load).toEqual({ datagrams: 12, bytes: 12 * 1280 });
    adaptation.expire(2000);
    expect(adaptation.load).toEqual({ datagrams: 0, bytes: 0 });
  });

  it('of one sender do not cost another its datagram', () => {
    const { adaptation } = victim();
    const honest = { ...link, source: shortAddress(0x6c00) };
    const sender = victim().adaptation;
    const packet = new Uint8Array(648);
    packet.set([0x60, 0, 0, 0, 608 >> 8, 608 & 0xff, 59, 64]);
    const fragments = sender.send(packet, honest, 106);
    for (const [index, fragment] of fragments.entries()) {
      const arrival = adaptation.receive(fragment, honest, true, index);
      expect(arrival?.kind).toBe(index === fragments.length - 1 ? 'packet' : undefined);
      for (let tag = 0; tag < 100; tag++) adaptation.receive(first(tag), link, true, index);
    }
    expect(adaptation.counters.reassembled).toBe(1);
  });
});

describe('what OpenThread sent, damaged', () => {
  it('every byte of every compressed frame of capture 06, each of 3 ways: no crash, and no datagram stays', () => {
    const capture = captures().find(({ name }) => name === '06-mesh');
    const frames = capture === undefined ? [] : lowpanFrames(capture).filter(({ isRepetition }) => !isRepetition);
    const { adaptation, suffer } = victim();
    let [damaged, now] = [0, 0];
    const mostHeaderBytes = 40;
    for (const { payload, link: pair } of frames) {
      for (let at = 0; at < Math.min(payload.length, mostHeaderBytes); at++) {
        for (const change of [0x01, 0x80, 0xff]) {
          const copy = payload.slice();
          copy[at] = (copy[at] as number) ^ change;
          suffer(copy, pair, now++);
          damaged++;
        }
      }
    }
    const { datagrams, bytes } = adaptation.load;
    expect(damaged).toBe(57_459);
    expect(datagrams).toBeLessThanOrEqual(12);
    expect(bytes).toBeLessThanOrEqual(12 * 1280);
    // A byte of an address, a payload or a tag that is damaged gives another packet: what is above has the checksum.
    expect(adaptation.counters).toEqual({
      packets: 41_042,
      reassembled: 30,
      fragments: 11_375,
      relayed: 0,
      unknown: 1003,
      malformed: 4701,
      repeated: 190,
      contradicted: 9249,
      expired: 54,
      evicted: 1093,
    });
    adaptation.expire(now + 60_000);
    expect(adaptation.load).toEqual({ datagrams: 0, bytes: 0 });
  });

  it('whole packets with every byte flipped: IPv6 takes none, unless the flip is beyond what a checksum covers', () => {
    const packets = captures().flatMap((capture) => new CaptureReader(capture).packets.slice(0, 20));
    let [delivered, dropped] = [0, 0];
    for (const { packet } of packets) {
      for (let at = 0; at < packet.length; at++) {
        const copy = packet.slice();
        copy[at] = (copy[at] as number) ^ 0x10;
        const stack = new Ip6Stack<undefined>({ send: () => undefined, entropy: new SeededEntropy(2) });
        stack.addresses.set([{ kind: 'mesh-local', address: copy.slice(24, 40) }]);
        stack.addresses.join(copy.slice(24, 40));
        for (const port of [19788, 61631, 1000]) stack.openPort({ port }).onDatagram(() => undefined);
        stack.receive(copy, 0, undefined);
        // Traffic class, flow label and hop limit are in no checksum.
        if (stack.counters.delivered > 0 && !(at < 4 || at === 7)) delivered++;
        else dropped++;
      }
    }
    expect(delivered).toBe(0);
    expect(dropped).toBeGreaterThan(10_000);
  });
});

describe('random bytes', () => {
  const seed = 'lowpan noise';
  it(`100,000 payloads (seed ${seed}): no crash, bounded memory, every one accounted for`, () => {
    const random = new SeededRandom(seed);
    const { adaptation, suffer } = victim();
    const links: LinkPair[] = [
      link,
      { source: extendedAddress(random.bytes(8)), destination: broadcast },
      { source: shortAddress(0), destination: extendedAddress(random.bytes(8)) },
    ];
    const heads = ['', '7e33', '7af7', '78', 'c1000001', 'e100000101', 'bf138c016c00', '7e33e106', '7e33ee7e'].map(
      fromHex,
    );
    let most = 0;
    for (let round = 0; round < 100_000; round++) {
      const payload = concat(heads[random.below(heads.length)] as Uint8Array, random.bytes(random.below(60)));
      suffer(payload, links[random.below(links.length)], round);
      most = Math.max(most, adaptation.load.bytes);
    }
    const { packets, malformed, unknown, fragments, reassembled } = adaptation.counters;
    expect(packets - reassembled + malformed + unknown + fragments).toBeGreaterThanOrEqual(100_000);
    expect(most).toBeLessThanOrEqual(12 * 1280);
  });
});
