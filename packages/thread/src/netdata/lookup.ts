import { hasPrefix } from '../ip6/address/prefix.js';
import type { PrefixTlv } from './entries.js';
import type { NetworkData } from './network-data.js';
import type { RoutePreference } from './route-flags.js';

/** How far it is to a node: 0 for ourselves, 16 for no route. */
export type CostOf = (rloc16: number) => number;

interface Candidate {
  readonly rloc16: number;
  readonly preference: RoutePreference;
}

const ranks: Readonly<Record<RoutePreference, number>> = { high: 1, medium: 0, reserved: 0, low: -1 };
const childMask = 0x1ff;
const [agentBase, serviceBase, commissionerBase, commissionerEnd] = [0xfc00, 0xfc10, 0xfc30, 0xfc38] as const;
const [leader, lastAgent, lastService, neighbourBase, neighbourEnd] = [0xfc00, 0xfc0f, 0xfc2f, 0xfc40, 0xfc4f] as const;
/** MeshCoP TLV 9: the RLOC16 of the commissioner's border agent. */
const borderAgentLocator = 9;

/** Whether nodes of the mesh have addresses there: in a prefix that a border router says is on the mesh. */
export function isOnMesh(data: NetworkData, address: Uint8Array): boolean {
  return prefixesOf(data, address).some((tlv) =>
    tlv.value.subTlvs.some((sub) => sub.type === 'borderRouter' && sub.value.some(({ flags }) => flags.onMesh)),
  );
}

/**
 * The node through which a packet leaves the mesh (Thread 1.3 §5.9.4): by the longest route of the domain that its source
 * is of, then by the default route of its source's prefix. Undefined where nobody leads there.
 */
export function externalRoute(
  data: NetworkData,
  source: Uint8Array,
  destination: Uint8Array,
  cost: CostOf,
): number | undefined {
  for (const own of prefixesOf(data, source)) {
    if (!own.value.subTlvs.some(({ type }) => type === 'borderRouter')) continue;
    const router = routeOf(data, own.value.domainId, destination, cost) ?? defaultRouteOf(own, cost);
    if (router !== undefined) return router;
  }
  return undefined;
}

/** The RLOC16 of the nearest node that has an anycast locator (Thread 1.3 §5.2.2.2). */
export function anycastNode(
  data: NetworkData,
  locator: number,
  leaderRloc16: number,
  cost: CostOf,
): number | undefined {
  if (locator === leader) return leaderRloc16;
  if (locator <= lastAgent) return agentOf(data, locator - agentBase, 'dhcp', cost);
  if (locator <= lastService) return serverOf(data, locator - serviceBase, cost);
  if (locator >= commissionerBase && locator < commissionerEnd) return borderAgentOf(data);
  if (locator >= neighbourBase && locator < neighbourEnd) {
    return agentOf(data, locator - neighbourBase + 1, 'neighbourDiscoveryDns', cost);
  }
  return undefined;
}

function routeOf(data: NetworkData, domainId: number, destination: Uint8Array, cost: CostOf): number | undefined {
  for (const tlv of prefixesOf(data, destination)) {
    if (tlv.value.domainId !== domainId) continue;
    const entries = tlv.value.subTlvs.flatMap((sub) => (sub.type === 'hasRoute' ? sub.value : []));
    const found = best(
      entries.map(({ rloc16, flags: { preference } }) => ({ rloc16, preference })),
      cost,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function defaultRouteOf(tlv: PrefixTlv, cost: CostOf): number | undefined {
  const entries = tlv.value.subTlvs.flatMap((sub) => (sub.type === 'borderRouter' ? sub.value : []));
  const defaults = entries.filter(({ flags }) => flags.defaultRoute);
  return best(
    defaults.map(({ rloc16, flags: { preference } }) => ({ rloc16, preference })),
    cost,
  );
}

function agentOf(
  data: NetworkData,
  contextId: number,
  flag: 'dhcp' | 'neighbourDiscoveryDns',
  cost: CostOf,
): number | undefined {
  const entries = data.flatMap((tlv) => {
    const isIts =
      tlv.type === 'prefix' &&
      tlv.value.subTlvs.some((sub) => sub.type === 'context' && sub.value.flags.id === contextId);
    return isIts ? tlv.value.subTlvs.flatMap((sub) => (sub.type === 'borderRouter' ? sub.value : [])) : [];
  });
  return best(
    entries.filter(({ flags }) => flags[flag]).map(({ rloc16 }) => ({ rloc16, preference: 'medium' })),
    cost,
  );
}

function serverOf(data: NetworkData, serviceId: number, cost: CostOf): number | undefined {
  const servers = data.flatMap((tlv) =>
    tlv.type === 'service' && tlv.value.id === serviceId
      ? tlv.value.subTlvs.flatMap((sub) => (sub.type === 'server' ? [sub.value.rloc16] : []))
      : [],
  );
  return best(
    servers.map((rloc16) => ({ rloc16, preference: 'medium' })),
    cost,
  );
}

function borderAgentOf(data: NetworkData): number | undefined {
  for (const tlv of data) {
    if (tlv.type !== 'commissioning') continue;
    const value = tlv.value.find(({ type }) => type === borderAgentLocator)?.value;
    if (value?.length === 2) return ((value[0] as number) << 8) | (value[1] as number);
  }
  return undefined;
}

/** By preference, then by cost, then routers before children; those that are out of reach do not count. */
function best(candidates: readonly Candidate[], cost: CostOf): number | undefined {
  let found: Candidate | undefined;
  for (const candidate of candidates) {
    if (cost(candidate.rloc16) >= 16) continue;
    if (found === undefined || isBetter(candidate, found, cost)) found = candidate;
  }
  return found?.rloc16;
}

function isBetter(a: Candidate, b: Candidate, cost: CostOf): boolean {
  const byPreference = ranks[a.preference] - ranks[b.preference];
  if (byPreference !== 0) return byPreference > 0;
  const byCost = cost(a.rloc16) - cost(b.rloc16);
  return byCost !== 0 ? byCost < 0 : (b.rloc16 & childMask) !== 0 && (a.rloc16 & childMask) === 0;
}

/** The prefixes of an address, longest first. */
function prefixesOf(data: NetworkData, address: Uint8Array): readonly PrefixTlv[] {
  const found = data.filter((tlv): tlv is PrefixTlv => tlv.type === 'prefix' && hasPrefix(address, tlv.value.prefix));
  return found.sort((a, b) => b.value.prefix.length - a.value.prefix.length);
}
