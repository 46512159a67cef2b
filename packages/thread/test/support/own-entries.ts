import { type Ip6Prefix, parsePrefix } from '../../src/ip6/address/prefix.js';
import { type PrefixSubTlv, samePrefix } from '../../src/netdata/entries.js';
import type { NetworkData } from '../../src/netdata/network-data.js';
import type { BorderRouterFlags, HasRouteFlags } from '../../src/netdata/route-flags.js';
import { threadEnterprise } from '../../src/netdata/service-tlv.js';

/** What a node offers to its network, in a few words. */
export type OwnEntry =
  /** A prefix that it is the border router of: nodes have addresses in it. */
  | {
      readonly kind: 'prefix';
      readonly prefix: Ip6Prefix;
      readonly flags: BorderRouterFlags;
      readonly stable: boolean;
      readonly domainId?: number;
    }
  /** A prefix beyond the mesh to which it leads. */
  | {
      readonly kind: 'route';
      readonly prefix: Ip6Prefix;
      readonly flags: HasRouteFlags;
      readonly stable: boolean;
      readonly domainId?: number;
    }
  | {
      readonly kind: 'service';
      /** Thread's own by default. */
      readonly enterprise?: number;
      readonly serviceData: Uint8Array;
      readonly serverData: Uint8Array;
      readonly stable: boolean;
    };

type PrefixEntry = Exclude<OwnEntry, { kind: 'service' }>;

/** Network data that has these entries alone, as the node of an RLOC16 registers them. */
export function registrationOf(entries: readonly OwnEntry[], rloc16: number): NetworkData {
  const data: NetworkData[number][] = [];
  for (const entry of entries) {
    if (entry.kind === 'service') data.push(serviceOf(entry, rloc16));
    else addPrefix(data, entry, rloc16);
  }
  return data;
}

function addPrefix(data: NetworkData[number][], entry: PrefixEntry, rloc16: number): void {
  const { prefix, stable, domainId = 0 } = entry;
  const sub: PrefixSubTlv =
    entry.kind === 'prefix'
      ? { type: 'borderRouter', stable, value: [{ rloc16, flags: entry.flags }] }
      : { type: 'hasRoute', stable, value: [{ rloc16, flags: entry.flags }] };
  const at = data.findIndex((tlv) => tlv.type === 'prefix' && samePrefix(tlv.value, { domainId, prefix }));
  const known = data[at];
  if (known?.type !== 'prefix') {
    data.push({ type: 'prefix', stable, value: { domainId, prefix, subTlvs: [sub] } });
    return;
  }
  const subTlvs = [...known.value.subTlvs, sub];
  data[at] = { type: 'prefix', stable: known.stable || stable, value: { ...known.value, subTlvs } };
}

function serviceOf(
  { enterprise = threadEnterprise, serviceData, serverData, stable }: Extract<OwnEntry, { kind: 'service' }>,
  rloc16: number,
): NetworkData[number] {
  const subTlvs = [{ type: 'server', stable, value: { rloc16, serverData } } as const];
  return { type: 'service', stable, value: { id: 0, enterprise, serviceData, subTlvs, reserved: 0 } };
}

/** The flags that OpenThread calls `paros`, of medium preference. */
export const paros: BorderRouterFlags = {
  preference: 'medium',
  preferred: true,
  slaac: true,
  dhcp: false,
  configure: false,
  defaultRoute: true,
  onMesh: true,
  neighbourDiscoveryDns: false,
  domainPrefix: false,
  reserved: 0,
};

/** A prefix of 64 bits with the flags `paros`, stable. */
export function prefixEntry(text: string, flags: Partial<BorderRouterFlags> = {}): OwnEntry {
  return { kind: 'prefix', prefix: parsePrefix(text), flags: { ...paros, ...flags }, stable: true };
}
