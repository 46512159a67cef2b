import type { Clock, Entropy } from '@selvage/core';
import { addressResolver, bestFor, parseUdpAddress, reachOf, type UdpAddress, uriOf } from '@selvage/core/node';
import type { CryptoCore } from '@selvage/crypto';
import { deviceKinds, OcfDevice } from '@selvage/ocf';
import { ActingDevice } from './acting-device.js';
import { type DeviceConfiguration, limitsOf, readConfiguration } from './configuration.js';
import type { GrantedApi, GrantedPort } from '@selvage/hardware';
import { manufacturerCredentials } from './manufacturer-key.js';
import { newsOf } from './news.js';
import { Panel } from './panel.js';
import { peripherals, portNames } from './peripherals.js';

/** What firmware brings along itself: it is nobody's but the process's that it runs in. */
export interface Platform {
  readonly core: CryptoCore;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

/** A device that serves. */
export interface RunningFirmware {
  readonly device: OcfDevice<UdpAddress>;
  /** Says goodbye to all peers; resolves when what was under way is durable. */
  close(): Promise<void>;
}

/**
 * The firmware of a device: it is what the board's configuration says, keeps what it must not forget in the sealed store
 * and its keys in the vault, and has nothing else of the world than what it is granted. An image that is on trial is
 * confirmed once it serves.
 * @throws SelvageError (rejects) as what is granted, and `invalid-value` for a configuration that is none
 */
export async function startFirmware(api: GrantedApi, platform: Platform): Promise<RunningFirmware> {
  const configuration = readConfiguration(api.facts);
  api.log(`firmware of ${configuration.name}, a ${configuration.kind}`);
  const ports = await servingPorts(api, configuration);
  const manufacturer = await manufacturerCredentials(api.keys, configuration.chain);
  const { name, kind, methods } = configuration;
  const device = await OcfDevice.open<UdpAddress>({
    ...platform,
    ...ports,
    keys: api.keys,
    store: api.store,
    endpoints: (from) => ({ coap: uriAt('coap', ports.plain, from), coaps: uriAt('coaps', ports.secured, from) }),
    model: deviceKinds[kind]({ name }),
    manufacturer,
    ...(methods.includes('random-pin') && { showPin: (pin) => api.show(peripherals.display, pin ?? null) }),
    methods,
    attest: (nonce) => api.attest(nonce),
    limits: limitsOf(configuration),
  });
  device.onEvent((event) => api.show(peripherals.console, newsOf(event, device)));
  const panel = new Panel({
    device,
    update: api.update,
    act: () => actingDevice(api, platform, configuration, device),
    answer: (answer) => api.show(peripherals.panel, answer),
    tell: (news) => api.show(peripherals.console, news),
  });
  const close = (): Promise<void> => {
    panel.close();
    return device.close();
  };
  api.onInput((peripheral, value) => {
    if (peripheral === peripherals.panel) void panel.take(value);
  });
  api.onStop(close);
  await api.update.confirm();
  tellRunning(api, configuration, device);
  return { device, close };
}

async function servingPorts(api: GrantedApi, { network }: DeviceConfiguration) {
  const [plain, secured, ...groups] = await Promise.all([
    api.ports(portNames.plain),
    api.ports(portNames.secured),
    ...network.groups.map((_, at) => api.ports(portNames.group(at))),
  ]);
  return { plain, secured, groups };
}

/** The device as a client, with ports of its own that it does not need before. */
async function actingDevice(
  api: GrantedApi,
  platform: Platform,
  { network }: DeviceConfiguration,
  device: OcfDevice<UdpAddress>,
): Promise<ActingDevice> {
  const [plain, secured] = await Promise.all([api.ports(portNames.clientPlain), api.ports(portNames.clientSecured)]);
  return new ActingDevice({
    ...platform,
    ...device.clientCredentials,
    plain,
    secured,
    groups: network.groups.map(parseUdpAddress),
    resolve: addressResolver(network),
  });
}

function uriAt(scheme: 'coap' | 'coaps', { locals }: GrantedPort, from: UdpAddress): string | undefined {
  const own = bestFor(
    locals.map((local) => ({ reach: reachOf(local), local })),
    from,
  );
  return own && uriOf(scheme, own.local);
}

function tellRunning(api: GrantedApi, { methods }: DeviceConfiguration, device: OcfDevice<UdpAddress>): void {
  const { deviceId, state } = device;
  api.show(peripherals.console, { event: 'running', device: deviceId, state, methods });
}
