import { type PeerAddress, SelvageError } from '@selvage/core';
import type { FoundDevice } from '../../client/found-device.js';
import { Limiter } from '../../client/limiter.js';
import type { Uuid } from '../../uuid/uuid.js';
import type { DeviceAccess } from '../device-access.js';
import type { DeviceRecord } from '../journal/device-record.js';
import { type OwnedDevice, ownedDevice } from '../owned-device.js';
import { type RecoverySetting, resumeDevice } from '../recovery.js';
import { isRefusal } from '../step.js';
import { Transfer, type TransferOptions, type TransferSetting } from './transfer.js';

/** What became of one of many devices. */
export type OwnedOrNot<Address extends PeerAddress> =
  | { readonly found: FoundDevice<Address>; readonly owned: OwnedDevice }
  | { readonly found: FoundDevice<Address>; readonly error: SelvageError };

/** How many devices are owned. */
export interface OwnAllOptions<Address extends PeerAddress> extends TransferOptions<Address> {
  /** Devices at a time; 16 by default. */
  readonly concurrency?: number | undefined;
  /** Hears what became of each. */
  readonly onDevice?: ((result: OwnedOrNot<Address>) => void) | undefined;
}

const defaultConcurrency = 16;

/** What devices are taken over with. */
export interface TakeoverSetting<Address extends PeerAddress> {
  readonly access: DeviceAccess<Address>;
  readonly transfer: TransferSetting<Address>;
  readonly recovery: RecoverySetting<Address>;
}

/** Takes devices over, and settles what fails on the way. */
export class Takeovers<Address extends PeerAddress> {
  readonly #setting: TakeoverSetting<Address>;
  readonly #transfers = new Set<Transfer<Address>>();

  constructor(setting: TakeoverSetting<Address>) {
    this.#setting = setting;
  }

  /** The devices that are being taken over now, by their new UUIDs. */
  underWay(): ReadonlySet<Uuid | undefined> {
    return new Set([...this.#transfers].map(({ record }) => record?.device));
  }

  /** See `OnboardingTool.own`. */
  own(found: FoundDevice<Address>, options: TransferOptions<Address> = {}): Promise<OwnedDevice> {
    return this.#setting.access.inTurn([found.device], async () => {
      const transfer = new Transfer(this.#setting.transfer, found, options);
      this.#transfers.add(transfer);
      try {
        return ownedDevice(await this.#takeOver(transfer, found));
      } finally {
        this.#transfers.delete(transfer);
      }
    });
  }

  /** See `OnboardingTool.ownAll`. */
  ownAll(found: readonly FoundDevice<Address>[], options: OwnAllOptions<Address> = {}): Promise<OwnedOrNot<Address>[]> {
    const { concurrency = defaultConcurrency, onDevice, ...transferOptions } = options;
    const limiter = new Limiter(concurrency);
    const ownOne = async (one: FoundDevice<Address>): Promise<OwnedOrNot<Address>> => {
      const result = await this.#outcomeOf(one, transferOptions);
      onDevice?.(result);
      return result;
    };
    return Promise.all(found.map((one) => limiter.run(() => ownOne(one))));
  }

  /** See `OnboardingTool.requestPin`. */
  requestPin(found: FoundDevice<Address>): Promise<void> {
    return this.#setting.access.inTurn([found.device], () =>
      new Transfer(this.#setting.transfer, found, {}).requestPin(),
    );
  }

  async #outcomeOf(found: FoundDevice<Address>, options: TransferOptions<Address>): Promise<OwnedOrNot<Address>> {
    try {
      return { found, owned: await this.own(found, options) };
    } catch (error) {
      if (error instanceof SelvageError) return { found, error };
      throw error;
    }
  }

  async #takeOver(transfer: Transfer<Address>, found: FoundDevice<Address>): Promise<DeviceRecord> {
    try {
      const record = await transfer.run();
      this.#setting.recovery.book.note({ ...found, owned: true }, record.device);
      return record;
    } catch (error) {
      return this.#settle(transfer, found, error);
    }
  }

  /** A transfer that failed leaves the device un-owned and forgotten, or owned, or else in the journal. */
  async #settle(transfer: Transfer<Address>, found: FoundDevice<Address>, error: unknown): Promise<DeviceRecord> {
    const { record, mayBeOwned } = transfer;
    const { journal, book, client } = this.#setting.recovery;
    if (record === undefined) throw error;
    if (!mayBeOwned) {
      await journal.delete(record.device);
      throw error;
    }
    book.note({ ...found, owned: true }, record.device);
    // Owned it is, though a task failed.
    if (record.stage === 'owned') throw error;
    // A device that refuses what its owner must have is let go again.
    const stage = isRefusal(error) ? 'releasing' : record.stage;
    const current = await journal.update(record.device, { stage });
    const { outcome } = await resumeDevice(current, await client.discover(), this.#setting.recovery);
    if (outcome === 'finished') return journal.require(record.device);
    throw outcome === 'undone' ? error : outcomeUnknown(record.device, error);
  }
}

function outcomeUnknown(device: Uuid, cause: unknown): SelvageError {
  return new SelvageError('outcome-unknown', `device ${device} fell silent when it may have had its owner already`, {
    cause,
    details: { device },
    remedy: 'see that it is powered, and resume: its key is kept until its state is known',
  });
}
