import { decode, SelvageError } from '@selvage/core';
import { type CommissionerRunner, Dataset, type MeshcopTlv, meshcopTlvs, timestampOf } from '@selvage/thread';
import { kindOf } from '../../dataset/tell.js';
import { askedLeader } from '../way-in/active-commissioner.js';

/** Where a leader gives and takes its datasets. */
export const datasetPaths = {
  active: { get: 'c/ag', set: 'c/as' },
  pending: { get: 'c/pg', set: 'c/ps' },
} as const;

/** What a network moves to, and when. */
export interface ScheduledChange {
  readonly dataset: Dataset;
  /** As the leader has it, which may have made it longer, ms. */
  readonly delay: number;
}

/**
 * Makes a pending dataset of the active one, and gives it to the leader.
 * @param delay ms
 * @throws SelvageError `setting-refused`, `timed-out`, `request-refused`
 */
export async function scheduleChange(
  runner: CommissionerRunner,
  delay: number,
  change: (before: Dataset) => Parameters<Dataset['with']>[0],
): Promise<ScheduledChange> {
  const active = await datasetOf(runner, 'active');
  const pending = await datasetOf(runner, 'pending');
  const seconds = active.get('activeTimestamp')?.seconds ?? 0;
  const next = active.with({
    ...change(active),
    activeTimestamp: timestampOf(seconds + 1),
    pendingTimestamp: timestampOf(Math.max(pending.get('pendingTimestamp')?.seconds ?? 0, seconds) + 1),
    delay,
  });
  await giveDataset(runner, next);
  const taken = await datasetOf(runner, 'pending');
  const dataset = next.with({ pendingTimestamp: undefined, delay: undefined });
  return { dataset, delay: taken.get('delay') ?? delay };
}

/** Gives the leader a dataset. @throws SelvageError `setting-refused`, `timed-out`, `request-refused` */
export async function giveDataset(runner: CommissionerRunner, dataset: Dataset): Promise<void> {
  const path = datasetPaths[kindOf(dataset) === 'pending' ? 'pending' : 'active'].set;
  const tlvs: readonly MeshcopTlv[] = decode(meshcopTlvs, dataset.encode());
  const answer = decode(meshcopTlvs, await askedLeader(runner, path, tlvs));
  if (meshcopTlvs.first(answer, 'state') === 'accept') return;
  throw new SelvageError('setting-refused', 'the leader does not take the dataset', {
    remedy:
      'its timestamps have to be newer than those in force (thread dataset get, and with --pending), and another channel, PAN id, prefix or key has to be pending: thread dataset migrate and rotate-key do that',
  });
}

async function datasetOf(runner: CommissionerRunner, kind: keyof typeof datasetPaths): Promise<Dataset> {
  return Dataset.decode(await askedLeader(runner, datasetPaths[kind].get, []));
}
