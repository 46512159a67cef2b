import { type CoapUri, parseCoapUri } from '@selvage/coap';
import { type PeerAddress, SelvageError } from '@selvage/core';
import { type FoundDevice, merged, type ReachableDevice } from '../client/found-device.js';
import type { Uuid } from '../uuid/uuid.js';
import type { DeviceRecord } from './journal/device-record.js';

/** Where the devices are: where they were seen last, or else where the journal has them. */
export class AddressBook<Address extends PeerAddress> {
  readonly #resolve: (uri: CoapUri, from: Address | undefined) => Address | undefined;
  readonly #seen = new Map<Uuid, FoundDevice<Address>>();

  constructor(resolve: (uri: CoapUri, from: Address | undefined) => Address | undefined) {
    this.#resolve = resolve;
  }

  /** Notes where a device was seen now; `device` where it has another name since. */
  note(found: FoundDevice<Address>, device: Uuid = found.device): void {
    const before = this.#seen.get(device);
    const now = { ...found, device };
    this.#seen.set(device, before === undefined ? now : merged(now, before));
  }

  forget(device: Uuid): void {
    this.#seen.delete(device);
  }

  /**
   * Where a device takes secured sessions: where it was seen last, and where its owner had a session with it last, for
   * anybody could say that it was seen elsewhere; `undefined` where nothing is known.
   */
  reach({ device, endpoints }: DeviceRecord): ReachableDevice<Address> | undefined {
    const seen = this.#seen.get(device)?.secured ?? [];
    const keys = new Set(seen.map(({ key }) => key));
    const before = endpoints.flatMap((uri) => this.#addressOf(uri) ?? []).filter(({ key }) => !keys.has(key));
    const secured = [...seen, ...before];
    return secured.length === 0 ? undefined : { device, secured };
  }

  /** Where it answers unsecured, as far as it was seen. */
  plain(device: Uuid): readonly Address[] {
    return this.#seen.get(device)?.plain ?? [];
  }

  #addressOf(uri: string): Address | undefined {
    try {
      return this.#resolve(parseCoapUri(uri), undefined);
    } catch (error) {
      if (error instanceof SelvageError) return undefined;
      throw error;
    }
  }
}
