import { prefixedStore, SelvageError, type Store } from '@selvage/core';
import { type UdpAddress, uriOf } from '@selvage/core/node';
import { nativeCore, StoredKeyHome } from '@selvage/crypto';
import { type DeviceKind, deviceKinds, type DeviceLimits, OcfDevice, type TransferMethod } from '@selvage/ocf';
import type { Surface } from '../../terminal/surface.js';
import { type AboutDevice, readAbout, writeAbout } from './about.js';
import type { DeviceNetwork, DevicePort } from './device-network.js';
import { manufacturerCredentials } from './manufacturer.js';

/** What a virtual device is made of. */
export interface VirtualDeviceOptions {
  readonly kind: DeviceKind;
  readonly name: string;
  /** Where it keeps all that it must not forget. */
  readonly store: Store;
  readonly network: DeviceNetwork;
  /** `demo`, or the folder with its manufacturer's certificate and key. */
  readonly manufacturer?: string | undefined;
  /** Shows a PIN; without it there is no transfer by Random PIN. */
  readonly showPin?: ((pin: string | undefined) => void) | undefined;
  readonly justWorks: boolean;
  readonly limits?: Partial<DeviceLimits> | undefined;
}

/** A real OCF device on this host, without the thing around it. */
export class VirtualDevice {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly device: OcfDevice<UdpAddress>;
  readonly methods: readonly TransferMethod[];
  readonly #ports: readonly [plain: DevicePort, secured: DevicePort];

  private constructor(
    { name, kind }: VirtualDeviceOptions,
    device: OcfDevice<UdpAddress>,
    methods: readonly TransferMethod[],
    ports: readonly [DevicePort, DevicePort],
  ) {
    this.name = name;
    this.kind = kind;
    this.device = device;
    this.methods = methods;
    this.#ports = ports;
  }

  /**
   * Starts it: new, or as it was when it ended.
   * @throws SelvageError `wrong-state` where the store is of a device of another kind, `store-failed`, and as its ports and
   *   its manufacturer's certificate.
   */
  static async open(surface: Surface, options: VirtualDeviceOptions): Promise<VirtualDevice> {
    const { kind, store, network } = options;
    const before = await readAbout(store);
    if (before !== undefined && before.kind !== kind) throw anotherKind(options, before);
    const plain = await network.open(before?.plain);
    const secured = await network.open(before?.secured);
    try {
      return await VirtualDevice.#start(surface, options, before, [plain, secured]);
    } catch (error) {
      plain.close();
      secured.close();
      throw error;
    }
  }

  static async #start(
    surface: Surface,
    options: VirtualDeviceOptions,
    before: AboutDevice | undefined,
    ports: readonly [DevicePort, DevicePort],
  ): Promise<VirtualDevice> {
    const { kind, name, store, network, manufacturer: wanted, showPin, justWorks, limits } = options;
    const [plain, secured] = ports;
    const { entropy, clock } = surface;
    const common = { core: nativeCore, entropy };
    const keys = await StoredKeyHome.open({ ...common, store: prefixedStore(store, 'keys.') });
    const manufacturer = await manufacturerCredentials(surface, {
      manufacturer: wanted,
      name,
      keys,
      chain: before?.chain,
    });
    const methods = methodsOf({
      justWorks,
      hasPin: showPin !== undefined,
      hasManufacturer: manufacturer !== undefined,
    });
    await writeAbout(store, { kind, plain: plain.numbers, secured: secured.numbers, chain: manufacturer?.chain });
    const device = await OcfDevice.open<UdpAddress>({
      ...common,
      clock,
      store: prefixedStore(store, 'device.'),
      keys,
      plain,
      secured,
      groups: network.groups.map((group) => group.part()),
      endpoints: (from) => ({ coap: uriAt('coap', plain, from), coaps: uriAt('coaps', secured, from) }),
      model: deviceKinds[kind]({ name }),
      manufacturer,
      showPin,
      methods,
      limits,
    });
    return new VirtualDevice(options, device, methods, ports);
  }

  /** Its unsecured and its secured ports, address by address. */
  get ports(): { readonly plain: readonly number[]; readonly secured: readonly number[] } {
    const [plain, secured] = this.#ports;
    return { plain: plain.numbers, secured: secured.numbers };
  }

  close(): Promise<void> {
    return this.device.close();
  }
}

function uriAt(scheme: 'coap' | 'coaps', port: DevicePort, from: UdpAddress): string | undefined {
  const own = port.localFor(from);
  return own && uriOf(scheme, own);
}

interface Offer {
  readonly justWorks: boolean;
  readonly hasPin: boolean;
  readonly hasManufacturer: boolean;
}

/** The best first. */
function methodsOf({ justWorks, hasPin, hasManufacturer }: Offer): TransferMethod[] {
  const methods: TransferMethod[] = [
    ...(hasManufacturer ? (['manufacturer-certificate'] as const) : []),
    ...(hasPin ? (['random-pin'] as const) : []),
    ...(justWorks ? (['just-works'] as const) : []),
  ];
  if (methods.length > 0) return methods;
  throw new SelvageError('invalid-argument', 'without Just Works the device has no owner transfer method left', {
    remedy: 'add --pin or --manufacturer',
  });
}

function anotherKind({ kind, name }: VirtualDeviceOptions, before: AboutDevice): SelvageError {
  return new SelvageError('wrong-state', `${name} is a ${before.kind}, not a ${kind}`, {
    remedy: `run it as device run ${before.kind}, or name this one otherwise: --name`,
  });
}
