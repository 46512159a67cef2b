import { bytesEqual, toHex } from '@selvage/core';
import type { CryptoCore, HashAlgorithm } from '@selvage/crypto';
import type { Certificate } from '../certificate/certificate.js';
import { identifierName } from '../certificate/extension-ids.js';
import { isAllowed, isSignedBy, usualHashes } from '../certificate/signed-by.js';
import { namesEqual } from '../names/compare.js';
import type { CertificateList, RevokedCertificate } from './certificate-list.js';

/** What lists say of a certificate. */
export type RevocationStatus =
  | { readonly kind: 'good' }
  | { readonly kind: 'revoked'; readonly entry: RevokedCertificate }
  /** No list decides; `why` says what is wrong with the nearest, for people. */
  | { readonly kind: 'unknown'; readonly why: string };

/** What the status is looked up with. */
export interface StatusOptions {
  readonly core: CryptoCore;
  readonly lists: readonly CertificateList[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Hashes that the list's signature may use; SHA-256 alone by default. */
  readonly hashes?: readonly HashAlgorithm[] | undefined;
}

/**
 * Looks a certificate up in the lists of its issuer (RFC 5280 §6.3, for lists that the issuer signs itself and that are
 * whole). A list that is out of date still tells of certificates that were revoked, and no longer that one is not.
 */
export function revocationStatus(
  certificate: Certificate,
  issuer: Certificate,
  options: StatusOptions,
): RevocationStatus {
  let unknown = 'there is no list of its issuer';
  let isGood = false;
  for (const list of options.lists) {
    if (!namesEqual(list.issuer, certificate.issuer)) continue;
    const doubt = doubtAbout(list, issuer, options);
    const entry = doubt?.isGenuine === false ? undefined : list.revoked.get(toHex(certificate.serialNumber));
    if (entry !== undefined && entry.reason !== 'removeFromCRL') return { kind: 'revoked', entry };
    if (doubt === undefined) isGood = true;
    else unknown = doubt.why;
  }
  return isGood ? { kind: 'good' } : { kind: 'unknown', why: unknown };
}

/** Why a list does not decide; `isGenuine` where it is the issuer's nevertheless, and only old or narrow. */
interface Doubt {
  readonly why: string;
  readonly isGenuine: boolean;
}

function doubtAbout(list: CertificateList, issuer: Certificate, options: StatusOptions): Doubt | undefined {
  const forgery = forgeryOf(list, issuer, options);
  if (forgery !== undefined) return { why: forgery, isGenuine: false };
  const limit = list.limits[0];
  if (limit !== undefined) {
    return { why: `the list has ${identifierName(limit)}, which is not understood here`, isGenuine: false };
  }
  if (list.thisUpdate > options.now) {
    return { why: `the list is of the future: ${isoTime(list.thisUpdate)}`, isGenuine: true };
  }
  if (list.nextUpdate === undefined || list.nextUpdate + 1000 > options.now) return undefined;
  return { why: `the list was to be renewed by ${isoTime(list.nextUpdate)}`, isGenuine: true };
}

function forgeryOf(
  list: CertificateList,
  issuer: Certificate,
  { core, hashes = usualHashes }: StatusOptions,
): string | undefined {
  const { keyUsage, subjectKeyIdentifier } = issuer.extensions;
  const key = list.authorityKeyIdentifier;
  if (key !== undefined && subjectKeyIdentifier !== undefined && !bytesEqual(key, subjectKeyIdentifier)) {
    return 'the list names another key of its issuer';
  }
  if (keyUsage !== undefined && !keyUsage.includes('cRLSign')) return 'its issuer may not sign lists (no cRLSign)';
  if (isAllowed(list.signatureAlgorithm, hashes) && isSignedBy(core, list, issuer)) return undefined;
  return 'the signature of the list does not verify';
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
