import type { Entropy } from '@selvage/core';
import { drawJoinerPassphrase } from '@selvage/thread';
import { refusedJoiners, roster } from '../roster.js';
import type { Labels } from './labels.js';
import type { SiteCommissioner } from './site-commissioner.js';

/**
 * Gives the commissioner the list of the devices that come: a passphrase on it is another than on the label, and one
 * device is not on it.
 */
export function admitListed(commissioner: SiteCommissioner, labels: Labels, entropy: Entropy): void {
  for (const { name } of roster) admitOne(commissioner, labels, name);
  for (const { name, wrong } of refusedJoiners) {
    const label = labels.get(name);
    if (label === undefined || wrong === 'unlisted') continue;
    const isMistyped = wrong === 'passphrase';
    commissioner.admit(isMistyped ? { ...label, passphrase: drawJoinerPassphrase(entropy) } : label);
  }
}

/** Has one device let in, as its label says. */
export function admitOne(commissioner: SiteCommissioner, labels: Labels, name: string): void {
  const label = labels.get(name);
  if (label !== undefined) commissioner.admit(label);
}
