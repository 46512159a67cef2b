import { join } from 'node:path';
import { prefixedStore } from '@selvage/core';
import type { DeviceKind } from '@selvage/ocf';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import { errorLines } from '../../terminal/error-text.js';
import { styleFor } from '../../terminal/style.js';
import { interruption, type Surface } from '../../terminal/surface.js';
import { tableLines } from '../../terminal/table.js';
import { wrap } from '../../terminal/text.js';
import { shortId } from '../language/device-name.js';
import { methodWords } from '../method-words.js';
import { openStore } from '../open-store.js';
import type { CommonOptions, NetworkChoice } from '../options.js';
import { watchButtons } from './button.js';
import { type DeviceNetwork, openDeviceNetwork } from './device-network.js';
import { DeviceTeller } from './device-teller.js';
import { VirtualDevice } from './virtual-device.js';

export interface RunOptions extends CommonOptions, NetworkChoice {
  /** Whose Thread network they are on. */
  readonly site?: string;
  readonly count: number;
  readonly name?: string;
  readonly pin?: boolean;
  readonly manufacturer?: string;
  readonly state?: string;
  readonly button?: boolean;
  readonly justWorks: boolean;
}

const usualWidth = 80;

/**
 * `device run`: devices on this host until somebody ends them.
 * @throws SelvageError that names the step.
 */
export async function runDevices(
  surface: Surface,
  report: Report,
  kind: DeviceKind,
  options: RunOptions,
): Promise<void> {
  const { name = kind, state = join('.selvage', 'devices', name) } = options;
  const store = await step(`open what the devices keep in ${state}`, () => openStore(surface, state, 'the devices'));
  const devices: VirtualDevice[] = [];
  let network: DeviceNetwork | undefined;
  const teller = new DeviceTeller(surface, report);
  try {
    network = await openDeviceNetwork(surface, options, prefixedStore(store, 'node.'));
    for (const [at, called] of namesOf(name, options.count).entries()) {
      const own = prefixedStore(store, `${at + 1}.`);
      const parts = { ...options, kind, name: called, store: own, network };
      const showPin = (pin: string | undefined): void => teller.pin(called, pin);
      const open = VirtualDevice.open(surface, { ...parts, ...(options.pin === true && { showPin }) });
      const device = await step(`start ${called}`, () => open);
      device.device.onEvent((event) => teller.event(device, event));
      devices.push(device);
    }
    tellRunning(surface, report, devices, network, options);
    await untilEnded(surface, report, teller, devices, options);
  } finally {
    await Promise.all(devices.map((device) => device.close()));
    await network?.close();
    await store.close();
  }
}

function namesOf(name: string, count: number): string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);
}

async function untilEnded(
  surface: Surface,
  report: Report,
  teller: DeviceTeller,
  devices: readonly VirtualDevice[],
  { button, json }: RunOptions,
): Promise<void> {
  const fail = (error: unknown): void => {
    if (json) return report.fail(error);
    for (const line of errorLines(error, styleFor(surface.stderr, surface.env))) surface.stderr.write(`${line}\n`);
  };
  const press = (device: VirtualDevice): void => {
    teller.button(device);
    device.device.reset().catch(fail);
  };
  const stop = button === true ? watchButtons(surface, devices, press, fail) : undefined;
  await interruption(surface);
  stop?.();
}

function tellRunning(
  { stdout }: Surface,
  report: Report,
  devices: readonly VirtualDevice[],
  { name: network, where }: DeviceNetwork,
  { button }: RunOptions,
): void {
  const width = (stdout.columns ?? usualWidth) - 1;
  const rows = devices.map(({ name, kind, device, methods, ports }) => [
    name,
    kind,
    shortId(device.deviceId),
    device.state,
    methods.map((method) => methodWords[method]).join(', '),
    ports.plain.join(','),
    ports.secured.join(','),
  ]);
  const columns = [
    { title: 'name', least: 8 },
    { title: 'kind' },
    { title: 'id' },
    { title: 'state' },
    { title: 'methods', least: 10 },
    { title: 'coap', least: 5 },
    { title: 'coaps', least: 5 },
  ];
  const enter = devices.length === 1 ? 'Enter' : 'a name and Enter';
  const ends = `Ctrl-C ends.${button === true ? ` ${enter}, or SIGUSR2, is the button: a hard reset.` : ''}`;
  report.show({
    event: 'running',
    data: {
      interface: network,
      devices: devices.map(({ name, kind, device, methods, ports }) => {
        return { name, kind, device: device.deviceId, state: device.state, methods, ...ports };
      }),
    },
    lines: [...tableLines(columns, rows, width), ...wrap(`${where} ${ends}`, width), ''],
  });
}
