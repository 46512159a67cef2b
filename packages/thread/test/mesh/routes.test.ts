/** The way to a router when a neighbour falls silent: another one that is known is taken, and never one that leads back. */
import { beforeEach, describe, expect, it } from 'vitest';
import { routerRloc16 } from '../../src/mesh/mesh-routes.js';
import { RouterTable } from '../../src/mesh/router-table.js';

const [own, left, right, end, dead] = [1, 2, 3, 4, 5] as const;
const now = 1000;

/** A ring: we hear `left` and `right`, and both hear `end`; what each costs, as its neighbours say. */
function ring(): RouterTable {
  const table = new RouterTable();
  table.place({ rloc16: routerRloc16(own), leaderRouterId: own });
  table.setIds(1, [own, left, right, end, dead], now);
  for (const routerId of [left, right]) {
    table.setLink({
      routerId,
      extended: new Uint8Array(8).fill(routerId),
      version: 4,
      qualityIn: 3,
      qualityOut: 3,
      heardAt: now,
      since: now,
    });
  }
  tell(table, left, { [end]: 1, [dead]: 1 });
  tell(table, right, { [end]: 1, [dead]: 4 });
  return table;
}

/** What a neighbour advertises: router ids and costs. */
function tell(table: RouterTable, from: number, costs: Readonly<Record<number, number>>): void {
  const routes = [own, left, right, end, dead].map((routerId) => ({
    routerId,
    linkQualityIn: routerId === own ? 3 : 0,
    linkQualityOut: routerId === own ? 3 : 0,
    cost: routerId === from ? 1 : (costs[routerId] ?? 0),
  }));
  table.update(from, { idSequence: 1, routes }, now);
}

describe('a route around a neighbour', () => {
  let table: RouterTable;
  beforeEach(() => {
    table = ring();
  });

  const first = (routerId: number): number | undefined => table.nextHop(routerRloc16(routerId));

  it('is taken as soon as a frame is not acknowledged, and left again when one is', () => {
    expect(first(end)).toBe(routerRloc16(left));
    table.doubt(left);
    expect(first(end)).toBe(routerRloc16(right));
    table.trust(left);
    expect(first(end)).toBe(routerRloc16(left));
  });

  it('is left when the neighbour is heard', () => {
    table.doubt(left);
    table.heard(left, now);
    expect(first(end)).toBe(routerRloc16(left));
  });

  it('is not taken where the other neighbour was no nearer than we: its way could lead back to us', () => {
    table.doubt(left);
    expect(first(dead)).toBe(routerRloc16(left));
  });

  it('is not taken where the other neighbour is silent as well', () => {
    table.doubt(left);
    table.doubt(right);
    expect(first(end)).toBe(routerRloc16(left));
  });

  it('is there at once when the link is lost, without waiting for an advertisement', () => {
    expect(table.removeLink(left, now)).toBe(true);
    expect(first(end)).toBe(routerRloc16(right));
    expect(table.cost(routerRloc16(end))).toBe(2);
    expect(first(dead)).toBeUndefined();
    expect(first(left)).toBeUndefined();
  });

  it('is there at once when the neighbour says that it has no way any more', () => {
    tell(table, left, {});
    expect(first(end)).toBe(routerRloc16(right));
    expect(first(dead)).toBeUndefined();
  });

  it('is forgotten with the partition', () => {
    table.reset();
    expect(first(end)).toBeUndefined();
  });
});
