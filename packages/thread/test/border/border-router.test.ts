/** The router between a mesh and a host: Thread 1.3 §9, RFC 8200 §3, RFC 4443 §2.4 and §3. */
import { concat, decode, encode, u16 } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import {
  type BorderPacket,
  type BorderRefusal,
  BorderRouter,
  icmp6Message,
  icmp6PacketOf,
  ip6Text,
  parseIp6,
  parsePrefix,
  udpPacketOf,
} from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import { packetOf } from '../support/packets.js';

const meshLocal = parsePrefix('fd00:11:22:33::/64');
const offered = parsePrefix('fd11:22::/64');
const [host, hostInPrefix, node] = ['2001:db8::1', 'fd11:22::1', 'fd11:22::abcd'] as const;
const self = parseIp6('fd11:22::5e1f');

function router(): BorderRouter {
  const view = { meshLocal, onMesh: [offered], host: [parseIp6(hostInPrefix)] };
  return new BorderRouter({ view: () => view, speakAs: () => self });
}

function udp(source: string, destination: string, options: { hopLimit?: number; size?: number; port?: number } = {}) {
  const { hopLimit = 64, size = 4, port = 5683 } = options;
  const head = { source: parseIp6(source), destination: parseIp6(destination), hopLimit, trafficClass: 0 };
  return udpPacketOf(head, 40_000, port, new Uint8Array(size).fill(7));
}

function taken(border: BorderRouter, side: 'host' | 'mesh', packet: Uint8Array, now = 0): BorderPacket[] {
  border.handle({ side, packet }, now);
  const all: BorderPacket[] = [];
  for (let next = border.poll(); next !== undefined; next = border.poll()) all.push(next);
  return all;
}

/** The error of a packet, and how much it quotes. */
function errorIn({ packet }: BorderPacket) {
  const message = decode(icmp6Message, packet.subarray(40), 'icmp6');
  const { quoted, code } = (message as { readonly value: { readonly quoted: Uint8Array; readonly code: number } })
    .value;
  return {
    type: message.type,
    code,
    quoted: quoted.length,
    from: ip6Text(packet.subarray(8, 24)),
    to: ip6Text(packet.subarray(24, 40)),
  };
}

describe('what passes', () => {
  it.each([
    ['from the host to a node', 'host', udp(host, node), 'mesh'],
    ['from the host’s address in the prefix of the mesh', 'host', udp(hostInPrefix, node), 'mesh'],
    ['from a node to the host', 'mesh', udp(node, host), 'host'],
    ['from a node to the host’s address in the prefix of the mesh', 'mesh', udp(node, hostInPrefix), 'host'],
    ['1,280 bytes, which is all that a mesh takes', 'host', udp(host, node, { size: 1232 }), 'mesh'],
  ] as const)('%s, with one hop less and nothing else changed', (_name, side, packet, to) => {
    const before = Uint8Array.from(packet);
    const [passed, ...more] = taken(router(), side, packet);
    expect(more).toEqual([]);
    expect(passed?.side).toBe(to);
    expect(packet).toEqual(before);
    before[7] = 63;
    expect(passed?.packet).toEqual(before);
  });

  it('an echo request, and the errors that others send', () => {
    const value = { code: 0, checksum: 0, mtu: 1280, quoted: udp(node, host) };
    const head = { source: parseIp6(host), destination: parseIp6(node), hopLimit: 64, trafficClass: 0 };
    expect(taken(router(), 'host', icmp6PacketOf(head, { type: 'packetTooBig', value }))).toHaveLength(1);
  });
});

describe('what does not pass', () => {
  const cases: readonly [string, 'host' | 'mesh', Uint8Array, BorderRefusal][] = [
    ['link-local sources', 'host', udp('fe80::1', node), 'scope'],
    ['link-local sources outside of fe80::/64 too', 'host', udp('fe90::1', node), 'scope'],
    ['link-local destinations', 'mesh', udp(node, 'fe80::1'), 'scope'],
    ['groups', 'host', udp(host, 'ff02::2'), 'scope'],
    ['groups of the realm', 'mesh', udp(node, 'ff03::1'), 'scope'],
    ['sources that are groups', 'host', udp('ff0e::1', node), 'scope'],
    ['loopback', 'host', udp('::1', node), 'scope'],
    ['nobody’s', 'host', udp('::', node), 'scope'],
    ['hosts that claim to be mesh-local', 'host', udp('fd00:11:22:33:0:ff:fe00:fc00', node), 'spoofed'],
    ['hosts that claim to be a node', 'host', udp('fd11:22::beef', node), 'spoofed'],
    ['nodes that claim to be a host', 'mesh', udp(host, '2001:db8::2'), 'spoofed'],
    ['nodes that claim to be our host', 'mesh', udp(hostInPrefix, host), 'spoofed'],
    ['what is not IPv6', 'host', Uint8Array.of(0x45, ...udp(host, node).subarray(1)), 'malformed'],
    ['less than a header', 'host', udp(host, node).subarray(0, 39), 'malformed'],
    ['a length that is not its own', 'mesh', udp(node, host).subarray(0, 47), 'malformed'],
    ['more than its length', 'host', concat(udp(host, node), Uint8Array.of(0)), 'malformed'],
    ['to mesh-local addresses, from the mesh', 'mesh', udp(node, 'fd00:11:22:33::1'), 'meshLocal'],
  ];

  it.each(cases)('%s: without a word', (_name, side, packet, why) => {
    const border = router();
    expect(taken(border, side, packet)).toEqual([]);
    expect(border.counters[why]).toBe(1);
  });

  const told: readonly [string, 'host' | 'mesh', Uint8Array, BorderRefusal, string, number][] = [
    ['into the mesh-local prefix', 'host', udp(host, 'fd00:11:22:33::1'), 'meshLocal', 'destinationUnreachable', 1],
    ['out from mesh-local addresses', 'mesh', udp('fd00:11:22:33::1', host), 'meshLocal', 'destinationUnreachable', 2],
    ['to MLE', 'host', udp(host, node, { port: 19_788 }), 'management', 'destinationUnreachable', 1],
    ['to TMF', 'host', udp(host, node, { port: 61_631 }), 'management', 'destinationUnreachable', 1],
    ['back to where it came from, host', 'host', udp(host, '2001:db8::2'), 'noRoute', 'destinationUnreachable', 0],
    ['back to where it came from, mesh', 'mesh', udp(node, 'fd11:22::9'), 'noRoute', 'destinationUnreachable', 0],
    ['with its last hop, host', 'host', udp(host, node, { hopLimit: 1 }), 'hopLimit', 'timeExceeded', 0],
    ['with no hop at all, host', 'host', udp(host, node, { hopLimit: 0 }), 'hopLimit', 'timeExceeded', 0],
    ['with its last hop, mesh', 'mesh', udp(node, host, { hopLimit: 1 }), 'hopLimit', 'timeExceeded', 0],
    ['1,281 bytes', 'host', udp(host, node, { size: 1233 }), 'tooBig', 'packetTooBig', 0],
  ];

  it.each(told)('%s: its sender is told why', (_name, side, packet, why, type, code) => {
    const border = router();
    const [error, ...more] = taken(border, side, packet);
    expect(more).toEqual([]);
    expect(border.counters[why]).toBe(1);
    expect(error?.side).toBe(side);
    const quoted = side === 'host' ? Math.min(packet.length, 1232) : 48;
    const to = ip6Text(packet.subarray(8, 24));
    expect(errorIn(error!)).toEqual({ type, code, quoted, from: ip6Text(self), to });
  });

  /** The packet with extension headers before its own next header, each from the number of the one that follows it. */
  function behind(
    packet: Uint8Array,
    ...headers: readonly (readonly [kind: number, rest: readonly number[]])[]
  ): Uint8Array {
    const kinds = [...headers.map(([kind]) => kind), packet[6] as number];
    const extensions = headers.flatMap(([, rest], i) => [kinds[i + 1] as number, ...rest]);
    const made = concat(packet.subarray(0, 40), Uint8Array.from(extensions), packet.subarray(40));
    made.set(encode(u16, made.length - 40), 4);
    made[6] = kinds[0] as number;
    return made;
  }

  const padding = [0, 1, 4, 0, 0, 0, 0] as const;
  const fragment = (offset: number): readonly number[] => [0, offset >> 8, (offset & 0xf8) | 1, 0, 0, 0, 7];
  const toTmf = udp(host, node, { port: 61_631 });
  /** A packet in another one to the same node; whose the one inside says to be nobody looks at. */
  const tunnel = (inner: Uint8Array): Uint8Array => {
    const outer = concat(udp(host, node).subarray(0, 40), inner);
    outer.set(encode(u16, inner.length), 4);
    outer[6] = 41;
    return outer;
  };

  it.each([
    ['options that only others know', behind(toTmf, [60, [0, 0x9e, 4, 0, 0, 0, 0]])],
    ['more options than anybody has', behind(toTmf, ...Array.from({ length: 5 }, () => [60, padding] as const))],
    ['a routing header with nowhere to go', behind(toTmf, [43, [0, 0, 0, 0, 0, 0, 0]])],
    ['a fragment header, whole', behind(toTmf, [44, [0, 0, 0, 0, 0, 0, 7]])],
    ['a fragment header, with more to come', behind(toTmf, [44, fragment(0)])],
    ['a fragment header, and options behind it', behind(toTmf, [44, fragment(0)], [60, padding])],
    ['another IPv6 header: nodes open tunnels whoever they are from', tunnel(toTmf)],
    ['headers without an end', behind(toTmf, ...Array.from({ length: 20 }, () => [60, padding] as const))],
    ['a header that is cut off', behind(toTmf, [60, [200, 1, 4, 0, 0, 0, 0]])],
  ])('to TMF behind %s', (_name, packet) => {
    const border = router();
    expect(taken(border, 'host', packet).filter(({ side }) => side === 'mesh')).toEqual([]);
    expect(border.counters.management).toBe(1);
  });

  it('but fragments of what is nobody’s management do', () => {
    for (const packet of [behind(udp(host, node), [44, fragment(0)]), behind(udp(host, node), [44, fragment(8)])]) {
      expect(taken(router(), 'host', packet)).toHaveLength(1);
    }
  });

  it(`are ${cases.length + told.length} of them`, () => {
    expect(cases.length + told.length).toBe(27);
  });

  it('an error of more than 1,280 bytes is never sent (RFC 4443 §2.4 (c)), and its checksum is right', () => {
    const [error] = taken(router(), 'host', udp(host, node, { size: 1400 }));
    expect(error?.packet.length).toBe(1280);
    expect(decode(icmp6Message, error!.packet.subarray(40), 'icmp6')).toMatchObject({ value: { mtu: 1280 } });
  });

  it('to TMF behind options all the same', () => {
    const datagram = udp(host, node, { port: 61_631 });
    const options = Uint8Array.of(17, 0, 1, 4, 0, 0, 0, 0);
    const payload = concat(options, datagram.subarray(40));
    const border = router();
    taken(border, 'host', packetOf({ source: host, destination: node, nextHeader: 60, payload }));
    expect(border.counters.management).toBe(1);
  });
});

describe('errors', () => {
  it('are never about errors, nor about what cannot be told from one (RFC 4443 §2.4 (e))', () => {
    const border = router();
    const about = { code: 4, checksum: 0, unused: 0, quoted: new Uint8Array(48) };
    const head = { source: parseIp6(host), destination: parseIp6(node), hopLimit: 1, trafficClass: 0 };
    expect(taken(border, 'host', icmp6PacketOf(head, { type: 'destinationUnreachable', value: about }))).toEqual([]);
    const fragment = concat(Uint8Array.of(58, 0, 0, 9, 0, 0, 0, 1), new Uint8Array(8));
    const packet = packetOf({ source: host, destination: node, nextHeader: 44, payload: fragment, hopLimit: 1 });
    expect(taken(border, 'host', packet)).toEqual([]);
    expect(border.counters).toMatchObject({ hopLimit: 2, errors: 0, errorsWithheld: 2 });
  });

  it('have a budget on each side (RFC 4443 §2.4 (f))', () => {
    const border = router();
    const flood = (side: 'host' | 'mesh', packet: Uint8Array, now: number): number =>
      Array.from({ length: 100 }, () => taken(border, side, packet, now).length).reduce((sum, one) => sum + one, 0);
    expect(flood('host', udp(host, node, { hopLimit: 1 }), 0)).toBe(5);
    expect(flood('mesh', udp(node, host, { hopLimit: 1 }), 0)).toBe(5);
    expect(flood('host', udp(host, node, { hopLimit: 1 }), 400)).toBe(2);
    expect(border.counters).toMatchObject({ hopLimit: 300, errors: 12, errorsWithheld: 288 });
  });

  it('are not sent by a router that is nobody yet', () => {
    const border = new BorderRouter({
      view: () => ({ meshLocal, onMesh: [offered], host: [] }),
      speakAs: () => undefined,
    });
    expect(taken(border, 'host', udp(host, node, { hopLimit: 1 }))).toEqual([]);
  });
});

describe('the adversary', () => {
  it('sends bytes of all kinds: nothing passes that is not whole, and none is lost count of', () => {
    const seed = 'border-bytes';
    const entropy = new SeededEntropy(seed);
    const border = router();
    const rounds = 4000;
    let passed = 0;
    for (let round = 0; round < rounds; round++) {
      const base = round % 3 === 0 ? new Uint8Array(round % 90) : udp(host, node, { size: round % 64 });
      const flip = new Uint8Array(4);
      entropy.fill(flip);
      if (round % 3 === 0) entropy.fill(base);
      else base[(flip[0]! << 4) % base.length]! ^= flip[1]!;
      passed += taken(border, round % 2 === 0 ? 'host' : 'mesh', base, round * 1000).length;
    }
    const { toMesh, toHost, errors, errorsWithheld: _withheld, overrun, ...refused } = border.counters;
    const counted = toMesh + toHost + Object.values(refused).reduce((sum, one) => sum + one, 0);
    expect(counted, seed).toBe(rounds);
    expect(passed, seed).toBe(toMesh + toHost + errors);
    expect(overrun, seed).toBe(0);
    expect(toMesh, seed).toBeGreaterThan(500);
  });

  it('cannot have it keep more than 64 packets that nobody fetches', () => {
    const border = router();
    for (let i = 0; i < 200; i++) border.handle({ side: 'host', packet: udp(host, node, { port: 1000 + i }) }, 0);
    const first = border.poll();
    expect(decode(u16, first!.packet.subarray(42, 44), 'port')).toBe(1136);
    expect(border.counters.overrun).toBe(136);
    expect(encode(u16, 1136)).toEqual(first!.packet.subarray(42, 44));
  });
});
