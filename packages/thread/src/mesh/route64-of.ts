import type { Route, Route64 } from '../mle/tlv/route64.js';
import { infiniteCost, routerIdOf, routerRloc16 } from './mesh-routes.js';
import type { RouterTable } from './router-table.js';

/** Routes that fit a Link Accept, and how far its id sequence is set back where some are left out: it is never newer. */
const [mostAccepted, setBack] = [20, 64] as const;

/** What a router advertises of its table; to a new neighbour no more than fits. */
export function route64Of(table: RouterTable, neighbour?: number): Route64 {
  const { ids, idSequence } = table;
  const kept = neighbour === undefined ? ids : shortened(table, neighbour);
  return {
    idSequence: kept.length < ids.length ? (idSequence - setBack) & 0xff : idSequence,
    routes: kept.map((routerId) => route(table, routerId)),
  };
}

function shortened({ ids, rloc16, leaderRouterId }: RouterTable, neighbour: number): readonly number[] {
  let tooMany = ids.length - mostAccepted;
  const stays = [neighbour, routerIdOf(rloc16), leaderRouterId];
  return ids.filter((id) => stays.includes(id) || tooMany-- <= 0);
}

function route(table: RouterTable, routerId: number): Route {
  const rloc16 = routerRloc16(routerId);
  if (rloc16 === table.rloc16) return { routerId, linkQualityOut: 0, linkQualityIn: 0, cost: 1 };
  const { qualityIn = 0, qualityOut = 0 } = table.link(routerId) ?? {};
  const cost = table.cost(rloc16);
  return {
    routerId,
    linkQualityOut: qualityOut,
    linkQualityIn: qualityIn,
    cost: cost >= infiniteCost ? 0 : cost,
  };
}
