import { toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { type DiscoveredNetwork, scanNetworks } from '@selvage/thread';
import { Report } from '../../ca/report.js';
import { LiveLines } from '../../terminal/live-lines.js';
import type { Surface } from '../../terminal/surface.js';
import { count } from '../../terminal/text.js';
import { tableLines } from '../../terminal/table.js';
import { type NetworkOptions, radioOf } from '../network/network-of.js';
import { openRadio } from '../radio/open-radio.js';

/** `thread scan`, as commander gives it. */
export interface ScanVerbOptions extends NetworkOptions {
  readonly channels: readonly number[];
  readonly json: boolean;
}

const columns = [
  { title: 'network', least: 8 },
  { title: 'PAN' },
  { title: 'channel' },
  { title: 'extended PAN' },
  { title: 'router' },
  { title: 'dBm', align: 'right' },
  { title: 'joining' },
] as const;

/** `thread scan`: asks on each channel who is there. @throws SelvageError of the radio */
export async function scan(surface: Surface, options: ScanVerbOptions): Promise<void> {
  const { channels, json } = options;
  const { stdout, stderr } = surface;
  const { radio, description } = await openRadio(await radioOf(surface, options), surface.clock);
  const report = new Report(surface, json);
  const live = new LiveLines(stderr);
  const { clock, entropy, interrupted } = surface;
  const found = await scanNetworks({
    core: nativeCore,
    entropy,
    clock,
    radio,
    channels,
    signal: interrupted,
    onChannel: (channel) => {
      if (!json && stderr.isTerminal) live.set('scan', `${description} asks on channel ${channel} …`);
    },
    onFound: (network) => {
      if (json) report.show({ event: 'network', data: dataOf(network), lines: [] });
    },
  }).finally(() => live.clear());
  if (json)
    return report.show({ event: 'scanned', data: { radio: description, channels, networks: found.length }, lines: [] });
  if (found.length > 0) {
    for (const line of tableLines(columns, found.map(rowOf), stdout.columns ?? Infinity)) stdout.write(`${line}\n`);
  } else {
    report.tell({
      event: 'scanned',
      data: {},
      lines: [
        `nobody answered on ${count(channels.length, 'channel')}: no router in range, or another --radio hears it`,
      ],
    });
  }
}

function dataOf(network: DiscoveredNetwork): object {
  const { channel, panId, extended, name, extendedPanId, version, rssi, steeringData, joinerUdpPort } = network;
  return {
    name,
    channel,
    panId: panId.toString(16).padStart(4, '0'),
    extendedPanId: toHex(extendedPanId),
    router: toHex(extended),
    version,
    rssi,
    steeringData: steeringData && toHex(steeringData),
    joinerPort: joinerUdpPort,
  };
}

function rowOf({ channel, panId, extended, name, extendedPanId, rssi, steeringData }: DiscoveredNetwork): string[] {
  const pan = panId.toString(16).padStart(4, '0');
  const joining = steeringData === undefined || steeringData.every((byte) => byte === 0) ? 'no' : 'yes';
  return [name, pan, `${channel}`, toHex(extendedPanId), toHex(extended), `${rssi}`, joining];
}
