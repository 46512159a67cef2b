import { nameText, readCertificate } from '@selvage/pki';
import { dataLines, describeCertificate, isoTime } from '../../ca/describe.js';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import type { Surface } from '../../terminal/surface.js';
import { Site } from '../site/site.js';
import { trustManufacturers } from '../trust.js';
import { tellNew } from '../with-operator.js';

export interface SiteVerbOptions {
  readonly site: string;
  readonly json: boolean;
  readonly name?: string;
  readonly trust?: readonly string[];
}

/**
 * `site`: what the site is; made or changed first, where a name or a manufacturer is given.
 * @throws SelvageError that names the step.
 */
export async function site(surface: Surface, report: Report, options: SiteVerbOptions): Promise<void> {
  const { site: folder, name, trust = [] } = options;
  const changes = name !== undefined || trust.length > 0;
  const opened = changes ? await Site.openOrMake(surface, folder, name) : await Site.open(surface, folder);
  try {
    tellNew(report, opened);
    if (name !== undefined) await step('name the site', () => opened.change({ name }));
    await trustManufacturers(report, opened, trust);
    show(report, opened);
  } finally {
    await opened.close();
  }
}

function show(report: Report, { folder, settings, authority }: Site): void {
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
  };
  report.show({ event: 'site', data, lines: dataLines(data) });
}
