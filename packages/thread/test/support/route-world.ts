import { type SeededRandom } from '@selvage/core/virtual';
import { infiniteCost, type LinkQuality, routerIdOf, routerRloc16 } from '../../src/mesh/mesh-routes.js';
import { linkCost } from '../../src/mesh/link-quality.js';
import { route64Of } from '../../src/mesh/route64-of.js';
import { RouterTable } from '../../src/mesh/router-table.js';
import type { Route64 } from '../../src/mle/tlv/route64.js';

/** What came of a frame that goes from table to table: its hops, or where and why it ended. */
export type Walk =
  | { readonly kind: 'arrived'; readonly hops: number }
  | { readonly kind: 'no-route' | 'circle'; readonly at: number };

/** The hops that a mesh header has at first (Thread 1.3 §5.9.2). */
const hopLimit = 19;

/** Route tables that tell each other their routes over links of some quality; no frames, no time, no node. */
export class RouteWorld {
  readonly tables = new Map<number, RouterTable>();
  readonly #links = new Map<string, LinkQuality>();
  readonly #random: SeededRandom;
  #now = 0;

  constructor(ids: readonly number[], random: SeededRandom) {
    this.#random = random;
    for (const id of ids) {
      const table = new RouterTable();
      table.place({ rloc16: routerRloc16(id), leaderRouterId: ids[0] as number });
      table.setIds(1, ids, 0);
      this.tables.set(id, table);
    }
  }

  link(a: number, b: number, quality: LinkQuality): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      this.#links.set(`${from}-${to}`, quality);
      const extended = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, to);
      const link = { routerId: to, extended, version: 5, qualityIn: quality, qualityOut: quality };
      this.tables.get(from)?.setLink({ ...link, heardAt: this.#now, since: this.#now });
    }
  }

  cut(a: number, b: number): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      this.#links.delete(`${from}-${to}`);
      this.tables.get(from)?.removeLink(to, this.#now);
    }
  }

  /** A router is gone: its neighbours give the links up. */
  kill(id: number): void {
    for (const other of this.neighbours(id)) this.cut(id, other);
    this.tables.delete(id);
  }

  neighbours(id: number): number[] {
    return [...this.tables.keys()].filter((other) => this.#links.has(`${id}-${other}`));
  }

  /** Everybody advertises once, in some order; `lie` says what somebody says instead. */
  round(lie?: (id: number) => Route64 | undefined): void {
    const order = [...this.tables.keys()].map((id) => [this.#random.unit(), id] as const).sort(([a], [b]) => a - b);
    for (const [, id] of order) {
      this.#now += 1000;
      const said = lie?.(id) ?? route64Of(this.tables.get(id) as RouterTable);
      for (const other of this.neighbours(id)) this.tables.get(other)?.update(id, said, this.#now);
    }
  }

  rounds(count: number, lie?: (id: number) => Route64 | undefined): void {
    for (let i = 0; i < count; i++) this.round(lie);
  }

  walk(from: number, to: number): Walk {
    let at = from;
    for (let hops = 0; hops <= hopLimit; hops++) {
      if (at === to) return { kind: 'arrived', hops };
      const next = this.tables.get(at)?.nextHop(routerRloc16(to));
      if (next === undefined) return { kind: 'no-route', at };
      at = routerIdOf(next);
    }
    return { kind: 'circle', at };
  }

  /** The costs of the cheapest paths from a router, by the links that there are (Dijkstra). */
  costs(from: number): Map<number, number> {
    const costs = new Map([[from, 0]]);
    const open = new Set([from]);
    while (open.size > 0) {
      const at = [...open].reduce((a, b) => ((costs.get(a) as number) <= (costs.get(b) as number) ? a : b));
      open.delete(at);
      for (const next of this.neighbours(at)) {
        const quality = this.#links.get(`${at}-${next}`) as LinkQuality;
        const cost = (costs.get(at) as number) + linkCost(quality, quality);
        if (cost < infiniteCost && cost < (costs.get(next) ?? infiniteCost)) {
          costs.set(next, cost);
          open.add(next);
        }
      }
    }
    return costs;
  }

  /** The pairs for which a table does not know the cheapest path, or frames do not arrive on one. */
  wrong(): string[] {
    const found: string[] = [];
    for (const [from, table] of this.tables) {
      const costs = this.costs(from);
      for (const to of this.tables.keys()) {
        const expected = costs.get(to) ?? infiniteCost;
        const known = table.cost(routerRloc16(to));
        const walk = this.walk(from, to);
        const isRight = walk.kind === (expected < infiniteCost ? 'arrived' : 'no-route');
        if (known !== expected || !isRight) found.push(`${from} > ${to}: ${known} for ${expected}, ${walk.kind}`);
      }
    }
    return found;
  }
}
