import { sameIp6 } from '../ip6/address/equal.js';
import type { Ip6Prefix } from '../ip6/address/prefix.js';
import type { NetworkData } from '../netdata/network-data.js';
import type { BorderRouterFlags, RoutePreference } from '../netdata/route-flags.js';

/** What a border router offers to its mesh. */
export interface BorderOffer {
  /** Of 64 bits: nodes make themselves addresses of it that are good beyond the mesh. */
  readonly prefix: Ip6Prefix;
  /** Whether everything beyond the mesh is reached through it. */
  readonly defaultRoute: boolean;
  /** What else is reached through it. */
  readonly routes: readonly Ip6Prefix[];
  readonly preference: RoutePreference;
}

/**
 * What a border router registers of its own: its prefix with the flags `paos`, and `r` where it is everybody's way out;
 * and a Has Route for each of its routes (Thread 1.3 §5.18.1, §5.18.3).
 */
export function borderData({ prefix, defaultRoute, routes, preference }: BorderOffer, rloc16: number): NetworkData {
  const flags: BorderRouterFlags = {
    preference,
    preferred: true,
    slaac: true,
    dhcp: false,
    configure: false,
    defaultRoute,
    onMesh: true,
    neighbourDiscoveryDns: false,
    domainPrefix: false,
    reserved: 0,
  };
  const routeFlags = { preference, nat64: false, advertisingPrefix: false, reserved: 0 };
  return [
    entryOf(prefix, { type: 'borderRouter', stable: true, value: [{ rloc16, flags }] }),
    ...routes.map((route) =>
      entryOf(route, { type: 'hasRoute', stable: true, value: [{ rloc16, flags: routeFlags }] }),
    ),
  ];
}

/** The prefixes of network data whose addresses are nodes of the mesh. */
export function onMeshPrefixes(data: NetworkData): Ip6Prefix[] {
  return data.flatMap((entry) => {
    if (entry.type !== 'prefix') return [];
    const { prefix, subTlvs } = entry.value;
    const isOnMesh = subTlvs.some((sub) => sub.type === 'borderRouter' && sub.value.some(({ flags }) => flags.onMesh));
    return isOnMesh ? [prefix] : [];
  });
}

/** Whether network data has what this router registers. */
export function offersPrefix(data: NetworkData, prefix: Ip6Prefix, rloc16: number): boolean {
  return data.some(
    (entry) =>
      entry.type === 'prefix' &&
      entry.value.prefix.length === prefix.length &&
      sameIp6(entry.value.prefix.address, prefix.address) &&
      entry.value.subTlvs.some(
        (sub) => sub.type === 'borderRouter' && sub.value.some((router) => router.rloc16 === rloc16),
      ),
  );
}

type PrefixEntry = Extract<NetworkData[number], { type: 'prefix' }>;

function entryOf(prefix: Ip6Prefix, subTlv: PrefixEntry['value']['subTlvs'][number]): PrefixEntry {
  return { type: 'prefix', stable: true, value: { domainId: 0, prefix, subTlvs: [subTlv] } };
}
