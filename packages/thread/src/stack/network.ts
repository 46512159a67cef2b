import { SelvageError } from '@selvage/core';
import { maskedChannels } from '../dataset/channel-mask.js';
import type { Dataset } from '../dataset/dataset.js';
import type { DatasetTimestamp } from '../dataset/timestamp.js';
import { firstChannel, lastChannel } from '../radio/channel.js';
import { type Ip6Prefix, ip6Prefix } from '../ip6/address/prefix.js';

/** What a node needs of an active dataset. */
export interface Network {
  readonly channel: number;
  readonly panId: number;
  readonly meshLocalPrefix: Ip6Prefix;
  readonly extendedPanId: Uint8Array;
  readonly name: string;
  readonly activeTimestamp: DatasetTimestamp | undefined;
  readonly rotationHours: number;
  /** Where it may be: of the channel mask, or all. */
  readonly channels: readonly number[];
}

function channelsOf(dataset: Dataset): readonly number[] {
  const masked = maskedChannels(dataset.get('channelMask') ?? []).filter(
    (channel) => channel >= firstChannel && channel <= lastChannel,
  );
  if (masked.length > 0) return masked;
  return Array.from({ length: lastChannel - firstChannel + 1 }, (_, i) => firstChannel + i);
}

const defaultRotationHours = 672;
const prefixLength = 64;

/**
 * The network of a dataset.
 * @throws SelvageError `invalid-argument` where something is missing without which no node takes part.
 */
export function networkOf(dataset: Dataset): Network {
  const channel = dataset.get('channel');
  const panId = dataset.get('panId');
  const prefix = dataset.get('meshLocalPrefix');
  if (channel === undefined || panId === undefined || prefix === undefined) {
    throw new SelvageError('invalid-argument', 'the dataset lacks a channel, a PAN id or a mesh-local prefix');
  }
  return {
    channel: channel.channel,
    panId,
    meshLocalPrefix: ip6Prefix(prefix, prefixLength),
    extendedPanId: dataset.get('extendedPanId') ?? new Uint8Array(8),
    name: dataset.name ?? '',
    activeTimestamp: dataset.get('activeTimestamp'),
    channels: channelsOf(dataset),
    rotationHours: dataset.get('securityPolicy')?.rotationHours ?? defaultRotationHours,
  };
}
