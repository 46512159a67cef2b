/**
 * A process that is so many OCF lights, each on sockets of its own, their state durable in one store. It tells its
 * parent where they are, and the PINs that they show.
 */
import { prefixedStore, SelvageError, systemEntropy } from '@selvage/core';
import { LogStore, sweepBuffersInPlace, systemClock, type UdpAddress, UdpPort } from '@selvage/core/node';
import { nativeCore, StoredKeyHome } from '@selvage/crypto';
import { deviceKinds, OcfDevice } from '@selvage/ocf';
import { certified, type Manufacturer } from './manufacturer.js';

/** What the process is told when it starts. */
export interface HostSetting {
  readonly devices: number;
  readonly folder: string;
  readonly manufacturer: Manufacturer;
}

/** Where one device is. */
export interface Hosted {
  readonly device: string;
  readonly plain: number;
  readonly secured: number;
}

/** What the process tells. */
export type HostMessage =
  | { readonly kind: 'ready'; readonly hosted: readonly Hosted[] }
  | { readonly kind: 'pin'; readonly index: number; readonly pin: string }
  | { readonly kind: 'memory'; readonly bytes: number };

sweepBuffersInPlace();
const { devices, folder, manufacturer } = JSON.parse(process.argv[2] ?? '') as HostSetting;
const common = { core: nativeCore, entropy: systemEntropy };
const store = await LogStore.open(folder);
process.on('disconnect', () => process.exit());
process.on('message', () => tell({ kind: 'memory', bytes: resident() - before }));
const before = resident();
const hosted: Hosted[] = [];
const held: OcfDevice<UdpAddress>[] = [];
for (let index = 0; index < devices; index += 1) hosted.push(await host(index));
tell({ kind: 'ready', hosted });

async function host(index: number): Promise<Hosted> {
  const own = prefixedStore(store, `light-${index}.`);
  const keys = await StoredKeyHome.open({ ...common, store: prefixedStore(own, 'keys.') });
  const plain = await UdpPort.bind({ address: '127.0.0.1' });
  const secured = await UdpPort.bind({ address: '127.0.0.1' });
  const endpoints = {
    coap: `coap://127.0.0.1:${plain.local.port}`,
    coaps: `coaps://127.0.0.1:${secured.local.port}`,
  };
  const device = await OcfDevice.open<UdpAddress>({
    ...common,
    clock: systemClock,
    store: prefixedStore(own, 'device.'),
    keys,
    plain,
    secured,
    groups: [],
    endpoints: () => endpoints,
    model: deviceKinds.light({ name: `Light ${index}` }),
    manufacturer: await certified(manufacturer, keys),
    showPin: (pin) => pin !== undefined && tell({ kind: 'pin', index, pin }),
  });
  held.push(device);
  return { device: device.deviceId, plain: plain.local.port, secured: secured.local.port };
}

/** Resident bytes of this process after collection. */
function resident(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

function tell(message: HostMessage): void {
  if (process.send === undefined) throw new SelvageError('wrong-state', 'the host has no parent to tell');
  process.send(message);
}
