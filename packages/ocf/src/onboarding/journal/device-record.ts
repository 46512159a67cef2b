import { decodeCbor, encodeCbor, FormatError, Secret, SelvageError } from '@selvage/core';
import { listOf } from '../../property/list.js';
import { oneOf } from '../../property/one-of.js';
import type { Valued } from '../../property/property-type.js';
import { optional, record } from '../../property/record.js';
import { mapped } from '../../property/refined.js';
import { boolean, integer } from '../../property/scalars.js';
import { bytes, text } from '../../property/text.js';
import { uuid } from '../../property/uuid.js';
import { type TransferMethod, transferMethods } from '../../security/transfer-method.js';
import { provisioningTask } from '../provisioning/task.js';
import { attestedFacts } from './attested-facts.js';

const methods = Object.keys(transferMethods) as [TransferMethod, ...TransferMethod[]];

const certificate = record({ serial: text(), notAfter: integer() });

const secret = mapped(bytes({ minimum: 16, maximum: 32 }), {
  read: (value) => Secret.of(value),
  write: (value: Secret) => value.reveal(),
});

/** What a tool keeps of one device: all that is needed to go on after it was killed anywhere on the device's path. */
const deviceRecord = record({
  version: oneOf([1]),
  /** The UUID that the tool gave the device. */
  device: uuid,
  /**
   * `transferring`: the device may have us as its owner, or none. `owned`: it has us. `releasing`: it was, or will be,
   * told to reset, and may have us still.
   */
  stage: oneOf(['transferring', 'owned', 'releasing']),
  method: oneOf(methods),
  /** The owner's key. */
  key: secret,
  /** What the device called itself while it had no owner. */
  former: uuid,
  /** Its `piid`, by which it is known again after a reset. */
  platform: optional(uuid),
  name: optional(text()),
  /** Where it took secured sessions last, as URIs. */
  endpoints: listOf(text()),
  /** When it was owned, milliseconds since 1970. */
  since: integer(),
  /** Whether it was seen without an owner: kept all the same, for anybody could have said that. */
  retired: optional(boolean),
  /** What is being provisioned: until it is done the device may be out of RFNOP. Absent where nothing is. */
  pending: optional(listOf(provisioningTask)),
  /** A device with which it is being given a key. */
  pairing: optional(uuid),
  /** Devices that it shares a key with. */
  peers: optional(listOf(uuid)),
  identity: optional(certificate),
  roles: optional(listOf(record({ role: text(), authority: optional(text()), serial: text(), notAfter: integer() }))),
  /** The common name in the manufacturer's certificate, and where it says the device's traffic is described. */
  manufacturer: optional(record({ subject: text(), mudUrl: optional(text()) })),
  /** What it proved to have been booted from, where it was asked. */
  attested: optional(attestedFacts),
});

/** One device, as a tool knows it. */
export type DeviceRecord = Valued<typeof deviceRecord>;

/** The bytes of a record, for a store. They hold the owner's key. */
export function writeDeviceRecord(value: DeviceRecord): Uint8Array {
  return encodeCbor(deviceRecord.write(value));
}

/** @throws SelvageError `store-failed` for bytes that are no record. */
export function readDeviceRecord(name: string, value: Uint8Array): DeviceRecord {
  try {
    return deviceRecord.read(decodeCbor(value));
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new SelvageError('store-failed', `the onboarding record ${name} is damaged: ${cause.message}`, {
      cause,
      remedy: 'restore the store from a backup: without its record the device can only be reset at the device',
    });
  }
}
