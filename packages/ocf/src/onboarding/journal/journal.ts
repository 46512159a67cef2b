import { type Secret, SelvageError, type Store } from '@selvage/core';
import type { Uuid } from '../../uuid/uuid.js';
import { type DeviceRecord, readDeviceRecord, writeDeviceRecord } from './device-record.js';

const prefix = 'device-';

/** Records that are kept of devices which were seen without an owner, at most; and those of them that are tried again. */
const mostRetired = 64;
const mostTried = 4;

/**
 * The records of all devices: in memory to be read at once, and durable before a change of them is acknowledged. That a
 * device has no owner is said in the clear, by whoever says it: then its record is retired, and its key is not lost.
 */
export class Journal {
  readonly #store: Store;
  readonly #records = new Map<Uuid, DeviceRecord>();
  /** Those retired, the one retired first in front. */
  readonly #retired = new Map<Uuid, DeviceRecord>();

  private constructor(store: Store, records: readonly DeviceRecord[]) {
    this.#store = store;
    for (const record of records) this.#keep(record);
  }

  /** Reads what a store has. @throws SelvageError (rejects) `store-failed`. */
  static async open(store: Store): Promise<Journal> {
    const names = (await store.names()).filter((name) => name.startsWith(prefix));
    const values = await Promise.all(names.map((name) => store.get(name)));
    const records = values.flatMap((value, at) => (value ? [readDeviceRecord(names[at] as string, value)] : []));
    return new Journal(
      store,
      records.sort((a, b) => a.since - b.since),
    );
  }

  /** All records, in the order in which they came. */
  all(): DeviceRecord[] {
    return [...this.#records.values()];
  }

  get(device: Uuid): DeviceRecord | undefined {
    return this.#records.get(device);
  }

  /** @throws SelvageError `not-owned`. */
  require(device: Uuid): DeviceRecord {
    const record = this.#records.get(device);
    if (record !== undefined) return record;
    throw new SelvageError('not-owned', `device ${device} is not owned here`, {
      remedy: 'own it first, or use the tool that owns it',
    });
  }

  /** The key that is shared with a device as its owner. */
  keyOf(device: Uuid): Secret | undefined {
    return this.#records.get(device)?.key;
  }

  /** Resolves when the record is durable; it counts from then on. @throws SelvageError (rejects) `store-failed`. */
  async put(record: DeviceRecord): Promise<DeviceRecord> {
    await this.#store.put(prefix + record.device, writeDeviceRecord(record));
    this.#keep(record);
    return record;
  }

  /** Changes a record. @throws SelvageError (rejects) `not-owned`, `store-failed`. */
  update(device: Uuid, change: Partial<DeviceRecord>): Promise<DeviceRecord> {
    return this.put({ ...this.require(device), ...change });
  }

  /** @throws SelvageError (rejects) `store-failed`. */
  async delete(device: Uuid): Promise<void> {
    await this.#store.delete(prefix + device);
    this.#records.delete(device);
    this.#retired.delete(device);
  }

  /** Takes a device for one without an owner, until it shows that it has us. @throws SelvageError (rejects) `store-failed`. */
  async retire(device: Uuid): Promise<void> {
    await this.update(device, { retired: true });
    const [first] = this.#retired.keys();
    if (this.#retired.size > mostRetired && first !== undefined) await this.delete(first);
  }

  /** The record of a device that was retired. */
  retired(device: Uuid): DeviceRecord | undefined {
    return this.#retired.get(device);
  }

  /** The few records that were retired last: their devices may be silent in the clear. */
  lastRetired(): DeviceRecord[] {
    return [...this.#retired.values()].slice(-mostTried);
  }

  #keep(record: DeviceRecord): void {
    const { device, retired = false } = record;
    const [has, hasNot] = retired ? [this.#retired, this.#records] : [this.#records, this.#retired];
    hasNot.delete(device);
    has.set(device, record);
  }
}

/** Whether a device may be somewhere on its path, rather than at an end of it. */
export function isUnfinished({ stage, pending, pairing }: DeviceRecord): boolean {
  return stage !== 'owned' || pending !== undefined || pairing !== undefined;
}
