import { SeededEntropy } from '@selvage/core/virtual';
import { parsePrefix } from '@selvage/thread';
import { describe, expect, it } from 'vitest';
import type { RouterTable } from '../../src/mesh/router-table.js';
import type { Route64 } from '../../src/mle/tlv/route64.js';
import type { NetworkData } from '../../src/netdata/network-data.js';
import { allRouters, Insider } from '../support/insider.js';
import { growMesh, nodeName, unreachable } from '../support/mesh-growth.js';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';
import { overgrown } from '../support/mesh-bounds.js';
import { grid, line, ring } from '../support/shapes.js';

const minute = 60_000;
const second = 1000;

/** All ids that there could be, as a neighbour that is next to all of them would tell them. */
function routesTo(ids: readonly number[], cost: number, idSequence: number): Route64 {
  return { idSequence, routes: ids.map((routerId) => ({ routerId, linkQualityIn: 3, linkQualityOut: 3, cost })) };
}

function idOf(node: MeshNode): number {
  return (node.runner.node.rloc16 ?? 0) >> 10;
}

function partitionOf(node: MeshNode) {
  return node.runner.node.status.partition;
}

/** Waits until one leads all and every pair answers; the minutes that it took. */
async function whole(world: MeshWorld, nodes: readonly MeshNode[], within: number): Promise<void> {
  const end = world.clock.now() + within;
  for (;;) {
    await world.until(() => new Set(nodes.map((node) => partitionOf(node)?.partitionId)).size === 1, within);
    const failed = await unreachable(world, nodes);
    if (failed.length === 0) return;
    if (world.clock.now() > end) expect(failed).toEqual([]);
    await world.pass(10 * second);
  }
}

describe('a member with keys that keeps no rule', () => {
  it('accepts links that nobody asked for: nothing follows', async () => {
    const world = new MeshWorld('spoofed-accept');
    const nodes = await growMesh(world, 3, line(3));
    const insider = new Insider(nodes[0] as MeshNode);
    const victim = nodes[1] as MeshNode;
    const third = nodes[2] as MeshNode;
    const before = routingState(victim);
    for (const sourceAddress of [idOf(third) << 10, 0x0400, (idOf(third) << 10) + 1]) {
      for (const command of ['linkAccept', 'linkAcceptAndRequest'] as const) {
        insider.say(
          command,
          {
            version: 5,
            sourceAddress,
            response: new Uint8Array(8),
            linkFrameCounter: 7,
            mleFrameCounter: 7,
            linkMargin: 80,
            leaderData: partitionOf(victim)!,
            challenge: new Uint8Array(8),
          },
          addressOf(victim, 'link-local'),
        );
        await world.pass(50);
      }
    }
    expect(routingState(victim)).toBe(before);
    expect(await unreachable(world, nodes)).toEqual([]);
  });

  it('says that it is next to everybody there could be: nobody gets an id by that, and all is well without it', async () => {
    const world = new MeshWorld('next-to-all');
    const nodes = await growMesh(world, 9, grid(9, 3));
    const insider = new Insider(nodes[4] as MeshNode);
    const ids = Array.from({ length: 32 }, (_, id) => 2 * id);
    const known = nodes.map(idOf);
    for (let i = 0; i < 60; i++) {
      const all = [...new Set([...ids.slice(0, 32 - known.length), ...known])].sort((a, b) => a - b);
      insider.say('advertisement', {
        sourceAddress: idOf(insider.node) << 10,
        leaderData: partitionOf(insider.node)!,
        // Older than what all have: with a newer one it speaks for the leader, which is tried below.
        // A cost of zero, which is none at all, is said in turn with the least that there is.
        route64: routesTo(all.slice(0, 32), i % 2, (idSequenceOf(insider.node) - 1) & 0xff),
      });
      await world.pass(second);
    }
    for (const node of nodes) {
      expect([...routesOf(node).routers].map(({ routerId }) => routerId).sort()).toEqual([...known].sort());
    }
    expect(nodes.flatMap(overgrown)).toEqual([]);
    await insider.node.runner.stop();
    const others = nodes.filter((node) => node !== insider.node);
    await world.pass(5 * minute);
    await whole(world, others, 10 * minute);
  });

  it('gives out ids in the name of the leader: who is left out comes back, and the mesh is whole when it stops', async () => {
    const world = new MeshWorld('forged-ids');
    const nodes = await growMesh(world, 4, ring(4));
    const insider = new Insider(nodes[1] as MeshNode);
    const victim = nodes[2] as MeshNode;
    for (let i = 1; i <= 30; i++) {
      const ids = nodes.filter((node) => node !== victim).map(idOf);
      insider.say('advertisement', {
        sourceAddress: idOf(insider.node) << 10,
        leaderData: partitionOf(insider.node)!,
        route64: routesTo(
          [...ids].sort((a, b) => a - b),
          1,
          (idSequenceOf(insider.node) + i) & 0xff,
        ),
      });
      await world.pass(second);
    }
    expect(nodes.flatMap(overgrown)).toEqual([]);
    await world.pass(10 * minute);
    await whole(world, nodes, 20 * minute);
  });

  it('gives out network data that the leader did not make: others may believe it, the leader does not', async () => {
    const world = new MeshWorld('forged-data');
    const nodes = await growMesh(world, 3, line(3));
    const [leader] = nodes as [MeshNode, MeshNode, MeshNode];
    const insider = new Insider(nodes[1] as MeshNode);
    const before = leader.runner.node.networkData;
    const facts = partitionOf(insider.node)!;
    for (let i = 1; i <= 20; i++) {
      insider.say('dataResponse', {
        sourceAddress: idOf(insider.node) << 10,
        leaderData: {
          ...facts,
          dataVersion: (facts.dataVersion + i) & 0xff,
          stableDataVersion: (facts.stableDataVersion + i) & 0xff,
        },
        networkData: forgedData(i),
      });
      await world.pass(second);
    }
    expect(leader.runner.node.networkData).toEqual(before);
    // What a neighbour says is newer is newer: it is as the leader's word.
    const [, , third] = nodes as [MeshNode, MeshNode, MeshNode];
    expect(third.runner.node.networkData).toEqual(forgedData(20));
    expect(nodes.flatMap(overgrown)).toEqual([]);
    expect(await unreachable(world, nodes)).toEqual([]);
  });

  it('asks for addresses without end: nothing grows, and pings pass between the others', async () => {
    const world = new MeshWorld('query-storm');
    const nodes = await growMesh(world, 4, line(4));
    const insider = new Insider(nodes[3] as MeshNode);
    const random = new SeededEntropy('storm');
    for (let i = 0; i < 600; i++) {
      const target = Uint8Array.from(addressOf(nodes[0] as MeshNode, 'mesh-local'));
      random.fill(target.subarray(8));
      insider.post('a/aq', Uint8Array.of(0, 16, ...target), allRouters);
      // And the others are made to ask: packets for nobody.
      if (i % 4 === 0) (nodes[2] as MeshNode).runner.run((node, now) => node.ping(target, 8, second, now));
      await world.pass(20);
    }
    expect(nodes.flatMap(overgrown)).toEqual([]);
    await world.pass(2 * minute);
    expect(await unreachable(world, nodes)).toEqual([]);
  });

  it('has frames run in a circle: each ends with its hops', async () => {
    const world = new MeshWorld('circle');
    const nodes = await growMesh(world, 4, ring(4));
    const gone = nodes[3] as MeshNode;
    const target = addressOf(gone, 'rloc');
    await gone.runner.stop();
    let frames = 0;
    world.ether.tap(() => frames++);
    const from = frames;
    for (let i = 0; i < 20; i++) {
      (nodes[1] as MeshNode).runner.run((node, now) => node.ping(target, 8, second, now));
      await world.pass(10 * second);
    }
    // Each of 20 packets passes at most 19 routers, each of which tries at most 16 times.
    expect(frames - from).toBeLessThan(20 * 19 * 16);
    await world.pass(2 * minute);
    expect(await unreachable(world, nodes.slice(0, 3))).toEqual([]);
  });
});

describe('a leader that keeps no rule', () => {
  it('leads with the greatest weight: all join it, for nobody outvotes a leader; without it they find together', async () => {
    const world = new MeshWorld('weight');
    const nodes = await growMesh(world, 4, ring(4));
    const usurper = await world.open(nodeName(9), {
      child: { full: true },
      router: { selectionJitter: 1, weighting: 255 },
    });
    usurper.runner.run((engine, now) => engine.lead(now));
    await world.until(() => nodes.every((node) => partitionOf(node)?.weighting === 255), 10 * minute);
    await whole(world, [...nodes, usurper], 10 * minute);
    await usurper.runner.stop();
    await world.until(() => nodes.every((node) => partitionOf(node)?.weighting === 64), 20 * minute);
    await whole(world, nodes, 20 * minute);
  });

  it('takes ids from those who have them, without end: they come back each time, and nothing grows', async () => {
    const world = new MeshWorld('tyrant');
    const nodes = await growMesh(world, 4, ring(4));
    const leader = new Insider(nodes[0] as MeshNode);
    for (let i = 1; i <= 100; i++) {
      leader.say('advertisement', {
        sourceAddress: idOf(leader.node) << 10,
        leaderData: partitionOf(leader.node)!,
        route64: routesTo([idOf(leader.node)], 1, (idSequenceOf(leader.node) + i) & 0xff),
      });
      await world.pass(3 * second);
    }
    expect(nodes.flatMap(overgrown)).toEqual([]);
    await leader.node.runner.stop();
    await world.pass(10 * minute);
    await whole(world, nodes.slice(1), 20 * minute);
  });
});

function routesOf({ runner }: MeshNode) {
  const { routes } = runner.node;
  if (routes === undefined) throw new Error('it has no routes');
  return routes;
}

/** Of the leader's set of ids, as a node has it. */
function idSequenceOf(node: MeshNode): number {
  return (routesOf(node) as RouterTable).idSequence;
}

/** Who is a neighbour, and which way everybody is. */
function routingState(node: MeshNode): string {
  const routers = [...routesOf(node).routers].map(({ routerId, nextHop, cost }) => [routerId, nextHop, cost]);
  return JSON.stringify([routers, node.runner.node.status.partition]);
}

function forgedData(i: number): NetworkData {
  return [
    {
      type: 'prefix',
      stable: true,
      value: { domainId: 0, prefix: parsePrefix(`fd00:bad:${i.toString(16)}::/64`), subTlvs: [] },
    },
  ];
}
