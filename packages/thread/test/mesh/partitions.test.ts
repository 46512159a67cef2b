import { describe, expect, it } from 'vitest';
import { line, partitionsOf, rolesOf, unreachable } from '../support/mesh-shape.js';
import { type MeshNode, MeshWorld } from '../support/mesh-world.js';

describe('a mesh in a line', () => {
  it('grows, and every pair reaches each other', async () => {
    const world = new MeshWorld('line');
    const names = ['n1', 'n2', 'n3', 'n4', 'n5'];
    line(world, names);
    const nodes = [await world.lead('n1')];
    for (const name of names.slice(1)) nodes.push(await world.route(name));
    await world.pass(60_000);
    expect(partitionsOf(nodes)).toBe(1);
    expect(await unreachable(world, nodes)).toEqual([]);
  });
});

describe('a leader that is killed (Thread 1.3 §5.16)', () => {
  it('is replaced by a router; all pairs reach each other again', async () => {
    const world = new MeshWorld('leader-killed');
    const leader = await world.lead();
    const nodes: MeshNode[] = [];
    for (const name of ['r1', 'r2', 'r3', 'r4']) nodes.push(await world.route(name));
    await world.pass(30_000);
    await leader.runner.stop();
    await world.until(
      () => rolesOf(nodes).join() === 'leader,router,router,router' && partitionsOf(nodes) === 1,
      300_000,
    );
    await world.pass(40_000);
    expect(rolesOf(nodes)).toEqual(['leader', 'router', 'router', 'router']);
    expect(await unreachable(world, nodes)).toEqual([]);
  });
});

describe('partitions that hear each other (Thread 1.3 §5.16.6)', () => {
  it('become one', async () => {
    const world = new MeshWorld('merge');
    const left = ['a1', 'a2', 'a3'];
    const right = ['b1', 'b2', 'b3'];
    for (const a of left) for (const b of right) world.ether.setLinks(a, b, { reaches: false });
    const nodes: MeshNode[] = [];
    for (const names of [left, right]) {
      nodes.push(await world.lead(names[0]));
      for (const name of names.slice(1)) nodes.push(await world.route(name));
    }
    await world.pass(60_000);
    expect(partitionsOf(nodes)).toBe(2);
    for (const a of left) for (const b of right) world.ether.setLinks(a, b, undefined);
    await world.until(
      () => partitionsOf(nodes) === 1 && rolesOf(nodes).filter((role) => role === 'router').length === 5,
      300_000,
    );
    await world.pass(60_000);
    expect(rolesOf(nodes)).toEqual(['leader', 'router', 'router', 'router', 'router', 'router']);
    expect(await unreachable(world, nodes)).toEqual([]);
  });

  it('become one where only an end device of the greater hears the lesser: it says soon that it is there', async () => {
    const world = new MeshWorld('merge-by-reed');
    const [left, right] = [
      ['a1', 'a2'],
      ['b1', 'b2'],
    ] as const;
    for (const a of left) for (const b of right) world.ether.setLinks(a, b, { reaches: false });
    const nodes: MeshNode[] = [];
    for (const [first, second] of [left, right]) nodes.push(await world.lead(first), await world.route(second));
    const idOf = (node?: MeshNode): number => node?.runner.node.status.partition?.partitionId ?? 0;
    const lesser = idOf(nodes[0]) < idOf(nodes[2]) ? left : right;
    for (const name of lesser) world.ether.setLinks('edge', name, { reaches: false });
    const router = { selectionJitter: 1, upgradeThreshold: 2 };
    const edge = await world.attach('edge', { child: { full: true }, router });
    await world.pass(60_000);
    expect(partitionsOf([...nodes, edge])).toBe(2);
    for (const name of lesser) world.ether.setLinks('edge', name, undefined);
    await world.until(() => partitionsOf([...nodes, edge]) === 1, 60_000);
    await world.pass(60_000);
    expect(await unreachable(world, [...nodes, edge])).toEqual([]);
  });
});
