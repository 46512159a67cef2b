import { SelvageError } from '@selvage/core';
import { step } from '../../ca/step.js';
import type { Surface } from '../../terminal/surface.js';
import { readDataset } from '../../thread/dataset/input.js';
import type { KnownNetwork } from '../../thread/network/known-network.js';
import { networkOfSite } from '../../thread/network/network-of.js';
import { usualRadio } from '../../thread/radio/radio-name.js';
import type { NetworkChoice } from '../options.js';
import type { Site } from '../site/site.js';

/**
 * The Thread network that a person chose: that of a dataset, or else that of a site; `undefined` for an interface of this host.
 * @param site open, or the folder of one that may be there
 * @throws SelvageError (rejects) `invalid-argument` for a radio without a network, and of dataset and site
 */
export async function chosenNetwork(
  surface: Surface,
  { dataset, radio, interface: wanted }: NetworkChoice,
  site: Site | string | undefined,
): Promise<KnownNetwork | undefined> {
  if (dataset !== undefined) {
    const read = await step('read the dataset', () => readDataset(surface, dataset));
    return { dataset: read, radio: radio ?? usualRadio };
  }
  if (wanted !== undefined && radio === undefined) return undefined;
  const known = await (typeof site === 'string' ? networkOfSite(surface, site) : site?.network());
  if (known !== undefined) return { ...known, ...(radio && { radio }) };
  if (radio === undefined) return undefined;
  throw new SelvageError('invalid-argument', 'a radio was given, and no network: the site is on none', {
    remedy: 'give its dataset with --dataset, or once and for all: selvage site --dataset <dataset> --radio <radio>',
  });
}
