import type { PeerAddress } from '@selvage/core';
import { MemoryStore } from '@selvage/core/virtual';
import { LocalKeyHome } from '@selvage/crypto';
import { type DeviceModel, OcfDevice } from '../../../src/index.js';
import type { Party as PartyName } from './flows.js';
import { LabWorld } from './lab-world.js';
import { Party } from './party.js';
import type { ReplayedDevice } from './replay.js';

/** A device of ours in the place of one that was captured. */
export interface DevicePlan {
  readonly model: DeviceModel;
  readonly showsPin?: boolean;
  readonly hasManufacturer?: boolean;
}

/** Devices of ours, and the parties that speak with them. */
export class ReplayWorld extends LabWorld {
  readonly devices = new Map<PartyName, ReplayedDevice & { readonly device: OcfDevice<PeerAddress> }>();
  readonly #parties = new Map<PartyName, Party>();

  /** Puts a device into the place of a captured one. */
  async install(name: PartyName, { showsPin = true, hasManufacturer = false, model }: DevicePlan): Promise<void> {
    const open = (kind: string) => this.network.open(`${name} ${kind}`);
    const [plain, secured, group] = [open('plain'), open('secured'), open('group')];
    const { core, entropy, clock } = this;
    const keys = new LocalKeyHome({ core, entropy });
    let pin: string | undefined;
    const showPin = (shown: string | undefined): void => {
      pin = shown;
    };
    const device = await OcfDevice.open({
      ...{ core, entropy, clock, keys, plain, secured, model, groups: [group], store: new MemoryStore() },
      endpoints: () => ({ coap: `coap://[fe80::${name.at(-1)}]:1`, coaps: `coaps://[fe80::${name.at(-1)}]:2` }),
      ...(hasManufacturer && { manufacturer: await this.manufacture(keys) }),
      ...(showsPin && { showPin }),
    });
    const addresses = { plain: plain.address, secured: secured.address, group: group.address };
    this.devices.set(name, { ...addresses, pin: () => pin, device });
  }

  party(name: PartyName): Party {
    const known = this.#parties.get(name);
    if (known !== undefined) return known;
    const party = new Party(name, this, (handle, hash, message) => this.keys.sign({ handle, hash, message }));
    this.#parties.set(name, party);
    return party;
  }
}
