import type { PeerAddress } from '@selvage/core';
import type { DeviceStateName } from '../../security/device-state.js';
import type { Journal } from '../journal/journal.js';
import type { DeviceRecord } from '../journal/device-record.js';
import { carryOut, carryOutAll } from '../step.js';
import { enterStep } from '../transfer/steps.js';
import { carryOutTasks, checkTasks } from './carry-out.js';
import type { TaskContext } from './context.js';
import type { ProvisioningTask } from './task.js';

/** By which state the device is reached for provisioning. */
export type ProvisioningState = Extract<DeviceStateName, 'RFPRO' | 'SRESET'>;

/**
 * Provisions a device in normal operation: takes it to RFPRO (or, by a soft reset, to SRESET), carries the tasks out, and
 * brings it back to RFNOP. What is to be done stands in the journal from before the device leaves RFNOP until after it is
 * back. A task that fails ends the tasks, but not its operation.
 */
export async function provision<Address extends PeerAddress>(
  tasks: readonly ProvisioningTask[],
  context: TaskContext<Address>,
  { journal, through = 'RFPRO' }: { readonly journal: Journal; readonly through?: ProvisioningState | undefined },
): Promise<DeviceRecord> {
  const { session, record } = context;
  await checkTasks(tasks, context);
  await journal.update(record.device, { pending: tasks });
  await carryOut(session, enterStep(through), context);
  const { change, failure } = await carryOutTasks(tasks, context);
  // From SRESET the only way to normal operation leads through RFPRO.
  const states = through === 'SRESET' ? (['RFPRO', 'RFNOP'] as const) : (['RFNOP'] as const);
  await carryOutAll(session, states.map(enterStep), context);
  const provisioned = await journal.update(record.device, { ...change, pending: undefined });
  if (failure !== undefined) throw failure;
  return provisioned;
}
