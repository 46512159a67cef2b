import { toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { linkLocalAllNodes, realmLocalAllNodes } from '../../src/ip6/address/classes.js';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { allThreadNodes } from '../../src/ip6/address/thread-address.js';
import { numberedMulticast, tunnelledMulticast } from '../../src/ip6/multicast/mpl-packet.js';
import { icmp6PacketOf } from '../../src/ip6/stack/packet-writer.js';
import { pathToShort } from '../../src/stack/link-paths.js';
import { eidOf, meshLocal, rlocOf, type TrafficNode, TrafficWorld } from '../support/traffic-world.js';

const [a, b, c] = [0x0400, 0x0800, 0x0c00] as const;
const everybody = 0xffff;
const group = parseIp6('ff05::1234');
const seed = Uint8Array.of(a >> 8, a & 0xff);
let sequence = 0;

function echoTo(destination: Uint8Array, source = eidOf(a), hopLimit = 64): Uint8Array {
  const value = { code: 0, checksum: 0, identifier: 1, sequence: ++sequence, data: new Uint8Array(4) };
  return icmp6PacketOf({ source, destination, hopLimit, trafficClass: 0 }, { type: 'echoRequest', value });
}

const mpl = () => ({ isNewest: false, sequence: ++sequence & 0xff, seed, reserved: 0 });

/** Has a node hear a packet as a broadcast of its neighbour. */
function hear(node: TrafficNode, from: number, packet: Uint8Array, world: TrafficWorld): void {
  const pair = { source: pathToShort(from).destination, destination: pathToShort(everybody).destination };
  for (const payload of node.adaptation.send(packet, pair, 100)) world.forge(node, from, payload, everybody);
}

function toGroups(world: TrafficWorld, from: number): number {
  return world.air.filter((frame) => frame.from === from && frame.to === everybody).length;
}

describe('what is forwarded (RFC 7731 §9)', () => {
  it.each([
    ['numbered, of the realm', () => numberedMulticast(echoTo(realmLocalAllNodes), mpl()), 2],
    ['without the option', () => echoTo(realmLocalAllNodes), 0],
    ['whose last hop this was', () => numberedMulticast(echoTo(realmLocalAllNodes, eidOf(a), 1), mpl()), 0],
    ['of the link', () => echoTo(linkLocalAllNodes, parseIp6('fe80::1')), 0],
    ['of a larger scope, in a tunnel', () => tunnelledMulticast(echoTo(group), eidOf(a), mpl()), 2],
  ])('%s: %#', async (_, make, times) => {
    const world = new TrafficWorld('forwarded');
    const [, second] = world.line(a, b, c);
    hear(second, a, make(), world);
    await world.pass(200);
    expect(toGroups(world, b)).toBe(times);
  });

  it('comes again from another router, and is not taken again', async () => {
    const world = new TrafficWorld('again');
    const [, second] = world.line(a, b, c);
    const packet = numberedMulticast(echoTo(realmLocalAllNodes), mpl());
    hear(second, a, packet, world);
    hear(second, c, packet, world);
    await world.pass(200);
    expect(toGroups(world, b)).toBe(2);
    // Once from the third, and twice as each of the others forwards it.
    expect(second.traffic.counters.repeated).toBe(5);
  });

  it('is one hop shorter, and else as it came', async () => {
    const world = new TrafficWorld('hops');
    const [first, second, third] = world.line(a, b, c);
    const heard: number[] = [];
    third.ip.addresses.join(realmLocalAllNodes);
    const port = third.ip.openPort({ port: 4000 });
    port.onArrival(({ hopLimit }) => heard.push(hopLimit));
    first.ip.openPort({ port: 4000 }).send(new Uint8Array(3), { address: realmLocalAllNodes, port: 4000 } as never);
    await world.pass(500);
    expect(heard).toEqual([63]);
    expect(second.traffic.counters.forwarded).toBe(1);
  });
});

describe('children', () => {
  it('that are awake hand all of their multicasts to their parent, by unicast', async () => {
    const world = new TrafficWorld('child');
    const [first, second] = world.line(a, b);
    const child = world.child(first, 'minimal');
    second.ip.addresses.join(realmLocalAllNodes);
    child.echo.ping(realmLocalAllNodes, 4, 1000, 0);
    expect(world.air.map(({ to }) => to)).toEqual([a]);
    await world.pass(500);
    // That, and the query of whoever answers.
    expect(toGroups(world, a)).toBe(4);
    expect(child.echoes.map((echo) => echo.kind === 'reply' && toHex(echo.source))).toEqual([toHex(eidOf(b))]);
  });

  it('that sleep get the two groups of all, and what they registered, once each', async () => {
    const world = new TrafficWorld('sleepy');
    const [first, second] = world.line(a, b);
    const child = world.child(second, 'sleepy');
    second.children.set({ ...second.children.byRloc16(child.rloc16)!, addresses: [eidOf(child.rloc16), group] });
    const copies = (): number => world.air.filter(({ to }) => to === child.rloc16).length;
    const send = async (to: Uint8Array): Promise<number> => {
      const before = copies();
      first.ip.sendEcho({ destination: to, identifier: 1, sequence: 1, data: new Uint8Array(2) });
      await world.pass(500);
      return copies() - before;
    };
    expect(await send(allThreadNodes('realm', meshLocal))).toBe(1);
    expect(await send(allThreadNodes('link', meshLocal))).toBe(0);
    expect(await send(realmLocalAllNodes)).toBe(0);
    expect(await send(group)).toBe(1);
    expect(await send(parseIp6('ff05::9999'))).toBe(0);
    second.ip.sendEcho({
      destination: allThreadNodes('link', meshLocal),
      identifier: 1,
      sequence: 1,
      data: new Uint8Array(2),
    });
    expect(copies()).toBe(3);
  });

  it('get what was tunnelled without its tunnel', async () => {
    const world = new TrafficWorld('tunnel');
    const [first, second] = world.line(a, b);
    const child = world.child(second, 'sleepy');
    second.children.set({ ...second.children.byRloc16(child.rloc16)!, addresses: [eidOf(child.rloc16), group] });
    child.ip.addresses.join(group);
    const arrivals: Uint8Array[] = [];
    child.ip.openPort({ port: 4000 }).onArrival(({ destination }) => arrivals.push(destination));
    first.ip.openPort({ port: 4000 }).send(new Uint8Array(3), { address: group, port: 4000 } as never);
    await world.pass(500);
    expect(arrivals).toEqual([group]);
  });
});

describe('storms (adversary)', () => {
  it('of a hundred multicasts at once have sixteen wait at a time, and memory stays', async () => {
    const world = new TrafficWorld('storm');
    const [, second] = world.line(a, b, c);
    for (let n = 0; n < 100; n++) {
      hear(second, a, numberedMulticast(echoTo(realmLocalAllNodes), { ...mpl(), sequence: n & 0xff }), world);
      expect(second.traffic.multicast.load.waiting).toBeLessThanOrEqual(16);
      expect(second.traffic.multicast.load.seen).toBeLessThanOrEqual(35);
    }
    await world.pass(500);
    expect(toGroups(world, b)).toBe(32);
  });

  it('of queries for an address of ours make at most sixteen answers wait', async () => {
    const world = new TrafficWorld('queries');
    const [, second] = world.line(a, b);
    world.passes = ({ from }) => from !== b;
    for (let n = 0; n < 500; n++)
      second.addresses.serve(
        {
          path: 'a/aq',
          payload: Uint8Array.of(0, 16, ...eidOf(b)),
          confirmable: false,
          source: rlocOf(a),
          multicast: true,
        },
        n,
      );
    expect(second.tmf.pending).toBe(16);
    world.settle();
    await world.pass(100_000);
    expect(second.tmf.pending).toBe(0);
  });

  it('a tunnel whose inside is no packet, or a tunnel again, is dropped', async () => {
    const world = new TrafficWorld('inside');
    const [, second] = world.line(a, b);
    const child = world.child(second, 'sleepy');
    second.children.set({ ...second.children.byRloc16(child.rloc16)!, addresses: [group] });
    const cut = echoTo(group).subarray(0, 50);
    hear(second, a, tunnelledMulticast(cut, eidOf(a), mpl()), world);
    const twice = tunnelledMulticast(tunnelledMulticast(echoTo(group), eidOf(a), mpl()), eidOf(a), mpl());
    hear(second, a, twice, world);
    await world.pass(200);
    expect(world.air.filter(({ to }) => to === child.rloc16).length).toBe(0);
  });
});
