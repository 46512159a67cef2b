import { SelvageError } from '@selvage/core';
import { type Credential, credentialTypes, credentialUsages, type Uuid } from '@selvage/ocf';
import { type Certificate, decodePem, nameText, readCertificate, rolesOf } from '@selvage/pki';
import { isoTime } from '../../ca/describe.js';
import type { Report } from '../../ca/report.js';
import { step } from '../../ca/step.js';
import type { Surface } from '../../terminal/surface.js';
import { tableLines } from '../../terminal/table.js';
import { calledText } from '../language/device-name.js';
import type { Operator } from '../operator.js';
import type { SiteOptions } from '../options.js';
import { withOperator } from '../with-operator.js';

export interface CredentialsOptions extends SiteOptions {
  /** The one to remove. */
  readonly delete?: number;
}

const usualWidth = 80;
const usageWords: Readonly<Record<string, string>> = {
  [credentialUsages.trustAnchor]: 'authority it trusts',
  [credentialUsages.identity]: 'identity',
  [credentialUsages.role]: 'role',
  [credentialUsages.manufacturerAnchor]: 'manufacturer it trusts',
  [credentialUsages.manufacturer]: 'manufacturer',
};

/** `credentials`: what a device proves itself with and knows others by. @throws SelvageError that names the step. */
export function credentials(
  surface: Surface,
  report: Report,
  called: string,
  options: CredentialsOptions,
): Promise<void> {
  return withOperator(surface, report, options, async (operator) => {
    const device = await step('find the device', () => operator.called(called));
    await step(`reach ${calledText(device)}`, () => operator.reach(device));
    const { provisioning } = operator.tool;
    const { delete: credid } = options;
    const all = await step(`read the credentials of ${calledText(device)}`, () =>
      provisioning.credentials(device.device),
    );
    if (credid !== undefined) {
      await step('find the credential', () => requireOne(all, credid));
      await step(`delete credential ${credid} of ${calledText(device)}`, () =>
        provisioning.removeCredential(device.device, credid),
      );
      const data = { device: device.device, name: device.name, credid };
      return report.tell({ event: 'deleted', data, lines: [`credential ${credid} of ${calledText(device)} is gone`] });
    }
    const words = all.map((credential) => credentialWords(credential, operator));
    const width = (surface.stdout.columns ?? usualWidth) - 1;
    if (!options.json) return report.show({ event: 'credentials', data: {}, lines: linesOf(words, width) });
    for (const one of words) report.show({ event: 'credential', data: { device: device.device, ...one }, lines: [] });
  });
}

function requireOne(all: readonly Credential[], wanted: number): void {
  if (all.some(({ credid }) => credid === wanted)) return;
  throw new SelvageError('key-not-found', `there is no credential ${wanted}`, {
    remedy: `these are there: ${all.map(({ credid }) => credid).join(', ')}`,
  });
}

/** A credential as tables and programs have it. */
interface CredentialWords {
  readonly credid: number;
  /** What it is for. */
  readonly use: string;
  /** Whom it is about. */
  readonly about: string;
  readonly until?: string;
}

function credentialWords(
  { credid, credtype, credusage, subjectuuid, publicdata }: Credential,
  operator: Operator,
): CredentialWords {
  if (credtype === credentialTypes.symmetricPairwise) return keyWords(credid, subjectuuid, operator);
  const certificate = certificateIn(publicdata?.data);
  const use = usageWords[credusage ?? ''] ?? credusage ?? `type ${credtype}`;
  if (certificate === undefined) return { credid, use, about: subjectuuid ?? '' };
  const roles = rolesOf(certificate)?.map(({ role, authority }) => `${role} of ${authority}`);
  const isRole = credusage === credentialUsages.role && roles !== undefined && roles.length > 0;
  const about = isRole ? roles.join(', ') : nameText(certificate.subject);
  return { credid, use, about, until: isoTime(certificate.validity.notAfter).slice(0, 10) };
}

function keyWords(credid: number, subject: Uuid | '*' | undefined, operator: Operator): CredentialWords {
  const isOwner = subject === operator.site.settings.owner;
  const about = subject === undefined || subject === '*' ? 'anybody' : operator.nameOf(subject);
  return { credid, use: isOwner ? "owner's key" : 'key of a pair', about };
}

function certificateIn(data: string | Uint8Array | undefined): Certificate | undefined {
  try {
    if (data === undefined) return undefined;
    const der = typeof data === 'string' ? decodePem('CERTIFICATE', data)[0] : data;
    return der && readCertificate(der);
  } catch (error) {
    if (error instanceof SelvageError) return undefined;
    throw error;
  }
}

function linesOf(words: readonly CredentialWords[], width: number): string[] {
  const columns = [
    { title: 'id', align: 'right' },
    { title: 'what' },
    { title: 'about', least: 20 },
    { title: 'until' },
  ] as const;
  return tableLines(
    columns,
    words.map(({ credid, use, about, until = '' }) => [`${credid}`, use, about, until]),
    width,
  );
}
