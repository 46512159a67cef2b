import { type Secret, SelvageError, type Store } from '@selvage/core';
import type { Uuid } from '../../uuid/uuid.js';
import { type DeviceRecord, readDeviceRecord, writeDeviceRecord } from './device-record.js';

const prefix = 'device-';

/** The records of all devices: in memory to be read at once, and durable before a change of them is acknowledged. */
export class Journal {
  readonly #store: Store;
  readonly #records: Map<Uuid, DeviceRecord>;

  private constructor(store: Store, records: Map<Uuid, DeviceRecord>) {
    this.#store = store;
    this.#records = records;
  }

  /** Reads what a store has. @throws SelvageError (rejects) `store-failed`. */
  static async open(store: Store): Promise<Journal> {
    const names = (await store.names()).filter((name) => name.startsWith(prefix));
    const values = await Promise.all(names.map((name) => store.get(name)));
    const records = new Map<Uuid, DeviceRecord>();
    for (const [at, value] of values.entries()) {
      if (value === undefined) continue;
      const record = readDeviceRecord(names[at] as string, value);
      records.set(record.device, record);
    }
    return new Journal(store, records);
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
    this.#records.set(record.device, record);
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
  }
}

/** Whether a device may be somewhere on its path, rather than at an end of it. */
export function isUnfinished({ stage, pending, pairing }: DeviceRecord): boolean {
  return stage !== 'owned' || pending !== undefined || pairing !== undefined;
}
