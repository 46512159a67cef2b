import { existsSync } from 'node:fs';
import { SelvageError } from '@selvage/core';
import { Site } from '../../ocf/site/site.js';
import type { Surface } from '../../terminal/surface.js';
import { readDataset } from '../dataset/input.js';
import { type RadioName, usualRadio } from '../radio/radio-name.js';
import type { KnownNetwork } from './known-network.js';

/** How a command is told which Thread network it is about. */
export interface NetworkOptions {
  /** That of the site where it is left out, or else OpenThread's ether. */
  readonly radio?: RadioName;
  /** The site whose network it is where no dataset is given. */
  readonly site: string;
}

/** A network, and the site that it is of: open, for whoever takes a place there. */
export interface NetworkOf {
  readonly network: KnownNetwork;
  readonly site: Site | undefined;
}

/**
 * The network of a dataset, or of a site, which is open while `work` goes on.
 * @param dataset as {@link readDataset} takes it
 * @throws SelvageError (rejects) `invalid-argument` where neither names a network, and of dataset and site
 */
export async function withNetwork<T>(
  surface: Surface,
  dataset: string | undefined,
  { radio, site: folder }: NetworkOptions,
  work: (of: NetworkOf) => Promise<T>,
): Promise<T> {
  if (dataset !== undefined) {
    const network = { dataset: await readDataset(surface, dataset), radio: radio ?? usualRadio };
    return work({ network, site: undefined });
  }
  if (!existsSync(folder)) throw noNetwork(`there is no site in ${folder}`);
  const site = await Site.open(surface, folder);
  try {
    const known = await site.network();
    if (known === undefined) throw noNetwork(`the site in ${folder} is on no Thread network`);
    return await work({ network: { ...known, ...(radio && { radio }) }, site });
  } finally {
    await site.close();
  }
}

/** The radio of a site's network where none is given; OpenThread's ether where there is no such site. */
export async function radioOf(surface: Surface, { radio, site: folder }: NetworkOptions): Promise<RadioName> {
  if (radio !== undefined) return radio;
  const known = await networkOfSite(surface, folder);
  return known?.radio ?? usualRadio;
}

/** The network of the site in a folder, if there is such a site and it is on one. @throws SelvageError as the site */
export async function networkOfSite(surface: Surface, folder: string): Promise<KnownNetwork | undefined> {
  if (!existsSync(folder)) return undefined;
  const site = await Site.open(surface, folder);
  try {
    return await site.network();
  } finally {
    await site.close();
  }
}

function noNetwork(why: string): SelvageError {
  return new SelvageError('invalid-argument', `no dataset was given, and ${why}`, {
    remedy: 'give a dataset as dataset active -x prints it, or --site with a site that has a Thread network',
  });
}
