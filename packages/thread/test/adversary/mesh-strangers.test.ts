import { fromHex, Secret } from '@selvage/core';
import { describe, expect, it } from 'vitest';
import { readPsdu } from '../../src/mac/receiver.js';
import { Flipper } from '../support/flipper.js';
import { Insider } from '../support/insider.js';
import { overgrown } from '../support/mesh-bounds.js';
import { growMesh, unreachable } from '../support/mesh-growth.js';
import { addressOf, type MeshNode, MeshWorld } from '../support/mesh-world.js';
import { ring } from '../support/shapes.js';

const second = 1000;
const routing = { child: { full: true }, router: { selectionJitter: 1 } } as const;

/** Who is a neighbour and a child, which way everybody is, and what the network offers. */
function routingState({ runner }: MeshNode): string {
  const { node } = runner;
  const { role, rloc16, partition } = node.status;
  const routers = [...(node.routes?.routers ?? [])].map(({ routerId, nextHop, cost }) => [routerId, nextHop, cost]);
  const children = runner.node.status.children;
  return JSON.stringify([role, rloc16, partition, routers, children, node.networkData]);
}

describe('a stranger beside a mesh of routers', () => {
  it('links, advertises, leads and gives out network data under another key: nothing changes', async () => {
    const world = new MeshWorld('stranger-mesh');
    const nodes = await growMesh(world, 4, ring(4));
    await world.pass(60 * second);
    const other = world.dataset.with({ networkKey: Secret.of(fromHex('ffeeddccbbaa99887766554433221100')) });
    const stranger = await world.open('stranger', { dataset: other, ...routing });
    stranger.runner.run((engine, now) => engine.lead(now));
    const before = nodes.map(routingState);
    const voice = new Insider(stranger);
    const [leader, ...others] = nodes as [MeshNode, ...MeshNode[]];
    const facts = leader.runner.node.status.partition!;
    const source = { sourceAddress: leader.runner.node.rloc16! };
    for (let i = 0; i < 40; i++) {
      const routes = Array.from({ length: 32 }, (_, id) => ({
        routerId: id,
        linkQualityIn: 3,
        linkQualityOut: 3,
        cost: 1,
      }));
      voice.say('advertisement', { ...source, leaderData: facts, route64: { idSequence: i, routes } });
      voice.say('dataResponse', { ...source, leaderData: { ...facts, dataVersion: i }, networkData: [] });
      for (const victim of others) {
        const to = addressOf(victim, 'link-local');
        const challenge = new Uint8Array(8);
        voice.say('linkRequest', { version: 5, ...source, leaderData: facts, challenge, tlvRequest: [16] }, to);
        voice.say(
          'linkAccept',
          { version: 5, ...source, response: challenge, linkFrameCounter: 1, linkMargin: 80, leaderData: facts },
          to,
        );
        voice.say('childIdRequest', { response: challenge, linkFrameCounter: 1, timeout: 240, version: 5 }, to);
      }
      await world.pass(200);
    }
    expect(nodes.map(routingState)).toEqual(before);
    expect(nodes.flatMap(overgrown)).toEqual([]);
    expect(leader.runner.node.mle.counters.forged).toBeGreaterThan(70);
    expect(await unreachable(world, nodes)).toEqual([]);
  });

  it('replays all that a mesh said, to everybody: who is where stays as it is', async () => {
    const world = new MeshWorld('replayed-mesh');
    const frames: Uint8Array[] = [];
    world.ether.tap(({ psdu }) => frames.push(psdu));
    const nodes = await growMesh(world, 4, ring(4));
    await world.pass(60 * second);
    expect(await unreachable(world, nodes, 300)).toEqual([]);
    const past = frames.filter((psdu) => readPsdu(psdu)?.frame.type === 'data');
    await world.pass(60 * second);
    const before = nodes.map(routingState);
    for (const psdu of past) {
      world.ether.inject(psdu, 15);
      await world.pass(20);
    }
    expect(nodes.map(routingState)).toEqual(before);
    expect(past.length).toBeGreaterThan(100);
    expect(await unreachable(world, nodes)).toEqual([]);
  });
});

describe('a bit of every byte of every frame between routers, flipped on the air', () => {
  it('changes no state of any: a leader, a router and its child', async () => {
    const world = new MeshWorld('flipped-mesh');
    const leader = await world.lead('node-1', routing);
    const router = await world.open('node-2', routing);
    world.ether.setLinks('node-1', 'node-3', { reaches: false });
    const flipper = new Flipper(world, [leader, router], 3);
    router.runner.run((engine, now) => engine.attach(now));
    await world.until(() => router.runner.node.role === 'router');
    const child = await world.attach('node-3', { child: { timeout: 10 } });
    expect(await world.ping(child, addressOf(leader, 'mesh-local'), 300)).toBeGreaterThan(0);
    expect(await world.ping(leader, addressOf(child, 'mesh-local'), 300)).toBeGreaterThan(0);
    await world.pass(20 * second);
    expect(flipper.violations.slice(0, 3)).toEqual([]);
    expect(flipper.uncounted.slice(0, 3)).toEqual([]);
    expect(flipper.flips).toBeGreaterThan(5000);
  });
});
