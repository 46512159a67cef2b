import { type Entropy, Secret } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { firstChannel, lastChannel } from '../radio/channel.js';
import { maskOf } from './channel-mask.js';
import { Dataset, type DatasetChanges } from './dataset.js';
import { derivePskc } from './pskc.js';
import { usualPolicy } from './security-policy.js';
import { timestampOf } from './timestamp.js';

/** Options of {@link generateDataset}. */
export interface GenerateOptions {
  readonly core: CryptoCore;
  readonly entropy: Entropy;
  /** Values that are given; the others are drawn, or what a fresh network has. */
  readonly values?: DatasetChanges;
  /** What the PSKc is derived from; without it the PSKc is drawn, and only the dataset itself lets somebody in. */
  readonly passphrase?: Secret | undefined;
}

/** All channels at 2.4 GHz. */
const allChannels = Array.from({ length: lastChannel - firstChannel + 1 }, (_, i) => firstChannel + i);

/**
 * An active dataset for a new network, in the order in which OpenThread writes one. Keys, ids and the channel are drawn.
 * @throws SelvageError `entropy-failed`, and as `derivePskc`.
 */
export function generateDataset({ core, entropy, values = {}, passphrase }: GenerateOptions): Dataset {
  const draw = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    entropy.fill(bytes);
    return bytes;
  };
  const panId = values.panId ?? drawPanId(draw);
  const networkName = values.networkName ?? new TextEncoder().encode(`Selvage-${hex4(panId)}`);
  const extendedPanId = values.extendedPanId ?? draw(8);
  const prefix = draw(8);
  prefix[0] = 0xfd;
  const channel = allChannels[(draw(1)[0] as number) % allChannels.length] as number;
  return Dataset.make({
    activeTimestamp: values.activeTimestamp ?? timestampOf(1),
    channel: values.channel ?? { page: 0, channel },
    channelMask: values.channelMask ?? maskOf(allChannels),
    extendedPanId,
    meshLocalPrefix: values.meshLocalPrefix ?? prefix,
    networkKey: values.networkKey ?? wiped(draw(16)),
    networkName,
    panId,
    pskc: values.pskc ?? (passphrase ? derivePskc(core, passphrase, { networkName, extendedPanId }) : wiped(draw(16))),
    securityPolicy: values.securityPolicy ?? usualPolicy,
  });
}

/** Any but ffff. */
function drawPanId(draw: (length: number) => Uint8Array): number {
  for (;;) {
    const [high, low] = draw(2) as unknown as [number, number];
    const panId = (high << 8) | low;
    if (panId !== 0xffff) return panId;
  }
}

function hex4(number: number): string {
  return number.toString(16).padStart(4, '0');
}

/** A secret of bytes that are then wiped. */
function wiped(bytes: Uint8Array): Secret {
  const secret = Secret.of(bytes);
  bytes.fill(0);
  return secret;
}
