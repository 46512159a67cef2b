import { ByteReader, toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { anycastLocators, locatorAddress } from '../../src/ip6/address/thread-address.js';
import { realmLocalAllNodes } from '../../src/ip6/address/classes.js';
import { isMeshHeader, meshHeader } from '../../src/lowpan/mesh-header.js';
import { eidOf, meshLocal, rlocOf, TrafficWorld } from '../support/traffic-world.js';

const [a, b, c, d] = [0x0400, 0x0800, 0x0c00, 0x1000] as const;

/** The mesh header of a frame, and the rest. */
function meshOf(payload: Uint8Array): { readonly hops: number | undefined; readonly rest: string } {
  if (!isMeshHeader(payload[0]!)) return { hops: undefined, rest: toHex(payload) };
  const reader = new ByteReader(payload);
  return { hops: meshHeader.decode(reader).hopsLeft, rest: toHex(reader.rest()) };
}

describe('frames through a line of routers (Thread 1.3 §5.9)', () => {
  it('go byte for byte, with one hop less at each: the IP hop limit stays 64', async () => {
    const world = new TrafficWorld('line');
    const [first] = world.line(a, b, c, d);
    expect(await world.ping(first, rlocOf(d))).toBe(64);
    const requests = world.air.slice(0, 3).map(({ from, to, payload }) => ({ from, to, ...meshOf(payload) }));
    expect(requests.map(({ from, to, hops }) => [from, to, hops])).toEqual([
      [a, b, 19],
      [b, c, 18],
      [c, d, 17],
    ]);
    expect(new Set(requests.map(({ rest }) => rest)).size).toBe(1);
  });

  it('of 1,200 bytes go fragment by fragment, none put together between', async () => {
    const world = new TrafficWorld('fragments');
    const [first, second] = world.line(a, b, c);
    expect(await world.ping(first, rlocOf(c), 1200)).toBe(64);
    expect(second.adaptation.counters.fragments).toBe(0);
    expect(world.air.length).toBe(2 * 2 * 14);
  });

  it('to a neighbour have no mesh header', async () => {
    const world = new TrafficWorld('neighbour');
    const [first] = world.line(a, b);
    expect(await world.ping(first, rlocOf(b))).toBe(64);
    expect(world.air.map(({ payload }) => meshOf(payload).hops)).toEqual([undefined, undefined]);
  });

  it('whose hops are used up end there; one hop passes one router', async () => {
    const world = new TrafficWorld('hops');
    const [, second] = world.line(a, b, c);
    const frame = (hops: number): Uint8Array =>
      Uint8Array.of(0xb0 | hops, a >> 8, a & 0xff, c >> 8, c & 0xff, 0x7a, 0x55, 0x3a);
    world.forge(second, a, frame(0));
    expect(world.air.length).toBe(0);
    world.forge(second, a, frame(1));
    expect(world.air.map(({ to, payload }) => [to, payload[0]])).toEqual([[c, 0xb0]]);
    await world.pass(10);
    // The last one does not send it on, whatever it is.
    expect(world.air.length).toBe(1);
  });

  it('for a node that there is no way to end, and its sender is told once with the header alone', async () => {
    const world = new TrafficWorld('no route');
    const [first, second] = world.line(a, b, c);
    second.routes.hops.delete(c);
    first.echo.ping(rlocOf(c), 1200, 9000, 0);
    await world.pass(1000);
    expect(first.echoes).toMatchObject([{ kind: 'unreachable', source: rlocOf(b), code: 0 }]);
    const back = world.air.filter(({ from }) => from === b);
    expect(back.length).toBe(1);
  });

  it('that would go back where they came from have the route given up, and the rest is tried', async () => {
    const world = new TrafficWorld('loop');
    const [first, second] = world.line(a, b, c);
    second.routes.hops.set(c, [a, 2]);
    first.echo.ping(rlocOf(c), 8, 900, 0);
    await world.pass(100);
    expect(second.routes.loops).toEqual([[c, a]]);
    expect(world.air.length).toBe(1);
    second.routes.onLoop = () => second.routes.hops.set(c, [c, 1]);
    expect(await world.ping(first, rlocOf(c))).toBe(64);
  });

  it('that come back to whoever sent them first end there', () => {
    const world = new TrafficWorld('origin');
    const [first] = world.line(a, b, c);
    world.forge(first, b, Uint8Array.of(0xb5, a >> 8, a & 0xff, c >> 8, c & 0xff, 0x7a, 0x55, 0x3a));
    expect(world.air.length).toBe(0);
    expect(first.traffic.counters.unroutable).toBe(1);
  });
});

describe('children of every kind (Thread 1.3 §5.9)', () => {
  it('a minimal one is reached through its parent, which takes a hop, and so are all by it', async () => {
    const world = new TrafficWorld('minimal');
    const [first, , third] = world.line(a, b, c);
    const child = world.child(third, 'minimal');
    expect(await world.ping(first, rlocOf(child.rloc16))).toBe(63);
    expect(await world.ping(first, eidOf(child.rloc16))).toBe(63);
    expect(await world.ping(child, eidOf(a))).toBe(63);
    expect(await world.ping(first, eidOf(child.rloc16), 1200)).toBe(63);
  });

  it('a full one sends and gets mesh headers itself, and answers for itself', async () => {
    const world = new TrafficWorld('full');
    const [first, , third] = world.line(a, b, c);
    const child = world.child(third, 'full');
    expect(await world.ping(child, eidOf(a))).toBe(64);
    expect(await world.ping(first, eidOf(child.rloc16))).toBe(64);
    expect(first.traffic.resolver.load.known).toBe(1);
    expect(third.traffic.counters.forwarded).toBeGreaterThan(3);
  });

  it('two of one parent reach each other over it', async () => {
    const world = new TrafficWorld('siblings');
    const [first] = world.line(a, b);
    const minimal = world.child(first, 'minimal', 1);
    const full = world.child(first, 'full', 2);
    expect(await world.ping(minimal, eidOf(full.rloc16))).toBeDefined();
    expect(await world.ping(full, eidOf(minimal.rloc16))).toBeDefined();
  });
});

describe('addresses (Thread 1.3 §5.4.2)', () => {
  it('are asked for over the mesh once, and known from then on, to whoever was asked too', async () => {
    const world = new TrafficWorld('resolve');
    const [first, , third] = world.line(a, b, c);
    expect(await world.ping(first, eidOf(c))).toBe(64);
    const multicasts = (): number => world.air.filter(({ to }) => to === 0xffff).length;
    const before = multicasts();
    // The asker, its repetition, and two of each router that is not the asker.
    expect(before).toBe(6);
    expect(await world.ping(first, eidOf(c))).toBe(64);
    expect(await world.ping(third, eidOf(a))).toBe(64);
    expect(multicasts()).toBe(before);
  });

  it('that nobody has are waited for 3 s, and then not asked for', async () => {
    const world = new TrafficWorld('nobody');
    const [first] = world.line(a, b);
    expect(await world.ping(first, parseIp6('fd00:db8::99'))).toBeUndefined();
    const { length } = world.air;
    expect(await world.ping(first, parseIp6('fd00:db8::99'))).toBeUndefined();
    expect(world.air.length).toBe(length);
    expect(first.traffic.counters.unresolved).toBe(2);
  });

  it('are forgotten where they are not any more, and found again', async () => {
    const world = new TrafficWorld('moved');
    const [first, second, third] = world.line(a, b, c);
    const child = world.child(third, 'minimal');
    expect(await world.ping(first, eidOf(child.rloc16))).toBeDefined();
    const moved = third.children.byAddress(eidOf(child.rloc16))!;
    third.children.remove(moved.extended);
    const again = world.child(second, 'minimal', 5);
    second.children.set({ ...second.children.byRloc16(again.rloc16)!, addresses: [eidOf(child.rloc16)] });
    again.ip.addresses.set([{ kind: 'mesh-local', address: eidOf(child.rloc16) }]);
    expect(await world.ping(first, eidOf(child.rloc16))).toBeUndefined();
    expect(await world.ping(first, eidOf(child.rloc16))).toBeDefined();
  });

  it('are forgotten where another full device has the child id now, by whoever is far and by the parent', async () => {
    const world = new TrafficWorld('taken over');
    const [first, second, third] = world.line(a, b, c);
    const former = world.child(third, 'full');
    const moved = eidOf(former.rloc16);
    for (const asker of [first, third]) expect(await world.ping(asker, moved)).toBeDefined();
    former.ip.addresses.set([
      { kind: 'mesh-local', address: parseIp6('fd00:db8::99') },
      { kind: 'rloc', address: rlocOf(former.rloc16) },
    ]);
    world.child(second, 'full', 5).ip.addresses.set([{ kind: 'mesh-local', address: moved }]);
    for (const asker of [first, third]) {
      expect(await world.ping(asker, moved)).toBeUndefined();
      expect(await world.ping(asker, moved)).toBeDefined();
    }
    expect(former.traffic.counters.unroutable).toBe(2);
  });

  it('are forgotten where a full device took none of four frames, and found where it has another parent', async () => {
    const world = new TrafficWorld('another parent');
    const [first, second, third] = world.line(a, b, c);
    const former = world.child(third, 'full');
    const moved = eidOf(former.rloc16);
    expect(await world.ping(first, moved)).toBeDefined();
    world.cut(c, former.rloc16);
    former.ip.addresses.set([]);
    world.child(second, 'full', 5).ip.addresses.set([{ kind: 'mesh-local', address: moved }]);
    const answers: boolean[] = [];
    for (let i = 0; i < 6; i++) answers.push((await world.ping(first, moved)) !== undefined);
    expect(answers).toEqual([false, false, false, false, false, true]);
  });

  it('are forgotten by a full device whose parent had the address: it is told, though the packet goes on', async () => {
    const world = new TrafficWorld('parent had it');
    const [, second, third] = world.line(a, b, c);
    const asker = world.child(second, 'full', 2);
    const former = world.child(second, 'minimal', 1);
    const moved = eidOf(former.rloc16);
    expect(await world.ping(asker, moved)).toBeDefined();
    second.children.remove(second.children.byRloc16(former.rloc16)!.extended);
    const again = world.child(third, 'minimal', 5);
    third.children.set({ ...third.children.byRloc16(again.rloc16)!, addresses: [moved] });
    again.ip.addresses.set([{ kind: 'mesh-local', address: moved }]);
    // The answer to the first goes to the asker's parent, which handed the question on.
    const answers: boolean[] = [];
    for (let i = 0; i < 3; i++) answers.push((await world.ping(asker, moved)) !== undefined);
    expect(answers).toEqual([false, true, true]);
  });

  it('of a child that takes nothing any more are not answered for', async () => {
    const world = new TrafficWorld('deaf');
    const [first, second] = world.line(a, b);
    const child = world.child(second, 'minimal');
    world.cut(b, child.rloc16);
    for (let i = 0; i < 4; i++) await world.ping(first, rlocOf(child.rloc16));
    expect(second.traffic.childFailures.isGone(child.rloc16)).toBe(true);
    await world.ping(first, eidOf(child.rloc16));
    expect(first.traffic.resolver.load).toEqual({ known: 0, queries: 0, missing: 1 });
  });
});

describe('anycast', () => {
  it('to the leader goes to the leader, whoever it is', async () => {
    const world = new TrafficWorld('anycast', c >> 10);
    const [first] = world.line(a, b, c);
    expect(await world.ping(first, locatorAddress(meshLocal, anycastLocators.leader))).toBe(64);
  });
});

describe('multicast over the mesh (Thread 1.3 §5.10)', () => {
  it('reaches all, each once, with two transmissions of every router that forwards', async () => {
    const world = new TrafficWorld('multicast');
    const nodes = world.line(a, b, c, d);
    const child = world.child(nodes[3], 'minimal');
    for (const node of [...nodes, child]) node.ip.addresses.join(realmLocalAllNodes);
    nodes[0].echo.ping(realmLocalAllNodes, 8, 5000, 0);
    await world.pass(2000);
    const replies = nodes[0].echoes.map((echo) => (echo.kind === 'reply' ? toHex(echo.source) : ''));
    expect(replies.sort()).toEqual([b, c, d, child.rloc16].map((rloc16) => toHex(eidOf(rloc16))).sort());
    const sent = [a, b, c, d].map((from) => world.air.filter((frame) => frame.from === from && frame.to === 0xffff));
    // Replies to an address that is not known ask for it, or it was learned from the multicast itself.
    expect(sent.every(({ length }) => length >= 2)).toBe(true);
    expect(nodes[1].traffic.counters.repeated).toBeGreaterThan(0);
  });
});
