import { SeededRandom } from '@selvage/core/virtual';
import { describe, expect, it } from 'vitest';
import type { LinkQuality } from '../../src/mesh/mesh-routes.js';
import { lastRouterId } from '../../src/mesh/mesh-routes.js';
import type { Route64 } from '../../src/mle/tlv/route64.js';
import { RouteWorld } from '../support/route-world.js';

const runs = 20;
/** Enough for a route to be counted up to infinity and another one to be found. */
const enough = 24;

/** A connected mesh of 4 to 32 routers: a tree and some links more. */
function randomMesh(random: SeededRandom): RouteWorld {
  const ids = drawn(
    random,
    Array.from({ length: lastRouterId + 1 }, (_, id) => id),
    4 + random.below(29),
  );
  const world = new RouteWorld(ids, random);
  const quality = (): LinkQuality => (1 + random.below(3)) as LinkQuality;
  for (const [i, id] of ids.entries()) if (i > 0) world.link(id, ids[random.below(i)] as number, quality());
  for (let i = random.below(ids.length); i > 0; i--) {
    const [a, b] = drawn(random, ids, 2) as [number, number];
    world.link(a, b, quality());
  }
  return world;
}

function drawn(random: SeededRandom, from: readonly number[], count: number): number[] {
  const left = [...from];
  return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)[0] as number);
}

/** Everybody that there could be, at the least cost that can be said. */
const everybody: Route64 = {
  idSequence: 1,
  routes: Array.from({ length: lastRouterId + 1 }, (_, routerId) => ({
    routerId,
    linkQualityIn: 3,
    linkQualityOut: 3,
    cost: 1,
  })),
};

describe('route tables that tell each other', () => {
  it.each(Array.from({ length: runs }, (_, seed) => seed))('find the cheapest paths, seed %d', (seed) => {
    const world = randomMesh(new SeededRandom(`routes/${seed}`));
    world.rounds(enough);
    expect(world.wrong()).toEqual([]);
  });

  it.each(Array.from({ length: runs }, (_, seed) => seed))(
    'find others when links and routers go, and no frame runs in a circle for good, seed %d',
    (seed) => {
      const random = new SeededRandom(`losses/${seed}`);
      const world = randomMesh(random);
      world.rounds(enough);
      for (let i = 0; i < 3; i++) {
        const [id] = drawn(random, [...world.tables.keys()], 1) as [number];
        const [other] = world.neighbours(id);
        if (random.chance(0.5) || other === undefined) world.kill(id);
        else world.cut(id, other);
      }
      world.rounds(enough);
      expect(world.wrong()).toEqual([]);
    },
  );
});

describe('a router that lies', () => {
  it.each(Array.from({ length: runs }, (_, seed) => seed))(
    'says that it is next to everybody: what it does not attract arrives, and all is well when it is gone, seed %d',
    (seed) => {
      const random = new SeededRandom(`liar/${seed}`);
      const world = randomMesh(random);
      const [liar] = drawn(random, [...world.tables.keys()], 1) as [number];
      world.rounds(enough, (id) => (id === liar ? everybody : undefined));
      for (const [from, table] of world.tables) {
        // Who has no id gets none by being spoken of.
        expect([...table.routers].length).toBe(world.tables.size);
        if (from === liar) continue;
        // Beyond a cost of 15 nobody is reached, liar or not.
        for (const to of world.costs(from).keys()) {
          const path = pathTo(world, from, to);
          expect(path.includes(liar) || path.at(-1) === to, `${from} > ${to}: ${path.join()}`).toBe(true);
        }
      }
      world.kill(liar);
      world.rounds(enough);
      expect(world.wrong()).toEqual([]);
    },
  );

  it.each(Array.from({ length: runs }, (_, seed) => seed))(
    'says something else each time: all is well when it says the truth again, seed %d',
    (seed) => {
      const random = new SeededRandom(`chatterer/${seed}`);
      const world = randomMesh(random);
      const [liar] = drawn(random, [...world.tables.keys()], 1) as [number];
      world.rounds(enough);
      world.rounds(enough, (id) => (id === liar ? nonsense(random) : undefined));
      for (const table of world.tables.values()) expect([...table.routers].length).toBe(world.tables.size);
      world.rounds(enough);
      expect(world.wrong()).toEqual([]);
    },
  );
});

/** The routers that a frame passes; it ends at the hop limit. */
function pathTo(world: RouteWorld, from: number, to: number): number[] {
  const path = [from];
  for (let at = from; at !== to && path.length < 20; ) {
    const next = world.tables.get(at)?.nextHop(to << 10);
    if (next === undefined) break;
    at = next >> 10;
    path.push(at);
  }
  return path;
}

function nonsense(random: SeededRandom): Route64 {
  const routes = everybody.routes
    .filter(() => random.chance(0.4))
    .map(({ routerId }) => ({
      routerId,
      linkQualityIn: random.below(4),
      linkQualityOut: random.below(4),
      cost: random.below(16),
    }));
  return { idSequence: random.below(256), routes };
}
