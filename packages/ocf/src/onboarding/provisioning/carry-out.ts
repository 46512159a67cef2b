import type { PeerAddress, SelvageError } from '@selvage/core';
import { writeAcl2Update } from '../../security/acl2.js';
import { readDoxm } from '../../security/doxm.js';
import { securityPaths } from '../../security/paths.js';
import { carryOut, isLost } from '../step.js';
import { readOwnership } from '../transfer/steps.js';
import {
  provisionAnchor,
  provisionIdentity,
  provisionRoles,
  requireCertificates,
  requireIssuer,
} from './certificates.js';
import type { RecordChange, TaskContext } from './context.js';
import { removeCredential, removePairwise } from './credentials.js';
import type { ProvisioningTask } from './task.js';

const { acl2 } = securityPaths;

/** What of a device must be known before tasks are begun. @throws SelvageError (rejects) `provisioning-refused`. */
export async function checkTasks<Address extends PeerAddress>(
  tasks: readonly ProvisioningTask[],
  context: TaskContext<Address>,
): Promise<void> {
  if (!needCertificates(tasks)) return;
  requireIssuer(context);
  const { value } = await carryOut(context.session, readOwnership, context);
  requireCertificates(context.record.device, readDoxm(value));
}

/** Whether a device must take certificates for them. */
export function needCertificates(tasks: readonly ProvisioningTask[]): boolean {
  return tasks.some(({ kind }) => kind === 'identity' || kind === 'roles');
}

/** What came of tasks. */
export interface TasksOutcome {
  /** What is to be remembered of those that were carried out. */
  readonly change: RecordChange;
  /** Why one was not, and those behind it. */
  readonly failure?: SelvageError | undefined;
}

/**
 * Carries tasks out, one after the other, on a device in RFPRO. What it refuses, or what cannot be made for it, ends them
 * but for the device's operation: it is for the caller to bring it back.
 * @throws SelvageError (rejects) where the device fell silent.
 */
export async function carryOutTasks<Address extends PeerAddress>(
  tasks: readonly ProvisioningTask[],
  context: TaskContext<Address>,
): Promise<TasksOutcome> {
  let change: RecordChange = {};
  try {
    for (const task of tasks) {
      const record = { ...context.record, ...change };
      change = { ...change, ...(await carryOutTask(task, { ...context, record })) };
    }
    return { change };
  } catch (error) {
    if (isLost(error)) throw error;
    return { change, failure: error as SelvageError };
  }
}

async function carryOutTask<Address extends PeerAddress>(
  task: ProvisioningTask,
  context: TaskContext<Address>,
): Promise<RecordChange> {
  const { session, record } = context;
  switch (task.kind) {
    case 'access': {
      const value = writeAcl2Update({ aclist2: task.entries });
      const name = 'add access control entries (acl2)';
      await carryOut(session, { name, request: { method: 'POST', path: acl2, value } }, context);
      return {};
    }
    case 'remove-access': {
      const request = { method: 'DELETE', path: acl2, query: [`aceid=${task.aceid}`] } as const;
      const name = `remove access control entry ${task.aceid} (acl2)`;
      await carryOut(session, { name, request, tolerates: context.again ? '4.04' : undefined }, context);
      return {};
    }
    case 'identity':
      return provisionIdentity(context, task.days);
    case 'roles':
      return provisionRoles(context, task);
    case 'anchor':
      await provisionAnchor(context, task);
      return {};
    case 'remove-credential':
      await removeCredential(context, task.credid);
      return {};
    case 'unpair':
      await removePairwise(context, task.peer);
      return { peers: (record.peers ?? []).filter((peer) => peer !== task.peer) };
  }
}
