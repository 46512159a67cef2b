import { SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import {
  AuthorityRegister,
  decodePem,
  type IssuedRecord,
  nameText,
  openCertificateRequest,
  readCertificate,
  readCertificateList,
} from '@selvage/pki';
import { existsSync } from 'node:fs';
import { readOptionText } from '../dtls/files.js';
import type { Surface } from '../terminal/surface.js';
import { dataLines, describeCertificate, describeList, describeRequest, isoTime, kindOf } from './describe.js';
import { serialOf } from './files.js';
import { AuthorityFolder } from './folder.js';
import type { CaOptions } from './options.js';
import { Report } from './report.js';
import { step } from './step.js';

/** What ends within this time is told of: a month. */
const soon = 30 * 86_400_000;

/** `ca show`: a file, a certificate that was issued, or the authority. @throws SelvageError that names the step. */
export async function show(surface: Surface, named: string | undefined, options: CaOptions): Promise<void> {
  const report = new Report(surface, options.json);
  if (named !== undefined && existsSync(named)) {
    for (const data of await step(`read ${named}`, () => describeFile(named))) report.show(shown(data));
    return;
  }
  const folder = await AuthorityFolder.open(options.ca, surface);
  try {
    if (named === undefined) await showAuthority(surface, report, folder);
    else await showIssued(report, folder, named);
  } finally {
    await folder.close();
  }
}

async function showAuthority({ clock }: Surface, report: Report, folder: AuthorityFolder): Promise<void> {
  const [own] = await step('read its certificate', () => folder.chain());
  const records = await step('read what it issued', () => new AuthorityRegister(folder.store).issued());
  report.show(shown({ folder: folder.path, ...describeCertificate(readCertificate(own ?? new Uint8Array(0))) }));
  const now = clock.wallTime();
  for (const record of records) {
    const { kind, subject, serial, notAfter } = describeCertificate(record.certificate);
    const state = stateOf(record, now);
    report.show({
      event: 'issued',
      data: { serial, kind, subject, notAfter, state, ...revocationOf(record) },
      lines: [lineOf(record, state)],
    });
  }
}

async function showIssued(report: Report, folder: AuthorityFolder, named: string): Promise<void> {
  const serial = await step('understand what to show', () => serialOf(named));
  const record = await step('find the certificate', () => new AuthorityRegister(folder.store).find(serial));
  if (record === undefined) {
    throw new SelvageError('key-not-found', `the authority in ${folder.path} issued no certificate ${serial}`, {
      remedy: 'selvage ca show lists what it issued',
    });
  }
  report.show(shown({ ...describeCertificate(record.certificate), ...revocationOf(record) }));
}

function describeFile(path: string): Record<string, unknown>[] {
  const text = readOptionText('<what>', path);
  const found = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label]) => label);
  if (found.includes('X509 CRL'))
    return decodePem('X509 CRL', text).map((der) => describeList(readCertificateList(der)));
  if (found.some((label) => label?.endsWith('CERTIFICATE REQUEST'))) {
    return decodePem('CERTIFICATE REQUEST', text).map((der) =>
      describeRequest(openCertificateRequest(nativeCore, der)),
    );
  }
  return decodePem('CERTIFICATE', text).map((der) => describeCertificate(readCertificate(der)));
}

function shown(data: Record<string, unknown>): { event: string; data: object; lines: string[] } {
  return { event: 'certificate', data, lines: [...dataLines(data), ''] };
}

function stateOf({ certificate, revoked }: IssuedRecord, now: number): string {
  const { notAfter } = certificate.validity;
  if (revoked !== undefined) return 'revoked';
  if (notAfter < now) return 'expired';
  return notAfter < now + soon ? 'ends soon' : 'good';
}

function revocationOf({ revoked }: IssuedRecord): object {
  return revoked === undefined ? {} : { revokedAt: isoTime(revoked.at), reason: revoked.reason };
}

function lineOf({ certificate, serial, revoked }: IssuedRecord, state: string): string {
  const why = revoked === undefined ? state : `${state} ${isoTime(revoked.at)}: ${revoked.reason}`;
  const until = isoTime(certificate.validity.notAfter);
  return `${serial}  ${kindOf(certificate).padEnd(11)}  until ${until}  ${why}  ${nameText(certificate.subject)}`;
}
