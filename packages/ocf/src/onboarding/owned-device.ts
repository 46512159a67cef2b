import type { DeviceRecord } from './journal/device-record.js';

/** A device that is owned here, or that may be: what its record says, but for its key. */
export type OwnedDevice = Omit<DeviceRecord, 'key' | 'version'>;

/** What may be shown of a record. */
export function ownedDevice({ key: _key, version: _version, ...device }: DeviceRecord): OwnedDevice {
  return device;
}
