import { toHex } from '@selvage/core';
import { type DeviceMode, type DiagnosticReport, ip6Text, type Route64, routerRloc16 } from '@selvage/thread';
import { printable } from '../../terminal/text.js';
import { networkDataEntries } from './network-data-lines.js';

const nameWidth = 18;
/** Names of Thread's versions (Thread 1.3 §4.4.17 and OpenThread's later ones). */
const versions: Readonly<Record<number, string>> = { 2: '1.1', 3: '1.2', 4: '1.3', 5: '1.4' };

/** What a node said of itself, for people: a name and what it is on a line. */
export function reportLines(report: DiagnosticReport): string[] {
  const lines: string[] = [];
  const put = (name: string, text: string | number | undefined): void => {
    if (text !== undefined) lines.push(`${name.padEnd(nameWidth)}${text}`);
  };
  const { extended, mode, leaderData, route64, childTable, childAddresses, children, routerNeighbours } = report;
  put('extended address', extended && toHex(extended));
  put('mode', mode && modeText(mode));
  put('child timeout', report.timeout === undefined ? undefined : `${report.timeout} s`);
  put('version', report.version === undefined ? undefined : `Thread ${versions[report.version] ?? report.version}`);
  // What its maker did not say, OpenThread says with no letters; and any node says what it likes.
  for (const [name, value = ''] of vendorOf(report)) put(name, value === '' ? undefined : printable(value));
  put('EUI-64', report.eui64 && toHex(report.eui64));
  put('battery', report.batteryLevel === undefined ? undefined : `${report.batteryLevel} %`);
  put('supply', report.supplyVoltage === undefined ? undefined : `${report.supplyVoltage} mV`);
  if (leaderData !== undefined) {
    const { partitionId, weighting, leaderRouterId, dataVersion } = leaderData;
    const id = partitionId.toString(16).padStart(8, '0');
    const leader = short(routerRloc16(leaderRouterId));
    put('partition', `${id}, leader ${leader}, weight ${weighting}, data version ${dataVersion}`);
  }
  for (const address of report.addresses ?? []) put('address', ip6Text(address));
  for (const text of route64 === undefined ? [] : linkTexts(route64)) put('link', text);
  for (const { childId, mode: childMode, linkQuality, timeout } of childTable ?? []) {
    put('child', `${childId}  quality ${linkQuality}, ${modeText(childMode)}, timeout ${timeout} s`);
  }
  for (const { rloc16, extended: of, averageRssi, linkMargin, age } of children ?? []) {
    put('child', `${short(rloc16)}  ${toHex(of)}, ${averageRssi} dBm, margin ${linkMargin} dB, heard ${age} s ago`);
  }
  for (const { rloc16, addresses } of childAddresses ?? []) {
    for (const address of addresses) put('child address', `${short(rloc16)}  ${ip6Text(address)}`);
  }
  for (const { rloc16, extended: of, averageRssi, linkMargin } of routerNeighbours ?? []) {
    put('neighbour', `${short(rloc16)}  ${toHex(of)}, ${averageRssi} dBm, margin ${linkMargin} dB`);
  }
  for (const { lines: entries } of networkDataEntries(report.networkData ?? [])) {
    for (const entry of entries) put('network data', entry);
  }
  put('frames', report.macCounters && countersText(report.macCounters));
  put('MLE', report.mleCounters && countersText(report.mleCounters));
  for (const { type, value } of report.unknown) put(`type ${type}`, toHex(value));
  return lines;
}

/** The same for programs: bytes as hexadecimal, addresses as people write them. */
export function reportData(report: DiagnosticReport): object {
  const { networkData, addresses, childAddresses, rloc16, ...rest } = report;
  return {
    ...(rloc16 !== undefined && { rloc16: short(rloc16) }),
    ...(plain(rest) as object),
    ...(addresses && { addresses: addresses.map(ip6Text) }),
    ...(childAddresses && {
      childAddresses: childAddresses.map((child) => ({
        rloc16: short(child.rloc16),
        addresses: child.addresses.map(ip6Text),
      })),
    }),
    ...(networkData && { networkData: networkDataEntries(networkData).map(({ data }) => data) }),
  };
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

function vendorOf(report: DiagnosticReport): [string, string | undefined][] {
  return [
    ['vendor', report.vendorName],
    ['model', report.vendorModel],
    ['software', report.vendorSoftwareVersion],
    ['Thread stack', report.threadStackVersion],
    ['more at', report.vendorUrl],
  ];
}

function linkTexts({ routes }: Route64): string[] {
  return routes
    .filter(({ linkQualityIn, linkQualityOut, cost }) => linkQualityIn > 0 || linkQualityOut > 0 || cost > 1)
    .map(({ routerId, linkQualityIn, linkQualityOut, cost }) => {
      const hears =
        linkQualityIn === 0 && linkQualityOut === 0 ? 'not heard' : `in ${linkQualityIn}, out ${linkQualityOut}`;
      return `${short(routerRloc16(routerId))}  ${hears}, cost ${cost}`;
    });
}

function countersText(counters: object): string {
  return Object.entries(counters)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

function modeText({ receiverOnWhenIdle, fullThreadDevice, fullNetworkData }: DeviceMode): string {
  const kind = fullThreadDevice ? 'full device' : receiverOnWhenIdle ? 'minimal device' : 'sleepy device';
  return `${kind}, ${fullNetworkData ? 'all' : 'stable'} network data`;
}

function short(rloc16: number): string {
  return rloc16.toString(16).padStart(4, '0');
}
