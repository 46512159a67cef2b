import { SelvageError, toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { DiscoveryScan, type FoundNetwork, obeyLink, type Radio } from '@selvage/thread';
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
  const found: FoundNetwork[] = [];
  try {
    await runScan(surface, radio, channels, {
      channel: (channel) => {
        if (!json && stderr.isTerminal) live.set('scan', `${description} asks on channel ${channel} …`);
      },
      found: (network) => {
        found.push(network);
        if (json) report.show({ event: 'network', data: dataOf(network), lines: [] });
      },
    });
  } finally {
    live.clear();
    radio.close();
  }
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

interface ScanNews {
  readonly channel: (channel: number) => void;
  readonly found: (network: FoundNetwork) => void;
}

function runScan(surface: Surface, radio: Radio, channels: readonly number[], news: ScanNews): Promise<void> {
  const { clock, entropy, interrupted } = surface;
  const options = { core: nativeCore, entropy, radio: radio.capabilities, channels };
  const engine = new DiscoveryScan(options, clock.now());
  return new Promise((resolve, reject) => {
    const pump = (): void => {
      for (let output = engine.poll(clock.now()); output !== undefined; output = engine.poll(clock.now())) {
        switch (output.kind) {
          case 'radio':
            obeyLink(radio, output.output);
            break;
          case 'channel':
            news.channel(output.channel);
            break;
          case 'found':
            news.found(output.network);
            break;
          case 'done':
            return resolve();
          case 'failed':
            return reject(new SelvageError('port-failed', `the radio is gone while scanning: ${output.reason}`));
        }
      }
      if (interrupted.aborted) return resolve();
      if (engine.deadline !== undefined) clock.wakeAt(engine.deadline, pump);
    };
    radio.onEvent((event) => {
      engine.handle(event, clock.now());
      pump();
    });
    interrupted.addEventListener('abort', () => resolve(), { once: true });
    pump();
  });
}

function dataOf(network: FoundNetwork): object {
  const { channel, panId, extended, name, extendedPanId, version, rssi, steeringData, joinerPort } = network;
  return {
    name,
    channel,
    panId: panId.toString(16).padStart(4, '0'),
    extendedPanId: extendedPanId && toHex(extendedPanId),
    router: toHex(extended),
    version,
    rssi,
    steeringData: steeringData && toHex(steeringData),
    joinerPort,
  };
}

function rowOf({ channel, panId, extended, name, extendedPanId, rssi, steeringData }: FoundNetwork): string[] {
  const pan = panId.toString(16).padStart(4, '0');
  const joining = steeringData === undefined || steeringData.every((byte) => byte === 0) ? 'no' : 'yes';
  return [
    name,
    pan,
    `${channel}`,
    extendedPanId === undefined ? '' : toHex(extendedPanId),
    toHex(extended),
    `${rssi}`,
    joining,
  ];
}
