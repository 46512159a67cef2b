import { existsSync } from 'node:fs';
import { type CertificateAuthority, type Certificate, decodePem, readCertificate, serialText } from '@selvage/pki';
import { SelvageError } from '@selvage/core';
import { readOptionText } from '../dtls/files.js';

/** The first certificate in a PEM file. @throws SelvageError `file-not-found`, `bad-certificate`. */
export function certificateIn(argument: string, path: string): Certificate {
  const [first] = decodePem('CERTIFICATE', readOptionText(argument, path));
  return readCertificate(first ?? new Uint8Array(0));
}

/** A certificate that the authority issued, named by its serial number or by a file that holds it. */
export async function issuedCertificate(authority: CertificateAuthority, named: string): Promise<Certificate> {
  const serial = serialOf(named);
  const record = await authority.find(serial);
  if (record !== undefined) return record.certificate;
  throw new SelvageError('key-not-found', `this authority issued no certificate ${serial}`, {
    remedy: 'selvage ca show lists what it issued',
  });
}

/** The serial number that was given, or that of the certificate in a file. @throws SelvageError. */
export function serialOf(named: string): string {
  const digits = named.replaceAll(':', '').toLowerCase();
  if (/^([0-9a-f]{2})+$/.test(digits) && !existsSync(named)) return digits;
  return serialText(certificateIn('<certificate>', named));
}
