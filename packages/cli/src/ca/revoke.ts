import { type CertificateAuthority, type CertificateList, encodePem, type RevocationReason } from '@selvage/pki';
import type { Surface } from '../terminal/surface.js';
import { describeList, isoTime } from './describe.js';
import { serialOf } from './files.js';
import type { KeyOptions } from './options.js';
import { Report } from './report.js';
import { withAuthority } from './session.js';
import { step } from './step.js';

export interface RevokeOptions extends KeyOptions {
  readonly reason: RevocationReason;
  /** For how long the new list is the newest. */
  readonly listDays: number;
}

const second = 1000;
const day = 86_400 * second;

/** `ca revoke`: revokes, where a certificate is named, and makes a new list. @throws SelvageError that names the step. */
export async function revoke(surface: Surface, named: string | undefined, options: RevokeOptions): Promise<void> {
  const report = new Report(surface, options.json);
  const serial = named === undefined ? undefined : await step('find the certificate', () => serialOf(named));
  await withAuthority(surface, options, async (authority, folder) => {
    const now = Math.floor(surface.clock.wallTime() / second) * second;
    if (serial !== undefined) await revokeOne(report, authority, serial, { at: now, reason: options.reason });
    const list = await step('make the revocation list', () =>
      authority.revocationList({ thisUpdate: now, nextUpdate: now + options.listDays * day }),
    );
    const pem = encodePem('X509 CRL', list.der);
    tellList(report, list, pem, await folder.saveList(pem));
  });
}

async function revokeOne(
  report: Report,
  authority: CertificateAuthority,
  serial: string,
  wanted: { readonly at: number; readonly reason: RevocationReason },
): Promise<void> {
  const { at, reason } = await step('revoke the certificate', () => authority.revoke(serial, wanted));
  const before = at === wanted.at && reason === wanted.reason ? '' : ' before, and so it stays';
  report.tell({
    event: 'revoked',
    data: { serial, at: isoTime(at), reason },
    lines: [`${serial} was revoked on ${isoTime(at)}: ${reason}${before}`],
  });
}

function tellList(report: Report, list: CertificateList, pem: string, file: string): void {
  const { nextUpdate = 0, revoked, number = '0' } = list;
  report.tell({
    event: 'list',
    data: { file, ...describeList(list), pem },
    lines: [
      `list ${Number.parseInt(number, 16)} has ${revoked.size} certificate${revoked.size === 1 ? '' : 's'}: ${file}`,
      `give it to whoever judges certificates, and make the next one before ${isoTime(nextUpdate)}`,
    ],
  });
}
