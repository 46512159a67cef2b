import { prefixedStore } from '@selvage/core';
import { chooseInterface, type SharedPort, type UdpAddress } from '@selvage/core/node';
import type { Report } from '../../../ca/report.js';
import { step } from '../../../ca/step.js';
import { DeviceTeller } from '../../../ocf/device/device-teller.js';
import { VirtualDevice, type VirtualDeviceOptions } from '../../../ocf/device/virtual-device.js';
import { openStore } from '../../../ocf/open-store.js';
import { InputLines } from '../../../terminal/input-lines.js';
import type { Surface } from '../../../terminal/surface.js';
import { type RosterDevice, roster } from '../roster.js';
import { Actors } from './actors.js';
import { listenToGroups } from './listening.js';
import { type Order, readOrder } from './order.js';

export interface SiteDevicesOptions {
  /** The folder of what the devices keep. */
  readonly state: string;
  readonly interface?: string;
}

/** Eight devices need no two seconds to keep their answers apart, and on this host nothing real takes longer, ms. */
const limits = { ownershipLeisure: 400, leisure: 100, grace: 250 };

/**
 * The devices of the show, in a process of their own: they tell what happens to them on standard output and take orders
 * from standard input, one JSON object a line each, until it ends; so they never outlive who started them.
 * @throws SelvageError that names the step.
 */
export async function runSiteDevices(surface: Surface, report: Report, options: SiteDevicesOptions): Promise<void> {
  const chosen = await step('choose the interface', () => chooseInterface(options.interface));
  const store = await step('open what the devices keep', () => openStore(surface, options.state, 'the devices'));
  const devices: VirtualDevice[] = [];
  const actors = new Actors(surface, report, chosen);
  let groups: SharedPort<UdpAddress>[] = [];
  try {
    groups = await step('listen to the groups', () => listenToGroups(chosen));
    const teller = new DeviceTeller(surface, report);
    for (const one of roster) {
      const parts = partsOf(one, (pin) => teller.pin(one.name, pin));
      const own = prefixedStore(store, `${one.name}.`);
      const device = await step(`start ${one.name}`, () =>
        VirtualDevice.open(surface, { ...parts, store: own, chosen, groups }),
      );
      devices.push(device);
      device.device.onEvent((event) => teller.event(device, event));
      actors.add(device);
    }
    tellRunning(report, devices);
    await takeOrders(surface, report, actors);
  } finally {
    await actors.close();
    await Promise.all(devices.map((device) => device.close()));
    for (const group of groups) group.close();
    await store.close();
  }
}

function partsOf(
  { name, kind, offers }: RosterDevice,
  showPin: (pin: string | undefined) => void,
): Omit<VirtualDeviceOptions, 'store' | 'chosen' | 'groups'> {
  return {
    name,
    kind,
    limits,
    justWorks: offers.includes('just-works'),
    ...(offers.includes('random-pin') && { showPin }),
    ...(offers.includes('manufacturer-certificate') && { manufacturer: 'demo' }),
  };
}

function tellRunning(report: Report, devices: readonly VirtualDevice[]): void {
  const told = devices.map(({ name, kind, device, methods }) => {
    return { name, kind, device: device.deviceId, state: device.state, methods };
  });
  report.show({ event: 'running', data: { pid: process.pid, devices: told }, lines: [] });
}

async function takeOrders({ stdin }: Surface, report: Report, actors: Actors): Promise<void> {
  const input = new InputLines(stdin);
  for (let line = await input.next(); line !== undefined; line = await input.next()) {
    void carryOut(readOrder(line), report, actors);
  }
}

async function carryOut(order: Order, report: Report, actors: Actors): Promise<void> {
  const answer = await actors.carryOut(order).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  report.show({ event: 'answer', data: { order: order.order, ...answer }, lines: [] });
}
