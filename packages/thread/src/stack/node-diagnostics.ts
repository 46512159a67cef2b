import type { DiagnosticFacts } from '../diag/diagnostic-answer.js';
import type { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import { broadcastShort } from '../mac/address.js';
import type { Link } from '../mac/link.js';
import { linkQualityOf } from '../mesh/link-quality.js';
import { type ChildSettings, threadVersion } from '../mle/child/child-role.js';
import type { NetworkData } from '../netdata/network-data.js';
import type { NodeRole } from './node-role.js';
import type { PacketInfo } from './packet-info.js';

/** The Mode TLV of a router, and what stands for a parent's. */
export const routerMode = {
  receiverOnWhenIdle: true,
  secureDataRequests: true,
  fullThreadDevice: true,
  fullNetworkData: true,
  reserved: 0,
};

/** What a node's diagnostics come from. */
export interface DiagnosticParts {
  readonly link: Link;
  readonly ip: Ip6Stack<PacketInfo>;
  readonly role: NodeRole;
  readonly rloc16: number | undefined;
  readonly networkData: NetworkData;
  readonly settings: ChildSettings;
}

/** What a node says of itself. */
export function diagnosticFacts({ link, ip, role, rloc16, networkData, settings }: DiagnosticParts): DiagnosticFacts {
  const child = role.kind === 'child' ? role.child : undefined;
  const leader = role.kind === 'leader' ? role.leader : undefined;
  const state = child?.state;
  return {
    extended: link.extended,
    rloc16: rloc16 ?? broadcastShort,
    mode: child?.mode ?? routerMode,
    timeout: child !== undefined && settings.sleepy ? settings.timeout : undefined,
    connectivity: leader?.connectivity,
    route64: leader?.route64,
    leaderData: leader?.leader.facts ?? (state?.kind === 'child' ? state.leader : undefined),
    networkData,
    addresses: ip.addresses.unicast.map(({ address }) => address),
    link: link.counters,
    children: leader?.leader.children.valid.map((entry) => {
      const rssi = link.neighbours.byExtended(entry.extended)?.averageRssi ?? link.sensitivity;
      return { ...entry, linkQuality: linkQualityOf(rssi - link.sensitivity) };
    }),
    version: threadVersion,
  };
}
