import { SelvageError } from '@selvage/core';
import type { Certificate } from '../certificate/certificate.js';
import { keyPurposes } from '../certificate/extension-ids.js';
import type { AttributeInput } from '../names/name-text.js';
import { attributesOf } from '../making/name.js';
import { rolesOf } from '../ocf/role.js';
import { deviceOf } from '../ocf/uuid.js';

/** A role that is to be granted; without an authority it is that of the one who issues. */
export interface GrantedRole {
  readonly role: string;
  readonly authority?: string | undefined;
}

/** What an authority issues. A name is given part by part, the most general first. */
export type CertificateProfile =
  /** An authority that issues to devices and to no further authority (path length 0). */
  | { readonly kind: 'intermediate'; readonly subject: readonly AttributeInput[] }
  /** A device as its manufacturer makes it; the MUD URL says where its traffic is described (RFC 8520). */
  | { readonly kind: 'device'; readonly subject: readonly AttributeInput[]; readonly mudUrl?: string | undefined }
  /** The key that a device attests with; the verifier says how the subject names the instance. */
  | { readonly kind: 'attestation'; readonly subject: readonly AttributeInput[] }
  /** An OCF device as its owner knows it: `CN=uuid:…`, the UUID in lower case. */
  | { readonly kind: 'identity'; readonly device: string }
  /** What that device may do. The reference goes by the first role alone: give each a certificate of its own. */
  | { readonly kind: 'role'; readonly device: string; readonly roles: readonly GrantedRole[] };

/** The names of the profiles. */
export type ProfileKind = CertificateProfile['kind'];

/**
 * The profile that a certificate was issued with, so that it can be renewed.
 * @throws SelvageError `invalid-argument` for one of no profile, such as a root.
 */
export function profileOf(certificate: Certificate): CertificateProfile {
  const { subject, issuer, extensions } = certificate;
  const purposes = extensions.extendedKeyUsage ?? [];
  const device = deviceOf(subject);
  if (extensions.basicConstraints?.isAuthority === true && extensions.basicConstraints.pathLength === 0) {
    return { kind: 'intermediate', subject: attributesOf(subject) };
  }
  if (purposes.includes(keyPurposes.ocfRole) && device !== undefined) {
    return { kind: 'role', device, roles: rolesOf({ extensions, issuer }) ?? [] };
  }
  if (purposes.includes(keyPurposes.attestation)) return { kind: 'attestation', subject: attributesOf(subject) };
  if (!purposes.includes(keyPurposes.ocfIdentity)) {
    throw new SelvageError('invalid-argument', 'the certificate is of no profile that an authority issues here');
  }
  const { mudUrl } = extensions;
  if (device !== undefined && mudUrl === undefined) return { kind: 'identity', device };
  return { kind: 'device', subject: attributesOf(subject), ...(mudUrl !== undefined && { mudUrl }) };
}
