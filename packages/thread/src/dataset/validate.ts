import { strictUtf8 } from '@selvage/core';
import { firstChannel, lastChannel } from '../radio/channel.js';
import { broadcastPan } from '../mac/address.js';
import { maskedChannels } from './channel-mask.js';
import type { Dataset } from './dataset.js';
import type { DatasetField } from './dataset-tlvs.js';

/** What a dataset is for: a network's own, the one that is to follow it, or a part of either. */
export type DatasetKind = 'active' | 'pending' | 'partial';

/** What is wrong with a dataset. */
export interface DatasetProblem {
  readonly field: DatasetField;
  /** A sentence without its full stop. */
  readonly problem: string;
}

const active: readonly DatasetField[] = [
  'activeTimestamp',
  'channel',
  'channelMask',
  'extendedPanId',
  'meshLocalPrefix',
  'networkKey',
  'networkName',
  'panId',
  'pskc',
  'securityPolicy',
];
const wanted: Readonly<Record<DatasetKind, readonly DatasetField[]>> = {
  active,
  pending: [...active, 'pendingTimestamp', 'delay'],
  partial: [],
};
/** What OpenThread allows: 2 hours, 72 hours. */
const leastRotationHours = 2;
const longestDelay = 259_200_000;

/** All that is wrong; empty for a dataset that nodes can use. */
export function validateDataset(dataset: Dataset, kind: DatasetKind): readonly DatasetProblem[] {
  const missing = wanted[kind]
    .filter((field) => dataset.get(field) === undefined)
    .map((field) => ({ field, problem: `is missing from the ${kind} dataset` }));
  const pendingOnly = (['pendingTimestamp', 'delay'] as const)
    .filter((field) => kind === 'active' && dataset.get(field) !== undefined)
    .map((field) => ({ field, problem: 'belongs into a pending dataset' }));
  return [...missing, ...pendingOnly, ...repeated(dataset), ...wrongValues(dataset)];
}

function repeated({ entries }: Dataset): DatasetProblem[] {
  const seen = new Set<string>();
  const problems: DatasetProblem[] = [];
  for (const { type } of entries) {
    if (type !== 'unknown' && seen.has(type)) problems.push({ field: type, problem: 'is there twice' });
    seen.add(type);
  }
  return problems;
}

function* wrongValues(dataset: Dataset): Generator<DatasetProblem> {
  yield* wrongChannel(dataset);
  if (dataset.get('panId') === broadcastPan) yield { field: 'panId', problem: 'is ffff, which means every network' };
  const prefix = dataset.get('meshLocalPrefix');
  if (prefix !== undefined && prefix[0] !== 0xfd) {
    yield { field: 'meshLocalPrefix', problem: 'is not in fd00::/8 (RFC 4193)' };
  }
  const name = dataset.get('networkName');
  if (name !== undefined && !isUtf8(name)) yield { field: 'networkName', problem: 'is not UTF-8' };
  const pskc = dataset.get('pskc');
  if (pskc !== undefined && pskc.length !== 16) yield { field: 'pskc', problem: `has ${pskc.length} bytes, not 16` };
  const policy = dataset.get('securityPolicy');
  if (policy !== undefined && policy.rotationHours < leastRotationHours) {
    yield { field: 'securityPolicy', problem: `rotates keys every ${policy.rotationHours} h, and 2 h is the least` };
  }
  const delay = dataset.get('delay');
  if (delay !== undefined && delay > longestDelay) yield { field: 'delay', problem: 'is longer than 72 h' };
}

function* wrongChannel(dataset: Dataset): Generator<DatasetProblem> {
  const channel = dataset.get('channel');
  const mask = dataset.get('channelMask');
  const channels = mask && maskedChannels(mask);
  if (channels?.some((one) => one < firstChannel || one > lastChannel) === true) {
    yield { field: 'channelMask', problem: 'has channels beside 11 to 26' };
  }
  if (channel === undefined) return;
  if (channel.page !== 0) yield { field: 'channel', problem: `is on page ${channel.page}, and 2.4 GHz is page 0` };
  else if (channel.channel < firstChannel || channel.channel > lastChannel) {
    yield { field: 'channel', problem: `is ${channel.channel}, and 11 to 26 are` };
  } else if (channels?.includes(channel.channel) === false) {
    yield { field: 'channel', problem: `${channel.channel} is not in the channel mask` };
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictUtf8(bytes);
    return true;
  } catch {
    return false;
  }
}
