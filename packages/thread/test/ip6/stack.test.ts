import { concat, decode, fromHex, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import { parseIp6, ip6Text } from '../../src/ip6/address/text.js';
import { icmp6Message } from '../../src/ip6/header/icmp6.js';
import { ip6Header } from '../../src/ip6/header/ip6-header.js';
import { EchoClient, type EchoOutcome } from '../../src/ip6/stack/echo-client.js';
import { ip6Endpoint } from '../../src/ip6/stack/endpoint.js';
import { Ip6Stack } from '../../src/ip6/stack/ip6-stack.js';
import { icmp6PacketOf, udpPacketOf } from '../../src/ip6/stack/packet-writer.js';
import { MeshPair } from '../support/mesh-pair.js';
import { packetOf } from '../support/packets.js';

const own = parseIp6('fd4b:167e:c82f:facc::1');
const rloc = parseIp6('fd4b:167e:c82f:facc:0:ff:fe00:8c01');
const aloc = parseIp6('fd4b:167e:c82f:facc:0:ff:fe00:fc00');
const linkLocal = parseIp6('fe80::1');
const onMesh = parseIp6('fd11::1');
const deprecated = parseIp6('fd22::1');
const peer = parseIp6('fd4b:167e:c82f:facc::2');

function node() {
  const sent: Uint8Array[] = [];
  const stack = new Ip6Stack({ send: (packet) => sent.push(packet), entropy: new SeededEntropy(1) });
  stack.addresses.set([
    { kind: 'link-local', address: linkLocal },
    { kind: 'aloc', address: aloc },
    { kind: 'rloc', address: rloc },
    { kind: 'mesh-local', address: own },
    { kind: 'on-mesh', address: onMesh },
    { kind: 'on-mesh', address: deprecated, deprecated: true },
  ]);
  stack.addresses.join(parseIp6('ff02::1'));
  stack.addresses.join(parseIp6('ff03::fc'));
  return { stack, sent };
}

const head = { source: peer, destination: own, hopLimit: 64, trafficClass: 0 };
const echoValue = { code: 0, checksum: 0, identifier: 7, sequence: 8, data: fromHex('0102') };
const echo = (destination: Uint8Array, source = peer) =>
  icmp6PacketOf({ ...head, source, destination }, { type: 'echoRequest', value: echoValue });

/** Source and type of what a node sent. */
function told(sent: readonly Uint8Array[]): string[] {
  return sent.map((packet) => {
    const { type } = decode(icmp6Message, packet.subarray(40));
    return `${ip6Text(decode(ip6Header, packet.subarray(0, 40)).source)} ${type}`;
  });
}

describe('echo (RFC 4443 §4)', () => {
  it.each([
    ['its own address', own, own],
    ['its RLOC', rloc, rloc],
    ['its link-local address', linkLocal, linkLocal],
    ['an on-mesh address', onMesh, onMesh],
    ['an ALOC, as itself', aloc, own],
    ['a group, as itself', parseIp6('ff03::fc'), own],
  ])('is answered to %s', (_, destination, answeredAs) => {
    const { stack, sent } = node();
    const packet = echo(destination);
    stack.receive(packet, 0, undefined);
    expect(told(sent)).toEqual([`${ip6Text(answeredAs)} echoReply`]);
    expect(decode(icmp6Message, sent[0]!.subarray(40))).toMatchObject({
      value: { identifier: 7, sequence: 8, data: fromHex('0102') },
    });
  });

  it('is not answered where the node is told not to, and not to nobody', () => {
    const sent: Uint8Array[] = [];
    const stack = new Ip6Stack({ send: (p) => sent.push(p), entropy: new SeededEntropy(1), answersEcho: false });
    stack.addresses.set([{ kind: 'mesh-local', address: own }]);
    stack.receive(echo(own), 0, undefined);
    const other = node();
    other.stack.receive(echo(own, parseIp6('::')), 0, undefined);
    expect([sent.length, other.sent.length]).toEqual([0, 0]);
  });

  it('goes out and comes back with its time; what is lost and what cannot be reached is told', async () => {
    const pair = new MeshPair();
    const outcomes: EchoOutcome[] = [];
    const client = new EchoClient(pair.a.stack, new SeededEntropy(2), (outcome) => outcomes.push(outcome));
    const now = () => pair.clock.now();
    client.ping(pair.b.address, 1200, 3000, now());
    client.ping(parseIp6('ff03::1'), 8, 1000, now());
    client.ping(parseIp6('fd4b:167e:c82f:facc::99'), 8, 2000, now());
    await pair.clock.runUntil(() => outcomes.length === 2);
    for (let { deadline } = client; deadline !== undefined; { deadline } = client) {
      pair.clock.advanceTo(deadline);
      client.expire(now());
    }
    const ends = outcomes.map(({ kind, sequence }) => `${sequence} ${kind}`);
    expect(ends.sort()).toEqual(['1 reply', '2 reply', '3 lost']);
    const reply = outcomes.find(({ sequence }) => sequence === 1);
    expect(reply).toMatchObject({ bytes: 1200, hopLimit: 64, source: pair.b.address, roundTrip: 8 });
  });

  it('matches an error that quotes no more than the IPv6 header, as OpenThread’s do', () => {
    const { stack, sent } = node();
    const outcomes: EchoOutcome[] = [];
    const client = new EchoClient(stack, new SeededEntropy(2), (outcome) => outcomes.push(outcome));
    client.ping(peer, 8, 1000, 0);
    const value = { code: 0, checksum: 0, unused: 0, quoted: sent[0]!.subarray(0, 40) };
    const error = icmp6PacketOf({ ...head, destination: own }, { type: 'destinationUnreachable', value });
    stack.receive(error, 10, undefined);
    expect(outcomes).toMatchObject([{ kind: 'unreachable', sequence: 1, code: 0 }]);
  });
});

describe('source addresses (RFC 6724, Thread 1.3 §5)', () => {
  it.each([
    ['fe80::2', 'fe80::1'],
    ['ff02::2', 'fe80::1'],
    ['ff03::1', 'fd4b:167e:c82f:facc::1'],
    ['fd4b:167e:c82f:facc:0:ff:fe00:6c00', 'fd4b:167e:c82f:facc:0:ff:fe00:8c01'],
    ['fd4b:167e:c82f:facc:0:ff:fe00:fc00', 'fd4b:167e:c82f:facc:0:ff:fe00:8c01'],
    ['fd4b:167e:c82f:facc::2', 'fd4b:167e:c82f:facc::1'],
    ['fd11::2', 'fd11::1'],
    // Deprecated: any other first.
    ['fd22::2', 'fd11::1'],
  ])('to %s it speaks as %s', (destination, source) => {
    expect(ip6Text(node().stack.addresses.sourceFor(parseIp6(destination))!)).toBe(source);
  });

  it('sends nothing before it has an address, and counts that', () => {
    const sent: Uint8Array[] = [];
    const stack = new Ip6Stack({ send: (packet) => sent.push(packet), entropy: new SeededEntropy(1) });
    stack.openPort().send(Uint8Array.of(1), ip6Endpoint('fd00::1', 1));
    expect(stack.sendEcho({ destination: own, identifier: 1, sequence: 1, data: own })).toBe(false);
    expect([sent.length, stack.counters.noSource]).toEqual([0, 2]);
  });
});

describe('what is not for us, or wrong, is counted and dropped', () => {
  const datagram = udpPacketOf(head, 1000, 2000, fromHex('0102'));
  const changed = (at: number, value: number) => {
    const packet = datagram.slice();
    packet[at] = value;
    return packet;
  };
  const extended = (nextHeader: number, ...headers: string[]) =>
    packetOf({
      source: 'fd4b:167e:c82f:facc::2',
      destination: 'fd4b:167e:c82f:facc::1',
      nextHeader,
      payload: concat(...headers.map(fromHex), datagram.subarray(40)),
    });

  it.each([
    ['version 4', changed(0, 0x40), 'malformed'],
    ['a length that is not its own', changed(5, 9), 'malformed'],
    ['39 bytes', datagram.subarray(0, 39), 'malformed'],
    ['a multicast source', changed(8, 0xff), 'malformed'],
    ['another destination', changed(39, 9), 'notOurs'],
    ['a wrong UDP checksum', changed(47, 9), 'wrongChecksum'],
    ['a changed payload', changed(49, 9), 'wrongChecksum'],
    ['a UDP length that is not the packet’s', changed(45, 9), 'malformed'],
    ['another protocol', changed(6, 132), 'unsupported'],
    ['a routing header', extended(43, '1100040000000000'), 'unsupported'],
    ['a fragment header', extended(44, '1100000000000000'), 'unsupported'],
    ['an option that must be understood', extended(0, '1100c20401020304'), 'unsupported'],
    ['hop-by-hop options behind others', extended(60, '0000010400000000', '1100010400000000'), 'unsupported'],
    ['options that are longer than their header', extended(0, '1100010900000000'), 'malformed'],
    ['a header longer than the packet', extended(0, '11ff010400000000'), 'malformed'],
    [
      'five extension headers',
      extended(60, ...Array<string>(4).fill('3c00010400000000'), '1100010400000000'),
      'unsupported',
    ],
    ['a tunnel to ourselves', extended(41, toHex(echo(own))), 'unsupported'],
  ] as const)('%s', (_, packet, counter) => {
    const { stack } = node();
    const port = stack.openPort({ port: 2000 });
    let heard = 0;
    port.onDatagram(() => heard++);
    stack.receive(packet, 0, undefined);
    expect([heard, stack.counters[counter]]).toEqual([0, 1]);
  });

  it.each([
    ['nothing before it', datagram],
    ['an option that may be skipped', extended(60, '11003e0401020304')],
    ['MPL, then destination options', extended(0, '3c006d0440ab6c00', '1100010400000000')],
  ])('a datagram with %s is delivered', (_, packet) => {
    const { stack } = node();
    const heard: string[] = [];
    stack.openPort({ port: 2000 }).onDatagram((payload) => heard.push(toHex(payload)));
    stack.receive(packet, 0, undefined);
    expect(heard).toEqual(['0102']);
  });

  it('opens a tunnel to all forwarders around a multicast, once', () => {
    const { stack, sent } = node();
    const group = parseIp6('ff05::abcd');
    stack.addresses.join(group);
    const tunnel = (inner: Uint8Array) =>
      packetOf({ source: 'fd4b:167e:c82f:facc::2', destination: 'ff03::fc', nextHeader: 41, payload: inner });
    stack.receive(tunnel(echo(group)), 0, undefined);
    stack.receive(tunnel(tunnel(echo(group))), 0, undefined);
    stack.receive(tunnel(echo(own)), 0, undefined);
    expect([told(sent), stack.counters.unsupported]).toEqual([['fd4b:167e:c82f:facc::1 echoReply'], 2]);
  });
});

describe('errors (RFC 4443 §2.4)', () => {
  it('says that a port is closed, with the ports, but not to a group and not without end', () => {
    const { stack, sent } = node();
    const datagram = udpPacketOf(head, 1000, 2000, new Uint8Array(500));
    stack.receive(datagram, 0, undefined);
    expect(decode(icmp6Message, sent[0]!.subarray(40))).toMatchObject({
      type: 'destinationUnreachable',
      value: { code: 4, quoted: datagram.slice(0, 48) },
    });
    stack.receive(udpPacketOf({ ...head, destination: parseIp6('ff02::1') }, 1, 2, own), 0, undefined);
    expect(sent.length).toBe(1);
    for (let i = 0; i < 100; i++) stack.receive(datagram, 1, undefined);
    expect([sent.length, stack.counters.errorsWithheld]).toEqual([5, 96]);
    stack.receive(datagram, 1000, undefined);
    expect(sent.length).toBe(6);
  });

  it('says nothing about an error, and hands one up', () => {
    const { stack, sent } = node();
    const value = { code: 0, checksum: 0, unused: 0, quoted: new Uint8Array(40) };
    const error = icmp6PacketOf(head, { type: 'timeExceeded', value });
    const seen: string[] = [];
    stack.onIcmp6 = ({ message }) => seen.push(message.type);
    stack.receive(error, 0, undefined);
    stack.sendUnreachable(error, 0, 0);
    stack.sendUnreachable(echo(own), 0, 0);
    expect([seen, told(sent)]).toEqual([['timeExceeded'], ['fd4b:167e:c82f:facc::1 destinationUnreachable']]);
  });
});
