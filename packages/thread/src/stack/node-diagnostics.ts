import type { Instant } from '@selvage/core';
import type { DiagnosticFacts } from '../diag/diagnostic-answer.js';
import type { ChildDetail } from '../diag/tlv/child-detail.js';
import type { MacCounters } from '../diag/tlv/counters.js';
import type { RouterNeighbourDetail } from '../diag/tlv/router-neighbour.js';
import { isMulticast } from '../ip6/address/classes.js';
import type { Ip6Stack } from '../ip6/stack/ip6-stack.js';
import { broadcastShort } from '../mac/address.js';
import type { LinkCounters } from '../mac/link-counters.js';
import type { Link } from '../mac/link.js';
import { linkQualityOf } from '../mesh/link-quality.js';
import type { ChildSettings } from '../mle/child/child-settings.js';
import { threadVersion } from '../mle/thread-version.js';
import type { Valid } from '../mle/parent/child-entry.js';
import type { ChildTable } from '../mle/parent/child-table.js';
import { fullMode } from '../mle/router/full-device.js';
import { route64Of } from '../mesh/route64-of.js';
import type { RouterLink } from '../mesh/router-link.js';
import type { NetworkData } from '../netdata/network-data.js';
import type { VendorFacts } from './node-io.js';
import type { NodeRole } from './node-role.js';
import type { PacketInfo } from './packet-info.js';

/** dBm that stand for none. */
const unknownRssi = 127;

/** What a node's diagnostics come from. */
export interface DiagnosticParts {
  readonly link: Link;
  readonly ip: Ip6Stack<PacketInfo>;
  readonly role: NodeRole;
  readonly rloc16: number | undefined;
  readonly networkData: NetworkData;
  readonly settings: ChildSettings;
  readonly vendor: VendorFacts | undefined;
  readonly now: Instant;
}

/** Channel page 0: all 16 channels of 2.4 GHz. */
const channelPages = Uint8Array.of(0);
const threadStackVersion = 'Selvage';

/** What a node says of itself. */
export function diagnosticFacts(parts: DiagnosticParts): DiagnosticFacts {
  const { link, ip, role, rloc16, networkData, settings } = parts;
  const child = role.kind === 'child' ? role.child : undefined;
  const full = role.kind === 'router' ? role.full : undefined;
  const { table } = full ?? (role.kind === 'child' ? role.full : undefined) ?? {};
  const state = child?.state;
  return {
    extended: link.extended,
    rloc16: rloc16 ?? broadcastShort,
    mode: child?.mode ?? fullMode,
    timeout: child !== undefined && settings.sleepy ? settings.timeout : undefined,
    connectivity: full?.parent.connectivity,
    route64: table && route64Of(table),
    leaderData: full?.leaderData ?? (state?.kind === 'child' ? state.leader : undefined),
    networkData,
    addresses: ip.addresses.unicast.map(({ address }) => address),
    macCounters: countersOf(link.counters),
    channelPages,
    version: threadVersion,
    eui64: parts.vendor?.eui64,
    vendorName: parts.vendor?.name,
    vendorModel: parts.vendor?.model,
    vendorSoftwareVersion: parts.vendor?.softwareVersion,
    vendorUrl: parts.vendor?.url,
    threadStackVersion,
    ...(full && parentFacts(full.parent.children, link, parts.now)),
    routerNeighbours: full && [...full.table.links].map((router) => routerDetail(router, link, parts.now)),
  };
}

/** What a router says of its children. */
function parentFacts(children: ChildTable, link: Link, now: Instant): DiagnosticFacts {
  const { valid } = children;
  return {
    childTable: valid.map((child) => ({
      childId: child.rloc16 & 0x1ff,
      mode: child.mode,
      timeout: child.timeout,
      linkQuality: linkQualityOf(marginOf(child, link)),
    })),
    maxChildTimeout: valid.length === 0 ? undefined : Math.max(...valid.map(({ timeout }) => timeout)),
    children: valid.map((child) => childDetail(child, link, now)),
    childAddresses: valid
      .map(({ rloc16, addresses }) => ({ rloc16, addresses: addresses.filter((address) => !isMulticast(address)) }))
      .filter(({ addresses }) => addresses.length > 0),
  };
}

function childDetail(child: Valid, link: Link, now: Instant): ChildDetail {
  const { receiverOnWhenIdle, fullThreadDevice, fullNetworkData } = child.mode;
  const { averageRssi = unknownRssi, lastRssi = unknownRssi } = link.neighbours.byExtended(child.extended) ?? {};
  const seconds = (since: Instant): number => Math.max(0, Math.floor((now - since) / 1000));
  return {
    flags: { receiverOnWhenIdle, fullThreadDevice, fullNetworkData, cslSynchronised: false, tracksErrorRates: false },
    rloc16: child.rloc16,
    extended: child.extended,
    version: child.version,
    timeout: child.timeout,
    age: seconds(child.heardAt),
    connectionTime: seconds(child.attachedAt),
    supervisionInterval: child.supervision,
    linkMargin: Math.max(0, Math.min(0xff, Math.round(marginOf(child, link)))),
    averageRssi: Math.round(averageRssi),
    lastRssi: Math.round(lastRssi),
    frameErrorRate: 0,
    messageErrorRate: 0,
    queuedMessages: 0,
    cslPeriod: 0,
    cslTimeout: 0,
    cslChannel: 0,
  };
}

function routerDetail(
  { routerId, extended, version, since }: RouterLink,
  link: Link,
  now: Instant,
): RouterNeighbourDetail {
  const { averageRssi = unknownRssi, lastRssi = unknownRssi } = link.neighbours.byExtended(extended) ?? {};
  return {
    tracksErrorRates: false,
    rloc16: routerId << 10,
    extended,
    version,
    connectionTime: Math.max(0, Math.floor((now - since) / 1000)),
    linkMargin: Math.max(0, Math.min(0xff, Math.round(marginOf({ extended }, link)))),
    averageRssi: Math.round(averageRssi),
    lastRssi: Math.round(lastRssi),
    frameErrorRate: 0,
    messageErrorRate: 0,
  };
}

/** dB above what the radio hears at all. */
function marginOf({ extended }: Pick<Valid, 'extended'>, link: Link): number {
  return (link.neighbours.byExtended(extended)?.averageRssi ?? link.sensitivity) - link.sensitivity;
}

function countersOf(link: LinkCounters): MacCounters {
  return {
    inUnknown: link.stranger,
    inErrors: link.malformed + link.forged,
    outErrors: link.failed,
    inUnicast: link.delivered - link.deliveredToAll,
    inBroadcast: link.deliveredToAll,
    inDiscards: link.replayed + link.duplicate,
    outUnicast: link.sent - link.sentToAll,
    outBroadcast: link.sentToAll,
    outDiscards: link.busy,
  };
}
