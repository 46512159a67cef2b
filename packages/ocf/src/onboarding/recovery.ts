import { type PeerAddress, SelvageError } from '@selvage/core';
import type { OcfClient } from '../client/client.js';
import { pskSecurity } from '../client/credentials.js';
import type { FoundDevice } from '../client/found-device.js';
import type { OcfSession } from '../client/session.js';
import { type DeviceStateName, deviceStateOf } from '../security/device-state.js';
import { securityPaths } from '../security/paths.js';
import { readPstat } from '../security/pstat.js';
import type { Uuid } from '../uuid/uuid.js';
import type { AddressBook } from './address-book.js';
import type { DeviceRecord } from './journal/device-record.js';
import type { Journal } from './journal/journal.js';
import { carryOutTasks } from './provisioning/carry-out.js';
import type { TaskContext } from './provisioning/context.js';
import { endPairing } from './provisioning/pair.js';
import { releaseDevice, type ReleaseSetting } from './reset.js';
import { carryOut, carryOutAll } from './step.js';
import { enterStep, firstAccessSteps } from './transfer/steps.js';

/**
 * What became of a device whose path had been broken off: it was brought to the end of the path, or back to its start, or
 * it could not be reached, and waits for the next run.
 */
export type ResumedOutcome = 'finished' | 'undone' | 'unknown';

/** A device and what became of it. */
export interface Resumption {
  readonly device: Uuid;
  readonly outcome: ResumedOutcome;
  /** Why it was not brought to an end, or what the device did without on its way. */
  readonly error?: SelvageError | undefined;
}

/** What paths are taken up again with. */
export interface RecoverySetting<Address extends PeerAddress> extends Omit<ReleaseSetting<Address>, 'plain'> {
  readonly client: OcfClient<Address>;
  readonly journal: Journal;
  readonly book: AddressBook<Address>;
  readonly owner: Uuid;
  context(record: DeviceRecord, session: OcfSession<Address>): TaskContext<Address>;
}

/** How long a device is given to open a session that it may not open at all, ms. */
const probeTime = 4000;

/**
 * Takes up one device's path where it was broken off. On which side of the boundary the device is, it shows itself: if a
 * session opens with the owner's key, it has its owner; if it is seen un-owned and the key opens nothing, it has not, as far
 * as can be known: its record is retired. A device that shows neither keeps its record.
 * @param seen what a discovery of all devices has just found.
 */
export async function resumeDevice<Address extends PeerAddress>(
  record: DeviceRecord,
  seen: readonly FoundDevice<Address>[],
  setting: RecoverySetting<Address>,
): Promise<Resumption> {
  const { device } = record;
  const isUndone = seen.some((found) => isFormer(found, record)) || isSuperseded(record, setting.journal);
  try {
    const session = await probe(record, seen, setting);
    if (session !== undefined) return { device, ...(await goOn(record, session, setting)) };
    if (!isUndone) return { device, outcome: 'unknown', error: notFound(device) };
    await setting.journal.retire(device);
    return { device, outcome: 'undone' };
  } catch (error) {
    if (error instanceof SelvageError) return { device, outcome: 'unknown', error };
    throw error;
  }
}

/** The session that the owner's key opens; `undefined` where it opens none. */
export async function probe<Address extends PeerAddress>(
  record: DeviceRecord,
  seen: readonly FoundDevice<Address>[],
  { client, book, owner }: Pick<RecoverySetting<Address>, 'client' | 'book' | 'owner'>,
): Promise<OcfSession<Address> | undefined> {
  for (const found of seen) if (found.device === record.device) book.note(found);
  const at = book.reach(record);
  if (at === undefined) return undefined;
  try {
    return await client.open(at, { ...pskSecurity(record.device, owner, record.key), timeout: probeTime });
  } catch (error) {
    if (error instanceof SelvageError) return undefined;
    throw error;
  }
}

/** The device has us as its owner: its path is followed to the end, though not all may be had on it. */
async function goOn<Address extends PeerAddress>(
  record: DeviceRecord,
  session: OcfSession<Address>,
  setting: RecoverySetting<Address>,
): Promise<Omit<Resumption, 'device'>> {
  const context = setting.context(record, session);
  try {
    switch (record.stage) {
      case 'releasing':
        await releaseDevice(context, { ...setting, plain: setting.book.plain(record.device) });
        return { outcome: 'undone' };
      case 'transferring':
        return { outcome: 'finished', error: await finishTransfer(context, setting) };
      case 'owned': {
        const error = await finishProvisioning(context, setting);
        return { outcome: record.pairing === undefined ? 'finished' : 'undone', error };
      }
    }
  } finally {
    session.close();
  }
}

async function finishTransfer<Address extends PeerAddress>(
  context: TaskContext<Address>,
  { owner, journal }: RecoverySetting<Address>,
): Promise<SelvageError | undefined> {
  const { session, record } = context;
  const { pending = [] } = record;
  const state = await stateOf(context);
  // The first entries are written before the device enters RFNOP: there they are, with whatever was added since.
  if (state !== 'RFNOP') {
    if (state !== 'RFPRO') await carryOut(session, enterStep('RFPRO'), context);
    await carryOutAll(session, firstAccessSteps(owner), context);
  } else if (pending.length > 0) {
    await carryOut(session, enterStep('RFPRO'), context);
  }
  const { change, failure } = await carryOutTasks(pending, context);
  await carryOut(session, enterStep('RFNOP'), context);
  await journal.put({ ...record, ...change, stage: 'owned', pending: undefined });
  return failure;
}

async function finishProvisioning<Address extends PeerAddress>(
  context: TaskContext<Address>,
  { journal }: RecoverySetting<Address>,
): Promise<SelvageError | undefined> {
  const { session, record } = context;
  if (record.pairing !== undefined) await endPairing(context, journal);
  const { pending } = record;
  if (pending === undefined) return undefined;
  await carryOut(session, enterStep('RFPRO'), context);
  const { change, failure } = await carryOutTasks(pending, context);
  await carryOut(session, enterStep('RFNOP'), context);
  await journal.update(record.device, { ...change, pending: undefined });
  return failure;
}

async function stateOf<Address extends PeerAddress>(
  context: TaskContext<Address>,
): Promise<DeviceStateName | undefined> {
  const request = { method: 'GET', path: securityPaths.pstat } as const;
  const { value } = await carryOut(context.session, { name: 'read the state of the device (pstat)', request }, context);
  return deviceStateOf(readPstat(value).dos.s);
}

/**
 * Whether an un-owned device is the one of the record: by what a reset leaves as it is, by where it is, or by its name
 * where it has not reset yet.
 */
function isFormer<Address extends PeerAddress>(found: FoundDevice<Address>, record: DeviceRecord): boolean {
  if (found.owned !== false) return false;
  const { former, platform, endpoints } = record;
  if (found.device === former) return true;
  if (platform !== undefined && found.platform !== undefined) return found.platform === platform;
  return found.secured.some(({ key }) => endpoints.includes(`coaps://${key}`));
}

/** Whether the device was owned once more since, and so was reset in between. */
function isSuperseded({ device, platform, since }: DeviceRecord, journal: Journal): boolean {
  const isNewer = (other: DeviceRecord): boolean =>
    other.device !== device && other.stage === 'owned' && other.platform === platform && other.since >= since;
  return platform !== undefined && journal.all().some(isNewer);
}

function notFound(device: Uuid): SelvageError {
  return new SelvageError('device-not-found', `device ${device} shows neither that it is owned nor that it is not`, {
    details: { device },
    remedy: 'see that it is powered and on this network; after an abandoned transfer it frees itself within minutes',
  });
}
