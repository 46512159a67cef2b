import { encode, tryDecode } from '@selvage/core';
import { type Dataset, type DatasetChanges } from '../../dataset/dataset.js';
import { type DatasetEntry, datasetTlvs } from '../../dataset/dataset-tlvs.js';
import { compareTimestamps } from '../../dataset/timestamp.js';
import { validateDataset } from '../../dataset/validate.js';
import type { RouterSettings } from '../../mle/router/router-settings.js';
import { meshcopTlvs } from '../tlv/meshcop-tlvs.js';

/** What a leader has, when somebody wants to set a dataset. */
export interface ManagedDatasets {
  readonly active: Dataset;
  readonly pending: Dataset | undefined;
  /** Whether a dataset has a network key that is not the one in force, which the leader may have in its key home alone. */
  readonly hasOtherKey: (dataset: Dataset) => boolean;
  /** Whether the message names the session of the network's commissioner, or none. */
  readonly isAdmitted: boolean;
}

/** What a pending dataset waits at least, and one with another network key, milliseconds. */
export type LeastDelays = Pick<RouterSettings, 'leastDelay' | 'leastKeyDelay'>;

/** What a dataset message changes; undefined where it is refused. */
export type DatasetVerdict =
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'active'; readonly dataset: Dataset }
  /** Becomes the active one when its delay is over. */
  | { readonly kind: 'pending'; readonly dataset: Dataset };

/** A pending dataset waits no longer, milliseconds (Thread 1.3 §8.4.3.4). */
const longestDelay = 259_200_000;
/** What would leave nodes behind if it were changed without a delay. */
const connecting = ['channel', 'panId', 'meshLocalPrefix'] as const;

/**
 * MGMT_ACTIVE_GET and MGMT_PENDING_GET: all of a dataset, or the TLVs that are asked for. The network key and the PSKc are
 * left out where the security policy keeps them in.
 */
export function datasetAnswer(dataset: Dataset | undefined, payload: Uint8Array): Uint8Array {
  if (dataset === undefined) return new Uint8Array();
  const types = meshcopTlvs.first(tryDecode(meshcopTlvs, payload) ?? [], 'get');
  const isPublic = providesKeys(dataset);
  const entries = dataset.entries.filter((entry) => {
    if (!isPublic && (entry.type === 'networkKey' || entry.type === 'pskc')) return false;
    return types === undefined || types.includes(numberOf(entry));
  });
  return encode(datasetTlvs, entries);
}

/** Out-of-band commissioning may have the keys. */
function providesKeys(dataset: Dataset): boolean {
  return ((dataset.get('securityPolicy')?.flags[0] ?? 0xff) & 0x80) !== 0;
}

/**
 * MGMT_ACTIVE_SET at the leader: changes at once what leaves nobody behind; a change of channel, PAN, prefix or key is made
 * a pending one where its delay is told, and is refused otherwise (Thread 1.3 §8.7.4).
 */
export function activeSet(payload: Uint8Array, managed: ManagedDatasets): DatasetVerdict {
  const read = readChanges(payload);
  if (read === undefined) return refused('the message is malformed');
  if (!managed.isAdmitted) return refused('another commissioner is active');
  const { changes } = read;
  const timestamp = changes.activeTimestamp;
  if (timestamp === undefined) return refused('the active timestamp is missing');
  const current = managed.active.get('activeTimestamp');
  if (current !== undefined && compareTimestamps(timestamp, current) <= 0) {
    return refused('the active timestamp is not newer than the one in force');
  }
  const dataset = managed.active.with({ ...changes, pendingTimestamp: undefined, delay: undefined });
  const moved = connecting.find((field) => changes[field] !== undefined && !sameField(dataset, managed.active, field));
  if (moved !== undefined) return refused(`${moved} is changed by a pending dataset only`);
  if (managed.hasOtherKey(dataset)) return refused('networkKey is changed by a pending dataset only');
  return judged(dataset, 'active');
}

/** MGMT_PENDING_SET at the leader. */
export function pendingSet(
  payload: Uint8Array,
  managed: ManagedDatasets,
  { leastDelay, leastKeyDelay }: LeastDelays,
): DatasetVerdict {
  const read = readChanges(payload);
  if (read === undefined) return refused('the message is malformed');
  if (!managed.isAdmitted) return refused('another commissioner is active');
  const { activeTimestamp, pendingTimestamp, delay } = read.changes;
  if (activeTimestamp === undefined || pendingTimestamp === undefined || delay === undefined) {
    return refused('the active timestamp, the pending timestamp or the delay is missing');
  }
  const known = managed.pending?.get('pendingTimestamp');
  if (known !== undefined && compareTimestamps(pendingTimestamp, known) <= 0) {
    return refused('the pending timestamp is not newer than that of the pending dataset');
  }
  const dataset = managed.active.with(read.changes);
  const hasNewKey = managed.hasOtherKey(dataset);
  const current = managed.active.get('activeTimestamp');
  const isOlder = current !== undefined && compareTimestamps(activeTimestamp, current) <= 0;
  if (isOlder && !hasNewKey) return refused('the active timestamp is not newer than the one in force');
  const least = hasNewKey ? Math.max(leastDelay, leastKeyDelay) : leastDelay;
  return judged(dataset.with({ delay: Math.min(Math.max(delay, least), longestDelay) }), 'pending');
}

function judged(dataset: Dataset, kind: 'active' | 'pending'): DatasetVerdict {
  const [problem] = validateDataset(dataset, kind);
  return problem === undefined ? { kind, dataset } : refused(problem.problem);
}

function refused(why: string): DatasetVerdict {
  return { kind: 'refused', why };
}

/** The dataset TLVs of a message; those of the message itself are left out. */
function readChanges(payload: Uint8Array): { readonly changes: DatasetChanges } | undefined {
  const entries = tryDecode(datasetTlvs, payload);
  if (entries === undefined) return undefined;
  const changes: Record<string, unknown> = {};
  for (const entry of entries) if (entry.type !== 'unknown') changes[entry.type] = entry.value;
  return { changes };
}

function sameField(a: Dataset, b: Dataset, field: (typeof connecting)[number]): boolean {
  return JSON.stringify(a.get(field)) === JSON.stringify(b.get(field));
}

function numberOf(entry: DatasetEntry): number {
  return entry.type === 'unknown' ? entry.tag : datasetTlvs.declarations[entry.type][0];
}
