import { toHex } from '@selvage/core';
import {
  type BorderRouterFlags,
  type HasRouteFlags,
  type NetworkData,
  prefixText,
  threadEnterprise,
} from '@selvage/thread';

/** One entry of network data: for programs, and for people. */
export interface NetworkDataEntry {
  readonly data: object;
  readonly lines: readonly string[];
}

/** Network data with every flag spelled out, as the letters of OpenThread's tools stand beside. */
export function networkDataEntries(data: NetworkData): NetworkDataEntry[] {
  return data.map((entry) => {
    switch (entry.type) {
      case 'prefix':
        return prefixEntry(entry);
      case 'service':
        return serviceEntry(entry);
      case 'commissioning':
        return commissioningEntry(entry);
      case 'unknown': {
        const { tag, body, stable } = entry;
        const hex = toHex(body);
        return { data: { kind: 'unknown', type: tag, stable, hex }, lines: [`unknown type ${tag}  ${hex}`] };
      }
    }
  });
}

type Entry<T extends NetworkData[number]['type']> = Extract<NetworkData[number], { readonly type: T }>;
type SubTlv = Entry<'prefix'>['value']['subTlvs'][number];

function prefixEntry({ stable, value: { prefix, domainId, subTlvs } }: Entry<'prefix'>): NetworkDataEntry {
  const isMesh = subTlvs.some(({ type }) => type === 'borderRouter');
  const name = `${isMesh ? 'prefix' : 'route '} ${prefixText(prefix)}`;
  const parts = subTlvs.flatMap(subEntries);
  return {
    data: { kind: 'prefix', prefix: prefixText(prefix), domainId, stable, entries: parts.map(({ data }) => data) },
    lines: [`${name}${lasting(stable)}`, ...parts.flatMap(({ lines }) => lines.map((line) => `  ${line}`))],
  };
}

function subEntries(sub: SubTlv): NetworkDataEntry[] {
  switch (sub.type) {
    case 'borderRouter':
      return sub.value.map(({ rloc16, flags }) => {
        const { words, letters } = borderRouterWords(flags, sub.stable);
        const router = short(rloc16);
        const line = `border router ${router}  ${letters}: ${[...words, `preference ${flags.preference}`].join(', ')}`;
        const data = { kind: 'border router', rloc16: router, letters, flags: words, preference: flags.preference };
        return { data, lines: [line] };
      });
    case 'hasRoute':
      return sub.value.map(({ rloc16, flags }) => {
        const words = hasRouteWords(flags);
        const router = short(rloc16);
        const line = `reached through ${router}  ${[...words, `preference ${flags.preference}`].join(', ')}`;
        return { data: { kind: 'route', rloc16: router, flags: words, preference: flags.preference }, lines: [line] };
      });
    case 'context': {
      const { flags, length } = sub.value;
      const use = flags.compress ? 'packets are compressed with it' : 'no longer compressed with';
      const data = { kind: 'context', id: flags.id, length, compress: flags.compress };
      return [{ data, lines: [`context ${flags.id}  ${use}`] }];
    }
    case 'unknown':
      return [
        {
          data: { kind: 'unknown', type: sub.tag, hex: toHex(sub.body) },
          lines: [`unknown type ${sub.tag}  ${toHex(sub.body)}`],
        },
      ];
  }
}

/** The letters of OpenThread's `netdata show`, and what they mean, in their order. */
function borderRouterWords(
  flags: BorderRouterFlags,
  stable: boolean,
): { readonly letters: string; readonly words: string[] } {
  const all = [
    ['p', flags.preferred, 'preferred as source'],
    ['a', flags.slaac, 'nodes make themselves addresses'],
    ['d', flags.dhcp, 'gives addresses by DHCPv6'],
    ['c', flags.configure, 'configures by DHCPv6'],
    ['r', flags.defaultRoute, 'the way to everywhere'],
    ['o', flags.onMesh, 'addresses are on the mesh'],
    ['s', stable, 'stable'],
    ['n', flags.neighbourDiscoveryDns, 'names DNS servers'],
    ['D', flags.domainPrefix, 'domain prefix'],
  ] as const;
  const set = all.filter(([, isSet]) => isSet);
  return { letters: set.map(([letter]) => letter).join(''), words: set.map(([, , word]) => word) };
}

function hasRouteWords({ nat64, advertisingPrefix }: HasRouteFlags): string[] {
  return [...(nat64 ? ['leads to IPv4 (NAT64)'] : []), ...(advertisingPrefix ? ['advertises its own prefix'] : [])];
}

function serviceEntry({ stable, value }: Entry<'service'>): NetworkDataEntry {
  const { id, enterprise, serviceData, subTlvs } = value;
  const servers = subTlvs.flatMap((sub) => (sub.type === 'server' ? [sub.value] : []));
  const whose = enterprise === threadEnterprise ? 'Thread’s own' : `enterprise ${enterprise}`;
  return {
    data: {
      kind: 'service',
      id,
      enterprise,
      stable,
      serviceData: toHex(serviceData),
      servers: servers.map(({ rloc16, serverData }) => ({ rloc16: short(rloc16), serverData: toHex(serverData) })),
    },
    lines: [
      `service ${id}  ${whose}, ${toHex(serviceData)}${lasting(stable)}`,
      ...servers.map(({ rloc16, serverData }) => `  served by ${short(rloc16)}  ${toHex(serverData)}`),
    ],
  };
}

/** MeshCoP TLV types that stand there (Thread 1.3 §8.10.1). */
const [steeringData, borderAgent, session, joinerPort] = [8, 9, 11, 18] as const;

function commissioningEntry({ value }: Entry<'commissioning'>): NetworkDataEntry {
  const words = value.map(({ type, value: bytes }) => {
    switch (type) {
      case session:
        return ['session', toHex(bytes)];
      case borderAgent:
        return ['border agent', toHex(bytes)];
      case steeringData:
        return ['steering data', toHex(bytes)];
      case joinerPort:
        return ['joiner port', `${((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)}`];
      default:
        return [`type ${type}`, toHex(bytes)];
    }
  });
  const line = `commissioning  ${words.map(([name, text]) => `${name} ${text}`).join(', ')}`;
  return { data: { kind: 'commissioning', ...(Object.fromEntries(words) as object) }, lines: [line.trimEnd()] };
}

function lasting(stable: boolean): string {
  return stable ? '' : '  for the moment: sleepy nodes need not know it';
}

function short(rloc16: number): string {
  return rloc16.toString(16).padStart(4, '0');
}
