import { decode, encode, fromHex, toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { parsePrefix } from '../../src/ip6/address/prefix.js';
import { LeaderNetworkData, type NetworkDataChange } from '../../src/netdata/leader-network-data.js';
import { type NetworkData, networkData } from '../../src/netdata/network-data.js';
import { type OwnEntry, paros, registrationOf } from '../support/own-entries.js';
import type { HasRouteFlags } from '../../src/netdata/route-flags.js';
import { stablePart } from '../../src/netdata/stable-part.js';

const medium: HasRouteFlags = { preference: 'medium', nat64: false, advertisingPrefix: false, reserved: 0 };

const prefix = (text: string, stable = true): OwnEntry => ({
  kind: 'prefix',
  prefix: parsePrefix(text),
  flags: paros,
  stable,
});
const route = (text: string): OwnEntry => ({ kind: 'route', prefix: parsePrefix(text), flags: medium, stable: true });
const service = (data: string, server = '01'): OwnEntry => ({
  kind: 'service',
  serviceData: fromHex(data),
  serverData: fromHex(server),
  stable: true,
});

const [first, second] = ['fd11:2233:4455:1::/64', 'fd11:2233:4455:2::/64'] as const;
const [router, child, another] = [0x6c00, 0x6c01, 0x8c00] as const;

/** A leader, and whether each step changed something. */
class World {
  readonly leader = new LeaderNetworkData(decode(networkData, fromHex('08040b02545b')));
  readonly allocated = new Set([router >> 10, another >> 10]);

  register(source: number, entries: readonly OwnEntry[], now = 0, forget?: number): boolean {
    return this.send(source, registrationOf(entries, source), now, forget);
  }

  send(source: number, data: NetworkData | undefined, now = 0, forget?: number): boolean {
    const isAllocated = (id: number): boolean => this.allocated.has(id);
    return this.leader.register({ source, data, forget, isAllocated }, now);
  }

  get hex(): string {
    return toHex(encode(networkData, this.leader.data));
  }

  change(now = 0): NetworkDataChange | undefined {
    return this.leader.poll(now);
  }
}

const commissioning = '08040b02545b';
const firstOfRouter = '03140040fd112233445500010504' + '6c003300' + '07021140';

describe('registration at the leader (Thread 1.3 §5.15.6)', () => {
  it('gives a prefix a context, and says what changed (capture 06, frame 29)', () => {
    const world = new World();
    expect(world.register(router, [prefix(first)])).toBe(true);
    expect(world.hex).toBe(commissioning + firstOfRouter);
    expect(world.change()).toMatchObject({ stable: true });
    expect(world.change()).toBeUndefined();
  });

  it('changes nothing where the same is registered again', () => {
    const world = new World();
    world.register(router, [prefix(first)]);
    world.change();
    expect(world.register(router, [prefix(first)], 10)).toBe(true);
    expect(world.change(10)).toBeUndefined();
    world.register(another, [prefix(first)], 20);
    world.change(20);
    // Whoever comes again stands last now: nobody is told of that.
    world.register(router, [prefix(first)], 30);
    expect(world.change(30)).toBeUndefined();
  });

  it('removes what the node does not name any more, and of nobody else', () => {
    const world = new World();
    world.register(router, [prefix(first), route('fd99::/64')]);
    world.register(another, [prefix(first), service('5d')]);
    world.register(router, [prefix(first)]);
    expect(world.hex).toContain('6c003300');
    expect(world.hex).toContain('8c003300');
    expect(world.hex).not.toContain('fd99');
    world.register(router, []);
    expect(world.hex).not.toContain('6c00');
    expect(world.hex).toContain('8c003300');
  });

  it('gives services numbers from 0 on, one to each', () => {
    const world = new World();
    world.register(router, [service('5d', '0102'), service('5c')]);
    world.register(another, [service('5d', '0304')]);
    const ids = world.leader.data.flatMap((tlv) => (tlv.type === 'service' ? [tlv.value.id] : []));
    expect(ids).toEqual([0, 1]);
    const [shared] = world.leader.data.filter((tlv) => tlv.type === 'service');
    expect(shared?.value.subTlvs.length).toBe(2);
  });

  it('says of what is not stable that the stable part is as before', () => {
    const world = new World();
    world.register(router, [prefix(first)]);
    world.change();
    world.register(another, [prefix(second, false)]);
    expect(world.change()).toMatchObject({ stable: false });
    expect(stablePart(world.leader.data).length).toBe(1);
  });

  it('takes a child’s, by its own RLOC16, and forgets it when its parent says so', () => {
    const world = new World();
    world.register(child, [prefix(first)]);
    expect(world.hex).toContain('6c013300');
    expect(world.send(router, undefined, 0, child)).toBe(true);
    expect(world.hex).not.toContain('6c01');
  });

  it('forgets a node’s old RLOC16 with the registration of its new one', () => {
    const world = new World();
    world.register(child, [prefix(first)]);
    world.allocated.add(0x1c00 >> 10);
    world.register(0x1c00, [prefix(first)], 0, child);
    // Its old router is still there, and alone may say so.
    expect(world.hex).toContain('6c013300');
    world.allocated.delete(router >> 10);
    world.register(0x1c00, [prefix(first)], 0, child);
    expect(world.hex).not.toContain('6c01');
  });

  it('forgets a router that is gone, and its children', () => {
    const world = new World();
    world.register(router, [prefix(first)]);
    world.register(child, [service('5d')]);
    world.register(another, [prefix(first)]);
    world.leader.forgetRouter(router >> 10, 0);
    expect(world.hex).not.toMatch(/6c0[01]/);
    expect(world.hex).toContain('8c00');
  });
});

describe('contexts (Thread 1.3 §5.18.5)', () => {
  it('stay for five minutes when their border router is gone, to be read with only (capture 06, frame 758)', () => {
    const world = new World();
    world.register(router, [prefix(first)]);
    world.register(router, [], 1000);
    expect(world.hex).toBe(`${commissioning}030e0040fd112233445500010702` + '0140');
    expect(world.change(1000)).toMatchObject({ stable: true });
    expect(world.leader.deadline).toBe(301_000);
    expect(world.change(300_999)).toBeUndefined();
    expect(world.change(301_000)).toBeDefined();
    expect(world.hex).toBe(commissioning);
    expect(world.leader.deadline).toBeUndefined();
  });

  it('compress again when there is a border router again, under the same number', () => {
    const world = new World();
    world.register(router, [prefix(first)]);
    world.register(router, [], 1000);
    world.register(another, [prefix(first)], 2000);
    expect(world.hex).toContain('07021140');
    expect(world.leader.deadline).toBeUndefined();
  });

  it('have fifteen numbers, and a sixteenth prefix finds none', () => {
    const world = new World();
    // Short ones, so that it is not the room that ends.
    for (let n = 0; n < 16; n++) world.register(0x6c01 + n, [prefix(`${(0x2000 + n).toString(16)}::/16`)]);
    const ids = world.leader.data.flatMap((tlv) =>
      tlv.type === 'prefix'
        ? tlv.value.subTlvs.flatMap((sub) => (sub.type === 'context' ? [sub.value.flags.id] : []))
        : [],
    );
    expect(encode(networkData, world.leader.data).length).toBeLessThanOrEqual(254);
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, i) => i + 1));
    expect(ids.length).toBe(15);
  });

  it('that end begin to end anew where a restarted leader takes them from a neighbour', () => {
    const world = new World();
    world.register(router, [prefix(first)]);
    world.register(router, [], 1000);
    const restarted = new LeaderNetworkData([]);
    restarted.adopt(world.leader.data, 100_000);
    expect(restarted.deadline).toBe(400_000);
  });
});

describe('the stable part (Thread 1.3 §5.18)', () => {
  it('names no node: fffe for border routers, the service’s locator for servers (capture 06, frame 74)', () => {
    const world = new World();
    world.register(router, [prefix(first), route('fd99::/64'), service('5d', 'aa')]);
    const hex = toHex(encode(networkData, stablePart(world.leader.data)));
    expect(hex).toContain('0504fffe3300');
    expect(hex).toContain('0103fffe00');
    expect(hex).toContain('0d03fc10aa');
    expect(hex).not.toContain('6c00');
  });

  it('names the agent of a context where addresses are given out', () => {
    const world = new World();
    world.register(router, [{ ...prefix(first), flags: { ...paros, dhcp: true } } as OwnEntry]);
    expect(toHex(encode(networkData, stablePart(world.leader.data)))).toContain('0504fc013b00');
  });
});

describe('forged registrations (adversary)', () => {
  const good = (source: number): NetworkData => registrationOf([prefix(first)], source);

  it.each([
    ['of a router id that nobody has', 0x1400, good(0x1400)],
    ['that name another node', router, good(another)],
    ['that name the same prefix twice', router, [...good(router), ...good(router)]],
    ['that name a service twice', router, [0, 1].flatMap(() => registrationOf([service('5d')], router))],
    ['with a context of their own', router, decode(networkData, fromHex(firstOfRouter))],
    ['with a commissioner', router, decode(networkData, fromHex(commissioning))],
    [
      'with two entries in one TLV',
      router,
      decode(networkData, fromHex('03140040fd112233445500010508' + '6c0033006c003300')),
    ],
    ['of a prefix without an entry', router, decode(networkData, fromHex('030a0040fd11223344550001'))],
    ['with a TLV that nobody knows', router, decode(networkData, fromHex('fe0101'))],
  ])('are refused: %s', (_, source, data) => {
    const world = new World();
    expect(world.send(source, data)).toBe(false);
    expect(world.hex).toBe(commissioning);
    expect(world.change()).toBeUndefined();
  });

  it('cannot have another router’s entries forgotten', () => {
    const world = new World();
    world.register(router, [prefix(first)]);
    world.send(another, undefined, 0, router);
    expect(world.hex).toContain('6c003300');
  });

  it('never make more than 254 bytes: what finds no room is left out, the rest is taken', () => {
    const world = new World();
    for (let n = 0; n < 100; n++)
      world.register(another | n, [service(`5d${n.toString(16).padStart(2, '0')}`, 'aa'.repeat(20))]);
    const { length } = encode(networkData, world.leader.data);
    expect(length).toBeLessThanOrEqual(254);
    expect(length).toBeGreaterThan(200);
    world.register(router, [service('01', 'bb'.repeat(40)), service('02', 'cc')]);
    expect(encode(networkData, world.leader.data).length).toBeLessThanOrEqual(254);
  });
});
