import { type Clock, givingUpAfter, type PeerAddress, SelvageError } from '@selvage/core';
import type { OcfClient } from '../client/client.js';
import type { OcfSession } from '../client/session.js';
import { readDoxm } from '../security/doxm.js';
import type { Journal } from './journal/journal.js';
import type { TaskContext } from './provisioning/context.js';
import { carryOut, isLost } from './step.js';
import { enterStep, readOwnership } from './transfer/steps.js';

/** What a device is released with. */
export interface ReleaseSetting<Address extends PeerAddress> {
  readonly client: OcfClient<Address>;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Where the device answers unsecured, as far as that is known. */
  readonly plain: readonly Address[];
}

/** The reference resets itself two seconds after it was told to, and closes its sessions then; ms. */
const resetTime = 6000;
/** How long a device is asked whether it has an owner still, and how long between two questions, ms. */
const [patience, interval] = [10_000, 100];

/**
 * Resets a device that is owned here (state RESET): it forgets its owner and all that was provisioned. The owner's key is
 * kept until the device is known to have done so.
 * @throws SelvageError (rejects) `outcome-unknown` where nothing shows that it has; and as {@link carryOut}.
 */
export async function releaseDevice<Address extends PeerAddress>(
  context: TaskContext<Address>,
  setting: ReleaseSetting<Address>,
): Promise<void> {
  const { session, record } = context;
  const { journal, client, clock } = setting;
  await journal.update(record.device, { stage: 'releasing' });
  const wasTold = await tell(context, journal);
  const saidGoodbye = await closedWithin(session, clock, resetTime);
  // Anybody can say unsecured that a device has no owner: it counts only after a device that was told, or that said goodbye.
  const isReset = (wasTold || saidGoodbye) && (await isUnowned(setting, saidGoodbye));
  if (!isReset) throw stillOwned(record.device);
  client.disconnect(record.device);
  await journal.delete(record.device);
}

/** Whether the device has answered: it may have closed the session in place of that. One that refuses stays what it was. */
async function tell<Address extends PeerAddress>(context: TaskContext<Address>, journal: Journal): Promise<boolean> {
  try {
    await carryOut(context.session, enterStep('RESET'), context);
    return true;
  } catch (error) {
    if (isLost(error)) return false;
    const { device, stage, pending } = context.record;
    // Where it was on its way already, it is to be brought to normal operation first.
    await journal.update(device, { stage: 'owned', pending: stage === 'owned' ? pending : (pending ?? []) });
    throw error;
  }
}

/**
 * What the device says itself counts most; where it cannot be asked, that it said goodbye. Some say so before their reset is
 * done, and refuse until then.
 */
async function isUnowned<Address extends PeerAddress>(
  { client, plain, clock }: ReleaseSetting<Address>,
  saidGoodbye: boolean,
): Promise<boolean> {
  const [to] = plain;
  if (to === undefined) return saidGoodbye;
  const deadline = clock.now() + patience;
  try {
    for (;;) {
      const { code, value } = await client.plainRequest(to, readOwnership.request, { timeout: patience });
      if (code === '2.05') return !readDoxm(value).owned;
      if (code !== '4.01' || clock.now() >= deadline) return false;
      await pause(clock, interval);
    }
  } catch (error) {
    if (error instanceof SelvageError) return saidGoodbye;
    throw error;
  }
}

function pause(clock: Clock, time: number): Promise<void> {
  return new Promise((resolve) => void clock.wakeAt(clock.now() + time, resolve));
}

/** Whether a session ends, by the peer's goodbye, within a time in ms. */
function closedWithin<Address extends PeerAddress>(
  session: OcfSession<Address>,
  clock: Clock,
  time: number,
): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = givingUpAfter(clock, time, () => resolve(false));
    session.onClosed((reason) => {
      timer.cancel();
      resolve(reason.by === 'peer');
    });
  });
}

function stillOwned(device: string): SelvageError {
  return new SelvageError('outcome-unknown', `nothing shows that device ${device} has reset itself`, {
    details: { step: 'enter RESET (pstat.dos)', device },
    remedy: 'see that it is powered, and resume: its key is kept until it is known to be un-owned',
  });
}
