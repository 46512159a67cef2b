import { nativeCore } from '@selvage/crypto';
import { decodePem, nameText, openCertificateRequest, readCertificate, rolesOf } from '@selvage/pki';

/** Whether two requests in PEM are for the same name; both prove that their sender has the key. */
export function isSameRequest(theirs: unknown, ours: unknown): boolean {
  return subjectOf(theirs) === subjectOf(ours);
}

/** Whether two chains in PEM have the same names and grant the same roles, whatever their keys. */
export function isSameCertificate(theirs: unknown, ours: unknown): boolean {
  return contentsOf(theirs) === contentsOf(ours);
}

/** The same, where the devices are called otherwise. */
export function isAlikeCertificate(theirs: unknown, ours: unknown): boolean {
  return withoutDevices(contentsOf(theirs)) === withoutDevices(contentsOf(ours));
}

function subjectOf(pem: unknown): string {
  const [der = new Uint8Array(0)] = decodePem('CERTIFICATE REQUEST', String(pem));
  return nameText(openCertificateRequest(nativeCore, der).subject);
}

function contentsOf(pem: unknown): string {
  const certificates = decodePem('CERTIFICATE', String(pem)).map(readCertificate);
  return JSON.stringify(certificates.map((one) => [nameText(one.subject), nameText(one.issuer), rolesOf(one)]));
}

function withoutDevices(text: string): string {
  return text.replace(/uuid:[0-9a-f-]{36}/g, 'uuid:…');
}
