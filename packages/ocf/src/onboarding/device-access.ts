import { type PeerAddress, SelvageError } from '@selvage/core';
import type { OcfClient } from '../client/client.js';
import type { FoundDevice, ReachableDevice } from '../client/found-device.js';
import { TurnTaking } from '../client/limiter.js';
import type { OcfSession } from '../client/session.js';
import type { Uuid } from '../uuid/uuid.js';
import type { AddressBook } from './address-book.js';
import type { DeviceRecord } from './journal/device-record.js';
import { isUnfinished, type Journal } from './journal/journal.js';
import type { TaskContext } from './provisioning/context.js';
import type { CertificateIssuer } from './provisioning/issuer.js';
import type { Progress } from './step.js';

/** What owned devices are reached with. */
export interface DeviceAccessParts<Address extends PeerAddress> {
  readonly client: OcfClient<Address>;
  readonly journal: Journal;
  readonly book: AddressBook<Address>;
  readonly issuer: CertificateIssuer | undefined;
}

/** Hears of each step. */
export type ProgressListener = ((progress: Progress) => void) | undefined;

/** How long a discovery waits for one device, ms. */
const searchTime = 1500;
/** How long a device is given for a handshake where it was seen last, ms. */
const handshakeTime = 6000;

/** What a device, or whoever answers in its place, says to a key that it does not have. */
const alertsOfStrangers: readonly unknown[] = [
  'unknown_psk_identity',
  'bad_record_mac',
  'decrypt_error',
  'handshake_failure',
];

/** The way to devices that are owned here: one operation on a device at a time, over the session that its key opens. */
export class DeviceAccess<Address extends PeerAddress> {
  readonly parts: DeviceAccessParts<Address>;
  readonly #turns = new TurnTaking();

  constructor(parts: DeviceAccessParts<Address>) {
    this.parts = parts;
  }

  /** Runs an operation on devices when those that were asked for before are over. */
  inTurn<T>(devices: readonly Uuid[], work: () => Promise<T>): Promise<T> {
    const [first, ...rest] = devices.toSorted();
    if (first === undefined) return work();
    return this.#turns.run(first, () => this.inTurn(rest, work));
  }

  /** Runs an operation on a device whose path is at an end. @throws SelvageError (rejects) as {@link session}. */
  onDevice<T>(
    device: Uuid,
    work: (context: TaskContext<Address>) => Promise<T>,
    onProgress?: ProgressListener,
  ): Promise<T> {
    return this.inTurn([device], async () => work(await this.ready(device, onProgress)));
  }

  /** A device whose path is at an end, and the session with it. */
  async ready(device: Uuid, onProgress?: ProgressListener): Promise<TaskContext<Address>> {
    const record = this.parts.journal.require(device);
    if (isUnfinished(record)) throw unfinished(device);
    const session = await this.session(record);
    return this.context(this.parts.journal.require(device), session, { again: false, onProgress });
  }

  /** Where a device is, with a session open. @throws SelvageError (rejects) as {@link session}. */
  reach(device: Uuid): Promise<ReachableDevice<Address>> {
    return this.inTurn([device], async () => {
      const { address } = await this.session(this.parts.journal.require(device));
      return { device, secured: [address] };
    });
  }

  context(
    record: DeviceRecord,
    session: OcfSession<Address>,
    { again, onProgress }: { readonly again: boolean; readonly onProgress?: ProgressListener },
  ): TaskContext<Address> {
    const { issuer } = this.parts;
    return { device: record.device, refusal: 'provisioning-refused', onProgress, session, record, issuer, again };
  }

  /**
   * The session with a device, where it was last, or else where a discovery finds it; the journal has where from then on.
   * @throws SelvageError `device-not-found`; `not-owned` for a device that does not know us any more; `store-failed`.
   */
  async session(record: DeviceRecord): Promise<OcfSession<Address>> {
    const session = await this.#sessionWith(record);
    const endpoint = `coaps://${session.address.key}`;
    if (!record.endpoints.includes(endpoint)) await this.parts.journal.update(record.device, { endpoints: [endpoint] });
    return session;
  }

  async #sessionWith(record: DeviceRecord): Promise<OcfSession<Address>> {
    const { client, book } = this.parts;
    const known = book.reach(record);
    try {
      if (known !== undefined) return await client.session(known, { timeout: handshakeTime });
    } catch (error) {
      if (!isSilence(error)) throw asOwner(error, record.device);
    }
    const found = await this.find(record.device);
    if (found === undefined || found.secured.length === 0) throw notFound(record.device);
    try {
      return await client.session(found, { timeout: handshakeTime });
    } catch (error) {
      throw asOwner(error, record.device);
    }
  }

  /** Looks for one device by its UUID, and notes where it is. */
  async find(device: Uuid): Promise<FoundDevice<Address> | undefined> {
    const { client, book } = this.parts;
    const [found] = await client.discover({ device, listenFor: searchTime, describe: false });
    if (found !== undefined) book.note(found);
    return found;
  }
}

function isSilence(error: unknown): boolean {
  return error instanceof SelvageError && error.code === 'handshake-timeout';
}

/** A device that refuses its owner's key has another owner, or none. */
function asOwner(cause: unknown, device: Uuid): unknown {
  if (!(cause instanceof SelvageError)) return cause;
  if (cause.code === 'handshake-timeout') return notFound(device, cause);
  const isStranger = cause.code === 'unknown-psk-identity' || alertsOfStrangers.includes(cause.details?.['alert']);
  if (!isStranger) return cause;
  return new SelvageError('not-owned', `device ${device} does not take its owner's key any more`, {
    cause,
    details: { device },
    remedy: 'it was reset at the device: forget it, discover it and own it again',
  });
}

function unfinished(device: Uuid): SelvageError {
  return new SelvageError('wrong-state', `an earlier operation on device ${device} was broken off`, {
    details: { device },
    remedy: 'resume first: that brings the device to a state that is known',
  });
}

function notFound(device: Uuid, cause?: SelvageError): SelvageError {
  return new SelvageError('device-not-found', `device ${device} is not reached`, {
    ...(cause && { cause }),
    details: { device },
    remedy: 'see that it is powered and on this network',
  });
}
