import { describe, expect, it } from 'vitest';
import { unreachable } from '../support/mesh-shape.js';
import { type MeshNode, MeshWorld } from '../support/mesh-world.js';

/** Just good enough to become a router by, and link quality 1, by which a hop costs 4. */
const [fair, weak] = [{ rssi: -87 }, { rssi: -94 }] as const;
const reedOnly = { child: { full: true }, router: { upgradeThreshold: 1 } };

/** Only these pairs hear each other. */
function only(world: MeshWorld, names: readonly string[], pairs: readonly (readonly [string, string])[]): void {
  const isPair = (a: string, b: string): boolean => pairs.some((pair) => pair.includes(a) && pair.includes(b));
  for (const a of names)
    for (const b of names) if (a < b && !isPair(a, b)) world.ether.setLinks(a, b, { reaches: false });
}

describe('a path costs 15 at most (Thread 1.3 §5.9)', () => {
  it('and an end device between two routers that no route joins becomes a router', async () => {
    const world = new MeshWorld('gap');
    const chain = ['west', 'west-1', 'leader', 'east-1', 'east'];
    const hops = chain.slice(1).map((name, i) => [chain[i] as string, name] as const);
    only(world, [...chain, 'reed'], [...hops, ['west', 'reed'], ['east', 'reed']]);
    for (const [a, b] of hops) world.ether.setLinks(a, b, fair);
    await world.lead();
    const [, west] = [await world.route('west-1'), await world.route('west')];
    const [, east] = [await world.route('east-1'), await world.route('east')];
    for (const [a, b] of hops) world.ether.setLinks(a, b, weak);
    await world.pass(240_000);
    expect(await unreachable(world, [west, east])).toEqual(['west > east', 'east > west']);
    const reed = await world.attach('reed', reedOnly);
    await world.until(() => reed.runner.node.role === 'router', 240_000);
    await world.pass(40_000);
    expect(await unreachable(world, [west, east, reed])).toEqual([]);
  });
});

describe('every router id is given (Thread 1.3 §5.9.9)', () => {
  it('and a router without children whose neighbour stands in for it leaves one for whoever needs it', async () => {
    const world = new MeshWorld('all-given');
    const ring = Array.from({ length: 30 }, (_, i) => `r${i}`);
    const reeds = ['reed-1', 'reed-2'];
    const spokes = [...ring, ...reeds].map((name) => ['leader', name] as const);
    const round = ring.map((name, i) => [name, ring[(i + 1) % 30] as string] as const);
    const beyond = reeds.map((name) => [name, `far-${name}`] as const);
    only(world, ['leader', ...ring, ...beyond.flat()], [...spokes, ...round, ...beyond]);
    const router = { upgradeThreshold: 31, selectionJitter: 60 };
    const leader = await world.lead('leader', { router });
    for (const name of ring) await world.route(name, { router });
    const count = (): number => [...(leader.runner.node.status.routes?.routers ?? [])].length;
    expect(count()).toBe(31);
    const needed: MeshNode[] = [];
    for (const [name, far] of beyond) {
      const reed = await world.attach(name, reedOnly);
      needed.push(reed, await world.attach(far));
      expect(reed.runner.node.role).toBe('router');
      await world.until(() => count() === 31, 240_000);
      await world.pass(240_000);
      expect(count()).toBe(31);
    }
    expect(await unreachable(world, [leader, ...needed])).toEqual([]);
  });
});
