import { decode, encode, fromHex, toHex } from '@selvage/core';
import { SeededEntropy } from '@selvage/core/virtual';
import { coapMessage } from '@selvage/coap';
import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../../src/ip6/address/prefix.js';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { Ip6Endpoint } from '../../src/ip6/stack/endpoint.js';
import { UdpPort } from '../../src/ip6/stack/udp-port.js';
import type { TmfOutcome } from '../../src/tmf/pending-requests.js';
import { TmfPort, type TmfRequest, tmfPort } from '../../src/tmf/tmf-port.js';
import { postBytes } from '../../src/tmf/tmf-message.js';

const ours = parseIp6('fd00::ff:fe00:400');
const theirs = parseIp6('fd00::ff:fe00:800');
const leader = parseIp6('fd00::ff:fe00:fc00');
const payload = fromHex('0401aa');

interface Sent {
  readonly bytes: Uint8Array;
  readonly to: Ip6Endpoint;
  readonly from: Uint8Array | undefined;
}

class World {
  readonly sent: Sent[] = [];
  readonly asked: TmfRequest[] = [];
  readonly port: UdpPort<undefined>;
  readonly tmf: TmfPort<undefined>;

  constructor() {
    this.port = new UdpPort<undefined>(
      tmfPort,
      {},
      { send: (bytes, to, from) => void this.sent.push({ bytes, to, from }), close: () => undefined },
    );
    this.tmf = new TmfPort({
      port: this.port,
      entropy: new SeededEntropy('tmf'),
      meshLocal: () => parsePrefix('fd00::/64'),
      locator: () => ours,
      handler: (request) => {
        this.asked.push(request);
        return fromHex('00');
      },
    });
  }

  arrive(bytes: Uint8Array, from = theirs, destination = ours, at = 0): void {
    const head = { destination, hopLimit: 64, trafficClass: 0, info: undefined, at };
    this.port.deliver({ payload: bytes, from: new Ip6Endpoint(from, tmfPort), ...head });
  }

  ask(from: Uint8Array, destination: Uint8Array, messageId = 1, confirmable = true): void {
    this.arrive(
      postBytes({ path: 'd/dg', payload, confirmable, messageId, token: fromHex('0102') }),
      from,
      destination,
    );
  }
}

describe('requests (RFC 7252 §4.2)', () => {
  it('are sent again four times, each pause twice the one before, and are then lost', () => {
    const world = new World();
    const outcomes: TmfOutcome[] = [];
    world.tmf.request('a/sd', payload, leader, 0, (outcome) => outcomes.push(outcome));
    const at: number[] = [];
    while (world.tmf.deadline !== Infinity) {
      at.push(world.tmf.deadline);
      world.tmf.tick(world.tmf.deadline);
    }
    expect(world.sent.map(({ bytes }) => toHex(bytes))).toEqual(Array(5).fill(toHex(world.sent[0]!.bytes)));
    expect(world.sent[0]!.from).toEqual(ours);
    const [first = 0] = at;
    expect(first).toBeGreaterThanOrEqual(2000);
    expect(first).toBeLessThan(3000);
    expect(at).toEqual([1, 3, 7, 15, 31].map((times) => times * first));
    expect(outcomes).toEqual([{ kind: 'lost' }]);
  });

  it('to an anycast locator are answered by whoever has it, and to others by themselves alone', () => {
    const world = new World();
    const outcomes: unknown[] = [];
    world.tmf.request('a/sd', payload, leader, 0, (outcome) => outcomes.push(outcome));
    world.tmf.request('a/an', payload, theirs, 0, (outcome) => outcomes.push(outcome));
    const [toLeader, toThem] = world.sent.map(({ bytes }) => decode(coapMessage, bytes));
    for (const asked of [toLeader!, toThem!]) {
      const answer = { ...asked, type: 'ACK' as const, code: 0x44, options: [], payload: fromHex('aa') };
      world.arrive(encode(coapMessage, answer), parseIp6('fd00::ff:fe00:c00'));
    }
    expect(outcomes).toEqual([{ kind: 'answer', isChanged: true, payload: fromHex('aa') }]);
    expect(world.tmf.pending).toBe(1);
  });

  it('are told apart by token in a separate response, which is acknowledged', () => {
    const world = new World();
    const outcomes: unknown[] = [];
    world.tmf.request('a/sd', payload, theirs, 0, (outcome) => outcomes.push(outcome));
    const asked = decode(coapMessage, world.sent[0]!.bytes);
    const bare = {
      type: 'ACK',
      code: 0,
      messageId: asked.messageId,
      token: fromHex(''),
      options: [],
      payload: fromHex(''),
    } as const;
    world.arrive(encode(coapMessage, bare));
    expect(outcomes).toEqual([]);
    world.arrive(encode(coapMessage, { ...asked, type: 'CON', code: 0x44, messageId: 77, options: [] }));
    expect(outcomes).toEqual([{ kind: 'answer', isChanged: true, payload }]);
    expect(decode(coapMessage, world.sent[1]!.bytes)).toMatchObject({ type: 'ACK', messageId: 77, code: 0 });
  });

  it('wait sixteen at a time: the oldest is given up', () => {
    const world = new World();
    const lost: number[] = [];
    for (let i = 0; i < 20; i++) world.tmf.request('a/an', payload, theirs, 0, () => lost.push(i));
    expect(world.tmf.pending).toBe(16);
    expect(lost).toEqual([0, 1, 2, 3]);
  });
});

describe('answers (Thread 1.3 §10.9)', () => {
  it('come once: a request that is repeated gets the same answer again', () => {
    const world = new World();
    world.ask(theirs, ours);
    world.ask(theirs, ours);
    expect(world.asked.length).toBe(1);
    expect(world.sent.map(({ bytes }) => toHex(bytes))).toEqual(Array(2).fill('62440001' + '0102' + 'ff00'));
    expect(world.sent[0]!.from).toEqual(ours);
  });

  it('remember ten requests and no more', () => {
    const world = new World();
    for (let messageId = 1; messageId <= 11; messageId++) world.ask(theirs, ours, messageId);
    world.ask(theirs, ours, 1);
    world.ask(theirs, ours, 11);
    expect(world.asked.length).toBe(12);
  });

  it('are for the link and the mesh alone', () => {
    const world = new World();
    const link = parseIp6('fe80::1');
    const refused = [
      ['2001:db8::1', 'fd00::1'],
      ['fe80::1', 'fd00::1'],
      ['fd00::1', '2001:db8::1'],
      ['fd00::1', 'ff05::1'],
      ['fd00::ff:fe00:fc00', 'fd00::1'],
    ] as const;
    for (const [i, [from, to]] of refused.entries()) world.ask(parseIp6(from), parseIp6(to), i);
    expect(world.asked.length).toBe(0);
    world.ask(link, parseIp6('fe80::2'), 100);
    world.ask(link, parseIp6('ff02::1'), 101);
    world.ask(theirs, parseIp6('ff03::2'), 102, false);
    world.ask(theirs, ours, 103);
    expect(world.asked.map(({ multicast }) => multicast)).toEqual([false, true, true, false]);
  });
});
