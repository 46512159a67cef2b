import { bytesEqual, SelvageError } from '@selvage/core';
import { decodePem, nameText, readCertificate } from '@selvage/pki';
import type { Report } from '../ca/report.js';
import { step } from '../ca/step.js';
import { readOptionText } from '../dtls/files.js';
import type { Site } from './site/site.js';

/**
 * Has a site take devices of more manufacturers, from now on: those whose certificate leads to a root in these files.
 * @throws SelvageError `file-not-found`, `bad-certificate`, `invalid-argument` for a certificate that is no authority's.
 */
export async function trustManufacturers(report: Report, site: Site, files: readonly string[]): Promise<void> {
  for (const file of files) {
    const roots = await step(`read the manufacturer's root in ${file}`, () => rootsIn(file));
    for (const root of roots) await trust(report, site, root);
  }
}

function rootsIn(file: string): Uint8Array[] {
  const roots = decodePem('CERTIFICATE', readOptionText('--trust', file));
  for (const der of roots) {
    const { extensions, subject } = readCertificate(der);
    if (extensions.basicConstraints?.isAuthority === true) continue;
    throw new SelvageError('invalid-argument', `${nameText(subject)} is no authority`, {
      remedy: "give the root of the manufacturer, not a device's own certificate",
    });
  }
  return roots;
}

async function trust(report: Report, site: Site, root: Uint8Array): Promise<void> {
  const { manufacturers } = site.settings;
  if (manufacturers.some((known) => bytesEqual(known, root))) return;
  await site.change({ manufacturers: [...manufacturers, root] });
  const name = nameText(readCertificate(root).subject);
  report.tell({
    event: 'trusted',
    data: { manufacturer: name },
    lines: [`from now on the site takes devices that ${name} certified`],
  });
}
