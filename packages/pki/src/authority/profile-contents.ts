import { SelvageError } from '@selvage/core';
import { keyPurposes } from '../certificate/extension-ids.js';
import type { Extension } from '../certificate/extensions.js';
import {
  basicConstraintsExtension,
  directoryNamesExtension,
  extendedKeyUsageExtension,
  keyUsageExtension,
  mudUrlExtension,
} from '../making/extensions.js';
import { makeName } from '../making/name.js';
import type { Name } from '../names/name.js';
import { isAssertable } from '../ocf/role.js';
import { deviceCommonName, isUuid } from '../ocf/uuid.js';
import { requireMudUrl } from './mud-url.js';
import type { CertificateProfile, GrantedRole } from './profile.js';

/** What a profile puts into a certificate, beyond key, time and who issues it. */
export interface ProfileContents {
  readonly subject: Name;
  readonly extensions: readonly Extension[];
}

const { clientAuth, ocfIdentity, ocfRole, serverAuth } = keyPurposes;

/** @throws SelvageError `invalid-argument`. */
export function contentsOf(profile: CertificateProfile): ProfileContents {
  switch (profile.kind) {
    case 'intermediate':
      return { subject: makeName(profile.subject), extensions: authorityExtensions(0) };
    case 'device':
      return {
        subject: makeName(profile.subject),
        extensions: [
          ...deviceExtensions(ocfIdentity),
          ...(profile.mudUrl === undefined ? [] : [mudUrlExtension(requireMudUrl(profile.mudUrl))]),
        ],
      };
    case 'attestation':
      return { subject: makeName(profile.subject), extensions: attestationExtensions() };
    case 'identity':
      return { subject: deviceName(profile.device), extensions: deviceExtensions(ocfIdentity) };
    case 'role':
      return {
        subject: deviceName(profile.device),
        extensions: [...deviceExtensions(ocfRole), directoryNamesExtension(roleNames(profile.roles))],
      };
  }
}

/** basicConstraints and keyUsage of an authority; without a path length for a root. */
export function authorityExtensions(pathLength?: number): Extension[] {
  return [basicConstraintsExtension({ pathLength }), keyUsageExtension(['keyCertSign', 'cRLSign'])];
}

/** A key that signs evidence opens no sessions: it could be had to sign what it never saw. */
function attestationExtensions(): Extension[] {
  return [
    basicConstraintsExtension(),
    keyUsageExtension(['digitalSignature']),
    extendedKeyUsageExtension([keyPurposes.attestation]),
  ];
}

function deviceExtensions(purpose: string): Extension[] {
  return [
    basicConstraintsExtension(),
    keyUsageExtension(['digitalSignature', 'keyAgreement']),
    extendedKeyUsageExtension([serverAuth, clientAuth, purpose]),
  ];
}

function deviceName(device: string): Name {
  if (isUuid(device)) return makeName([['CN', deviceCommonName(device)]]);
  throw new SelvageError('invalid-argument', `${JSON.stringify(device)} is no UUID of a device in lower case`, {
    remedy: 'give it as OCF shows it: 8-4-4-4-12 hexadecimal digits',
  });
}

function roleNames(roles: readonly GrantedRole[]): Name[] {
  if (roles.length === 0) throw new SelvageError('invalid-argument', 'a role certificate needs at least one role');
  const reserved = roles.find(({ role, authority = '' }) => !isAssertable({ role, authority }));
  if (reserved !== undefined) {
    throw new SelvageError('invalid-argument', `the role ${JSON.stringify(reserved.role)} is reserved`, {
      remedy: 'choose a name that does not start with oic.role.',
    });
  }
  return roles.map(({ role, authority }) =>
    makeName([['CN', role], ...(authority === undefined ? [] : [['OU', authority] as const])]),
  );
}
