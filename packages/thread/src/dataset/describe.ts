import { toHex } from '@selvage/core';
import { ip6Prefix, prefixText } from '../ip6/address/prefix.js';
import { maskedChannels } from './channel-mask.js';
import type { Dataset } from './dataset.js';
import type { DatasetEntry } from './dataset-tlvs.js';
import { policyLetters, versionThreshold } from './security-policy.js';
import type { DatasetTimestamp } from './timestamp.js';

/** A field of a dataset as plain data. */
export interface DescribedField {
  /** As people call it: `network name`. */
  readonly name: string;
  /** As programs call it: `networkName`; `unknown` with its type for one that is not known. */
  readonly key: string;
  readonly text: string;
  readonly data: unknown;
  readonly isSecret: boolean;
}

const redacted = '‹redacted›';

/** The fields in the dataset's order; secrets are shown only with `secrets`. */
export function describeDataset(dataset: Dataset, secrets = false): readonly DescribedField[] {
  return dataset.entries.map((entry) => describe(entry, secrets));
}

function describe(entry: DatasetEntry, secrets: boolean): DescribedField {
  const field = (name: string, text: string, data: unknown = text): DescribedField => ({
    name,
    key: entry.type,
    text,
    data,
    isSecret: false,
  });
  const secret = (name: string, hex: string): DescribedField => {
    const text = secrets ? hex : redacted;
    return { ...field(name, text), isSecret: true };
  };
  switch (entry.type) {
    case 'channel': {
      const { page, channel } = entry.value;
      return field('channel', page === 0 ? `${channel}` : `${channel} on page ${page}`, { page, channel });
    }
    case 'panId':
      return field('PAN id', hexOf(entry.value, 4));
    case 'extendedPanId':
      return field('extended PAN id', toHex(entry.value));
    case 'networkName':
      return field('network name', new TextDecoder().decode(entry.value));
    case 'pskc':
      return secret('PSKc', toHex(entry.value.reveal()));
    case 'networkKey':
      return secret('network key', toHex(entry.value.reveal()));
    case 'meshLocalPrefix':
      return field('mesh-local prefix', prefixText(ip6Prefix(entry.value, 64)));
    case 'securityPolicy': {
      const { rotationHours } = entry.value;
      const flags = policyLetters(entry.value);
      const threshold = versionThreshold(entry.value);
      const data = { rotationHours, flags, versionThreshold: threshold };
      return field('security policy', `${rotationHours} h ${flags} ${threshold}`, data);
    }
    case 'activeTimestamp':
      return field('active timestamp', timestampText(entry.value), entry.value);
    case 'pendingTimestamp':
      return field('pending timestamp', timestampText(entry.value), entry.value);
    case 'delay':
      return field('delay', `${entry.value / 1000} s`, entry.value);
    case 'channelMask': {
      const channels = maskedChannels(entry.value);
      return field('channel mask', rangesText(channels), channels);
    }
    case 'unknown':
      return field(`TLV ${entry.tag}`, toHex(entry.body), { type: entry.tag, value: toHex(entry.body) });
  }
}

function timestampText({ seconds, ticks, isAuthoritative }: DatasetTimestamp): string {
  return `${seconds}${ticks === 0 ? '' : ` + ${ticks}/32768`}${isAuthoritative ? ', authoritative' : ''}`;
}

/** `11-15, 20`. */
function rangesText(channels: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < channels.length; ) {
    let end = at;
    while (channels[end + 1] === (channels[end] as number) + 1) end++;
    parts.push(end === at ? `${channels[at]}` : `${channels[at]}-${channels[end]}`);
    at = end + 1;
  }
  return parts.join(', ') || 'none';
}

function hexOf(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
