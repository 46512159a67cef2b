import type { Route } from '../mle/tlv/route64.js';

/** A way over a neighbour, and what the neighbour said that it costs from there. */
export interface OfferedWay {
  readonly neighbour: number;
  readonly cost: number;
}

/** What neighbours said last of their own routes: where one is lost, another way is known before they speak again. */
export class OfferedRoutes {
  /** By neighbour and router id; 0 is none. */
  readonly #costs = new Map<number, Uint8Array>();
  readonly #idCount: number;

  constructor(idCount: number) {
    this.#idCount = idCount;
  }

  heard(from: number, routes: readonly Route[]): void {
    const costs = new Uint8Array(this.#idCount);
    for (const { routerId, cost } of routes) costs[routerId] = cost;
    this.#costs.set(from, costs);
  }

  forget(neighbour: number): void {
    this.#costs.delete(neighbour);
  }

  clear(): void {
    this.#costs.clear();
  }

  /**
   * The cheapest way to a router over neighbours that were nearer to it than we were: their way cannot lead through us.
   * @param former what it cost us until now
   * @param linkCost of the link to a neighbour
   */
  way(routerId: number, former: number, linkCost: (neighbour: number) => number): OfferedWay | undefined {
    let best: OfferedWay | undefined;
    let least = Infinity;
    for (const [neighbour, costs] of this.#costs) {
      const cost = costs[routerId] ?? 0;
      const total = cost + linkCost(neighbour);
      if (cost === 0 || cost >= former || total >= least) continue;
      best = { neighbour, cost };
      least = total;
    }
    return best;
  }
}
