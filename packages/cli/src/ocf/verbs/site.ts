import { SelvageError } from '@selvage/core';
import { nameText, readCertificate } from '@selvage/pki';
import { dataLines, describeCertificate, isoTime } from '../../ca/describe.js';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import type { Surface } from '../../terminal/surface.js';
import { readDataset } from '../../thread/dataset/input.js';
import type { KnownNetwork } from '../../thread/network/known-network.js';
import { type RadioName, radioText, usualRadio } from '../../thread/radio/radio-name.js';
import { Site } from '../site/site.js';
import { trustManufacturers } from '../trust.js';
import { tellNew } from '../with-operator.js';

export interface SiteVerbOptions {
  readonly site: string;
  readonly json: boolean;
  readonly name?: string;
  readonly trust?: readonly string[];
  /** The Thread network of its devices from now on, and the radio that reaches it. */
  readonly dataset?: string;
  readonly radio?: RadioName;
  /** False where it is on none from now on. */
  readonly network?: boolean;
}

/**
 * `site`: what the site is; made or changed first, where a name or a manufacturer is given.
 * @throws SelvageError that names the step.
 */
export async function site(surface: Surface, report: Report, options: SiteVerbOptions): Promise<void> {
  const { site: folder, name, trust = [] } = options;
  const isOnMesh = options.dataset !== undefined || options.radio !== undefined || options.network === false;
  const changes = name !== undefined || trust.length > 0 || isOnMesh;
  const opened = changes ? await Site.openOrMake(surface, folder, name) : await Site.open(surface, folder);
  try {
    tellNew(report, opened);
    if (name !== undefined) await step('name the site', () => opened.change({ name }));
    await trustManufacturers(report, opened, trust);
    if (isOnMesh) await step('keep the network', () => keepNetwork(surface, opened, options));
    show(report, opened, await opened.network());
  } finally {
    await opened.close();
  }
}

async function keepNetwork(surface: Surface, site: Site, { dataset, radio, network }: SiteVerbOptions): Promise<void> {
  if (network === false) return site.setNetwork(undefined);
  const before = await site.network();
  const read = dataset === undefined ? before?.dataset : await readDataset(surface, dataset);
  if (read !== undefined) return site.setNetwork({ dataset: read, radio: radio ?? before?.radio ?? usualRadio });
  throw new SelvageError('invalid-argument', 'a radio was given, and no network: the site is on none', {
    remedy: 'give its dataset with --dataset',
  });
}

function show(report: Report, { folder, settings, authority }: Site, network: KnownNetwork | undefined): void {
  const { name, owner, domain, since, manufacturers } = settings;
  const root = describeCertificate(authority.certificate);
  const data = {
    name,
    folder,
    owner,
    domain,
    since: isoTime(Math.floor(since / 1000) * 1000),
    authority: `${String(root['subject'])}, until ${String(root['notAfter'])}`,
    manufacturers: manufacturers.map((der) => nameText(readCertificate(der).subject)),
    ...(network && { network: `${network.dataset.name ?? 'a Thread network'}, by ${radioText(network.radio)}` }),
  };
  report.show({ event: 'site', data, lines: dataLines(data) });
}
