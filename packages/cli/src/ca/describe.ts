import { toHex } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import {
  algorithmName,
  type Certificate,
  type CertificateList,
  type CertificateRequest,
  deviceOf,
  identifierName,
  keyPurposes,
  nameText,
  rolesOf,
  serialText,
} from '@selvage/pki';

/** What a certificate is, in a word. */
export function kindOf({ extensions }: Certificate): 'authority' | 'device' | 'role' | 'attestation' | 'other' {
  if (extensions.basicConstraints?.isAuthority === true) return 'authority';
  if (extensions.extendedKeyUsage?.includes(keyPurposes.ocfRole) === true) return 'role';
  if (extensions.extendedKeyUsage?.includes(keyPurposes.attestation) === true) return 'attestation';
  return extensions.extendedKeyUsage?.includes(keyPurposes.ocfIdentity) === true ? 'device' : 'other';
}

/** A certificate as plain data. */
export function describeCertificate(certificate: Certificate): Record<string, unknown> {
  const { extensions, validity, publicKey } = certificate;
  const device = deviceOf(certificate.subject);
  const { pathLength } = extensions.basicConstraints ?? {};
  const purposes = extensions.extendedKeyUsage?.map(identifierName);
  const roles = kindOf(certificate) === 'role' ? rolesOf(certificate) : undefined;
  return {
    kind: kindOf(certificate),
    subject: nameText(certificate.subject),
    issuer: nameText(certificate.issuer),
    serial: serialText(certificate),
    notBefore: isoTime(validity.notBefore),
    notAfter: isoTime(validity.notAfter),
    ...(device !== undefined && { device }),
    ...(roles && { roles }),
    ...(pathLength !== undefined && { pathLength }),
    ...(extensions.keyUsage && { keyUsage: extensions.keyUsage }),
    ...(purposes && { extendedKeyUsage: purposes }),
    ...(extensions.mudUrl !== undefined && { mudUrl: extensions.mudUrl }),
    key: publicKey?.kind ?? 'another kind',
    signature: algorithmName(certificate.signatureAlgorithm),
    sha256: toHex(nativeCore.hash('sha256', certificate.der)),
  };
}

/** A request whose key is proved, as plain data. */
export function describeRequest({ subject, extensions }: CertificateRequest): Record<string, unknown> {
  const device = deviceOf(subject);
  return {
    kind: 'request',
    subject: nameText(subject),
    ...(device !== undefined && { device }),
    proved: true,
    ...(extensions.length > 0 && { asksFor: extensions.map(({ id }) => identifierName(id)) }),
  };
}

/** A revocation list, as plain data. */
export function describeList(list: CertificateList): Record<string, unknown> {
  const { number, nextUpdate } = list;
  return {
    kind: 'revocation list',
    issuer: nameText(list.issuer),
    ...(number !== undefined && { number: Number.parseInt(number, 16) }),
    thisUpdate: isoTime(list.thisUpdate),
    ...(nextUpdate !== undefined && { nextUpdate: isoTime(nextUpdate) }),
    revoked: [...list.revoked.values()].map((one) => ({
      serial: serialText(one),
      at: isoTime(one.revokedAt),
      reason: one.reason,
    })),
  };
}

/** Plain data as lines: a name and a value each. */
export function dataLines(data: Record<string, unknown>): string[] {
  const width = Math.max(...Object.keys(data).map((name) => name.length)) + 2;
  return Object.entries(data).map(
    ([name, value]) => `${name.padEnd(width)}${valueText(value, name === 'roles' ? ' of ' : ' ')}`,
  );
}

/** To the second, in UTC. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}

/** `between` stands between the values of an object. */
function valueText(value: unknown, between: string): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? 'none' : value.map((one) => valueText(one, between)).join(', ');
  }
  if (typeof value === 'object' && value !== null) return Object.values(value).join(between);
  return String(value);
}
