import { fromJson, SelvageError, toJson } from '@selvage/core';
import type { ChosenInterface, UdpAddress } from '@selvage/core/node';
import { nativeCore } from '@selvage/crypto';
import { OcfClient, type ReachableDevice, type Uuid } from '@selvage/ocf';
import type { VirtualDevice } from '../../../ocf/device/virtual-device.js';
import { openClientPorts } from '../../../ocf/network/client-ports.js';
import type { Surface } from '../../../terminal/surface.js';
import type { Asked, OrderContents } from './order.js';

/** How long another device is looked for, ms. */
const searchTime = 1500;

/** A virtual device as the client of others: it goes by what its owner gave it, and by nothing else. */
export class ActingDevice {
  readonly #surface: Surface;
  readonly #client: OcfClient<UdpAddress>;
  readonly #known = new Map<Uuid, ReachableDevice<UdpAddress>>();

  private constructor(surface: Surface, client: OcfClient<UdpAddress>) {
    this.#surface = surface;
    this.#client = client;
  }

  /** @throws SelvageError as a port. */
  static async open(surface: Surface, { device }: VirtualDevice, chosen: ChosenInterface): Promise<ActingDevice> {
    const { entropy, clock } = surface;
    const ports = await openClientPorts(chosen);
    const { clientCredentials } = device;
    return new ActingDevice(
      surface,
      new OcfClient<UdpAddress>({ ...ports, ...clientCredentials, core: nativeCore, entropy, clock }),
    );
  }

  /**
   * Asks another device, whatever its answer.
   * @throws SelvageError (rejects) `device-not-found`, and as a session of {@link OcfClient}.
   */
  async ask({ to, method, path, values }: Extract<OrderContents, { do: 'ask' }>): Promise<Asked> {
    const { clock } = this.#surface;
    const since = clock.now();
    const session = await this.#client.session(await this.#find(to));
    const request = { method, path, ...(values && { value: fromJson(values) }) };
    const answer = await session.request(request);
    const milliseconds = clock.now() - since;
    return { code: answer.code, values: toJson(answer.value), proof: session.peer.kind, milliseconds };
  }

  close(): void {
    this.#client.close();
  }

  async #find(device: Uuid): Promise<ReachableDevice<UdpAddress>> {
    const found = this.#known.get(device) ?? (await this.#discover(device));
    if (found === undefined) throw new SelvageError('device-not-found', `device ${device} does not answer`);
    this.#known.set(device, found);
    return found;
  }

  /** The first answer is enough. */
  #discover(device: Uuid): Promise<ReachableDevice<UdpAddress> | undefined> {
    return new Promise((resolve, reject) => {
      const query = { device, describe: false, listenFor: searchTime, onFound: resolve };
      this.#client.discover(query).then(([found]) => resolve(found), reject);
    });
  }
}
