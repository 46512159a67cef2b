import { toHex } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { realmLocalAllNodes } from '../../src/ip6/address/classes.js';
import { parsePrefix } from '../../src/ip6/address/prefix.js';
import { parseIp6 } from '../../src/ip6/address/text.js';
import { allThreadNodes } from '../../src/ip6/address/thread-address.js';
import type { NetworkData } from '../../src/netdata/network-data.js';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';
import { prefixEntry, registrationOf } from '../support/own-entries.js';

/** Nodes that hear those next to them only. */
class Line {
  readonly world: MeshWorld;
  #last: string | undefined;

  constructor(seed: string) {
    this.world = new MeshWorld(seed, { reaches: false });
  }

  join(a: string, b: string): void {
    this.world.ether.setLinks(a, b, { reaches: true });
  }

  async lead(name: string): Promise<MeshNode> {
    this.#last = name;
    return this.world.lead(name);
  }

  async router(name: string): Promise<MeshNode> {
    if (this.#last !== undefined) this.join(this.#last, name);
    this.#last = name;
    return this.world.route(name);
  }

  /** Of the last router. */
  async child(name: string, child: { readonly sleepy?: boolean; readonly full?: boolean }): Promise<MeshNode> {
    if (this.#last !== undefined) this.join(this.#last, name);
    return this.world.attach(name, {
      child: { ...child, pollPeriod: 300 },
      router: { eligible: false },
    });
  }

  async pings(from: MeshNode, to: MeshNode, kinds = ['rloc', 'mesh-local'] as const): Promise<(number | undefined)[]> {
    const times: (number | undefined)[] = [];
    for (const kind of kinds)
      for (const size of [8, 1200]) times.push(await this.world.ping(from, addressOf(to, kind), size));
    return times;
  }
}

function areAll(times: readonly (number | undefined)[]): boolean {
  return times.every((time) => time !== undefined);
}

async function threeRouters(seed: string): Promise<{ line: Line; routers: [MeshNode, MeshNode, MeshNode] }> {
  const line = new Line(seed);
  const routers: [MeshNode, MeshNode, MeshNode] = [
    await line.lead('one'),
    await line.router('two'),
    await line.router('three'),
  ];
  await line.world.pass(40_000);
  return { line, routers };
}

/** Who answered a ping to a group. */
async function answers(line: Line, from: MeshNode, group: Uint8Array): Promise<string[]> {
  from.events.length = 0;
  from.runner.run((node, now) => node.ping(group, 8, 8000, now));
  await line.world.pass(9000);
  return from.events.flatMap((event) =>
    event.kind === 'echo' && event.outcome.kind === 'reply' ? [toHex(event.outcome.source)] : [],
  );
}

describe('a line of three routers, with children of every kind', () => {
  it('has every pair ping by locator and by address, 1,200 bytes too', async () => {
    const { line, routers } = await threeRouters('pairs');
    const full = await line.child('full', { full: true });
    const minimal = await line.child('minimal', {});
    const sleepy = await line.child('sleepy', { sleepy: true });
    const nodes = [...routers, full, minimal, sleepy];
    for (const from of nodes) {
      for (const to of nodes) {
        if (from !== to)
          expect([from.name, to.name, areAll(await line.pings(from, to))]).toEqual([from.name, to.name, true]);
      }
    }
    expect(routers[1].runner.node.traffic.counters.forwarded).toBeGreaterThan(100);
  });

  it('has a multicast reach all, and a sleepy child what it asked for', async () => {
    const { line, routers } = await threeRouters('groups');
    const minimal = await line.child('minimal', {});
    const sleepy = await line.child('sleepy', { sleepy: true });
    const group = parseIp6('ff05::4242');
    for (const node of [...routers.slice(1), minimal, sleepy]) {
      node.runner.run((engine, now) => engine.join(group, now));
    }
    await line.world.pass(5000);
    const of = (nodes: MeshNode[]): string[] => nodes.map((node) => toHex(addressOf(node, 'mesh-local'))).sort();
    const [one, two, three] = routers;
    expect((await answers(line, one, realmLocalAllNodes)).sort()).toEqual(of([two, three, minimal]));
    const all = allThreadNodes('realm', one.runner.node.status.network.meshLocalPrefix);
    expect((await answers(line, one, all)).sort()).toEqual(of([two, three, minimal, sleepy]));
    expect((await answers(line, one, group)).sort()).toEqual(of([two, three, minimal, sleepy]));
    expect((await answers(line, sleepy, realmLocalAllNodes)).sort()).toEqual(of([one, two, three, minimal]));
  });

  it('has a prefix that either end registers known to all, which make themselves addresses that ping', async () => {
    const { line, routers } = await threeRouters('prefix');
    const [one, , three] = routers;
    const minimal = await line.child('minimal', {});
    const sleepy = await line.child('sleepy', { sleepy: true });
    const own = (text: string): NetworkData => registrationOf([prefixEntry(text)], 0);
    three.runner.run((node, now) => node.setOwnNetworkData(own('fd11:22::/64'), now));
    await line.world.pass(10_000);
    const nodes = [...routers, minimal, sleepy];
    for (const { runner } of nodes) {
      expect(runner.node.ip.addresses.unicast.filter(({ kind }) => kind === 'on-mesh').length).toBe(1);
    }
    expect(await line.world.ping(one, addressOf(sleepy, 'on-mesh'))).toBeDefined();
    expect(await line.world.ping(minimal, addressOf(one, 'on-mesh'), 1200)).toBeDefined();
    one.runner.run((node, now) => node.setOwnNetworkData(own('fd33:44::/64'), now));
    await line.world.pass(10_000);
    for (const { runner } of nodes) {
      expect(runner.node.ip.addresses.unicast.filter(({ kind }) => kind === 'on-mesh').length).toBe(2);
    }
    three.runner.run((node, now) => node.setOwnNetworkData([], now));
    await line.world.pass(10_000);
    const [prefix] = one.runner.node.networkData.filter((tlv) => tlv.type === 'prefix');
    expect(prefix?.value.prefix).toEqual(parsePrefix('fd11:22::/64'));
    expect(prefix?.value.subTlvs.map(({ type }) => type)).toEqual(['context']);
  });
});
