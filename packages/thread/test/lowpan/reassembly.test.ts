import { type Instant, toHex } from '@selvage/core';
import { FixedEntropy, SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../../src/ip6/address/prefix.js';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { udpPacketOf } from '../../src/ip6/stack/packet-writer.js';
import { Adaptation } from '../../src/lowpan/adaptation.js';
import type { ReassemblyLimits } from '../../src/lowpan/fragment/reassembler.js';
import type { LinkPair } from '../../src/lowpan/link-pair.js';
import { shortAddress } from '../../src/mac/address.js';

const head = {
  source: parseIp6('fd4b:167e:c82f:facc::1'),
  destination: parseIp6('fd4b:167e:c82f:facc::2'),
  hopLimit: 64,
  trafficClass: 0,
};
const link: LinkPair = { source: shortAddress(0x8c00), destination: shortAddress(0x6c00) };
const room = 106;
const packetOf = (length: number, fill = 0x5a): Uint8Array =>
  udpPacketOf(head, 1000, 2000, new Uint8Array(length).fill(fill));

function node(limits: Partial<ReassemblyLimits> = {}, tag = 0): Adaptation {
  const entropy = new FixedEntropy(Uint8Array.of(tag >> 8, tag & 0xff));
  const adaptation = new Adaptation({ entropy, limits, isOurs: (short) => short === 0x6c00 });
  adaptation.contexts.setMeshLocal(parsePrefix('fd4b:167e:c82f:facc::/64'));
  return adaptation;
}

/** Hands payloads over and gives the packets that come out. */
function feed(to: Adaptation, payloads: readonly Uint8Array[], now: Instant = 0, from = link): string[] {
  return payloads.flatMap((payload) => {
    const arrival = to.receive(payload, from, true, now);
    return arrival?.kind === 'packet' ? [toHex(arrival.packet)] : [];
  });
}

describe('fragments (RFC 4944 §5.3)', () => {
  it('of every length up to 1232 bytes of payload come back as they went', () => {
    const [sender, receiver] = [node(), node()];
    for (let length = 0; length <= 1232; length += length < 200 ? 1 : 7) {
      const packet = packetOf(length);
      expect(feed(receiver, sender.send(packet, link, room))).toEqual([toHex(packet)]);
    }
    expect(receiver.load).toEqual({ datagrams: 0, bytes: 0 });
  });

  it('come in any order: 200 shuffles (seed shuffle)', () => {
    const random = new SeededRandom('shuffle');
    const [sender, receiver] = [node(), node()];
    const packet = packetOf(1232);
    for (let round = 0; round < 200; round++) {
      const fragments = sender.send(packet, link, room);
      for (let i = fragments.length - 1; i > 0; i--) {
        const j = random.below(i + 1);
        [fragments[i], fragments[j]] = [fragments[j] as Uint8Array, fragments[i] as Uint8Array];
      }
      expect(feed(receiver, fragments)).toEqual([toHex(packet)]);
    }
  });

  it('that repeat are ignored', () => {
    const receiver = node();
    const packet = packetOf(300);
    const [first, ...others] = node().send(packet, link, room) as [Uint8Array, ...Uint8Array[]];
    expect(feed(receiver, [first, first, ...others.slice(0, -1), ...others])).toEqual([toHex(packet)]);
    expect(receiver.counters).toMatchObject({ repeated: 1 + others.length - 1, contradicted: 0, reassembled: 1 });
  });

  it('that contradict begin their datagram anew: a tag used again is a new datagram', () => {
    const receiver = node();
    const [one, other] = [packetOf(300, 1), packetOf(300, 2)];
    const [first, second] = node().send(one, link, room) as [Uint8Array, Uint8Array];
    expect(feed(receiver, [first, second])).toEqual([]);
    expect(feed(receiver, node().send(other, link, room))).toEqual([toHex(other)]);
    expect(receiver.counters.contradicted).toBe(1);
    expect(receiver.load.datagrams).toBe(0);
  });

  it('that overlap in part give no packet that was never sent', () => {
    const receiver = node();
    const fragments = node().send(packetOf(300), link, room);
    const shifted = (fragments[1] as Uint8Array).slice();
    shifted[4] = (shifted[4] as number) + 1;
    expect(feed(receiver, [fragments[0] as Uint8Array, fragments[1] as Uint8Array, shifted])).toEqual([]);
    // What is left is the part that contradicted, alone; the next one contradicts that.
    expect(feed(receiver, fragments.slice(2))).toEqual([]);
    expect(receiver.counters).toMatchObject({ contradicted: 2, reassembled: 0 });
  });

  it('of different senders, tags, sizes and protection are never mixed', () => {
    const receiver = node();
    const packet = packetOf(300);
    const other = { ...link, source: shortAddress(0x9400) };
    const [one, same] = [node().send(packet, link, room), node().send(packet, other, room)];
    const sizes = node().send(packetOf(310), link, room);
    expect(feed(receiver, one.slice(0, 1))).toEqual([]);
    expect(feed(receiver, same.slice(1), 0, other)).toEqual([]);
    expect(feed(receiver, sizes.slice(1))).toEqual([]);
    expect(receiver.receive(one[1] as Uint8Array, link, false, 0)).toBeUndefined();
    expect(receiver.load).toEqual({ datagrams: 4, bytes: 3 * packet.length + 358 });
    expect(feed(receiver, one.slice(1))).toEqual([toHex(packet)]);
  });

  it('that come 2 s after the last are late, and so is a datagram that takes 20 s', () => {
    const packet = packetOf(1232);
    const fragments = node().send(packet, link, room);
    const patient = node();
    fragments.forEach((fragment, index) => feed(patient, [fragment], index * 1200));
    expect(patient.counters).toMatchObject({ reassembled: 1, expired: 0 });
    const late = node();
    feed(late, fragments.slice(0, 5), 0);
    expect(late.deadline).toBe(2000);
    late.expire(2000);
    expect([late.load.datagrams, late.counters.expired, late.deadline]).toEqual([0, 1, undefined]);
    const slow = node();
    fragments.forEach((fragment, index) => feed(slow, [fragment], index * 1900));
    expect(slow.counters).toMatchObject({ reassembled: 0, expired: 1 });
  });

  it('over several hops come by their mesh header, and are 88 bytes each', () => {
    const mesh = { hopsLeft: 19, source: 0x8c01, destination: 0x6c00 };
    const receiver = node();
    const packet = packetOf(1232);
    const fragments = node().send(packet, link, room, mesh);
    expect(fragments.slice(1, -1).map(({ length }) => length)).toEqual(Array(fragments.length - 2).fill(6 + 5 + 88));
    expect(feed(receiver, fragments, 0, { ...link, source: shortAddress(0x1c00) })).toEqual([toHex(packet)]);
    // At anybody else it goes on.
    const relay = new Adaptation({ entropy: new FixedEntropy(new Uint8Array(2)), isOurs: () => false });
    const passed = fragments.map((fragment) => relay.receive(fragment, link, true, 0));
    expect(passed.map((each) => each?.kind)).toEqual(Array(fragments.length).fill('relay'));
    expect(passed[0]).toMatchObject({ mesh, payload: (fragments[0] as Uint8Array).slice(6) });
    expect(relay.counters.relayed).toBe(fragments.length);
  });

  it('have tags that go up by one and are never 0', () => {
    const sender = node({}, 0xfffe);
    const tags = [1, 2, 3].map(() => toHex((sender.send(packetOf(300), link, room)[0] as Uint8Array).subarray(2, 4)));
    expect(tags).toEqual(['ffff', '0001', '0002']);
  });

  it('compress fewer headers where the first has no room for all, and say when there is none for one', () => {
    const far = { ...head, source: parseIp6('2001:db8::1'), destination: parseIp6('2001:db8::2') };
    const packet = udpPacketOf(far, 1000, 2000, new Uint8Array(200));
    const receiver = node();
    for (const small of [44, 45, 46, 47, 52, 60, 80]) {
      expect(feed(receiver, node({}, small).send(packet, link, small))).toEqual([toHex(packet)]);
    }
    expect(() => node().send(packet, link, 30)).toThrow(
      expect.objectContaining({ code: 'payload-too-large' }) as Error,
    );
  });
});
