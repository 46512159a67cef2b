/** The credentials that a device has, as its owner reads and removes them. */
import type { PeerAddress } from '@selvage/core';
import { SelvageError } from '@selvage/core';
import { type Certificate, decodePem, readCertificate } from '@selvage/pki';
import { readCred } from '../../security/cred.js';
import { type Credential, type CredentialInput, credentialTypes } from '../../security/credential.js';
import { writeCredUpdate } from '../../security/cred.js';
import { securityPaths } from '../../security/paths.js';
import type { Uuid } from '../../uuid/uuid.js';
import { carryOut, type Step } from '../step.js';
import type { TaskContext } from './context.js';

const { cred } = securityPaths;

/** A credential that is certificates, and the first of them. */
export interface CertificateCredential {
  readonly credid: number;
  readonly certificate: Certificate;
}

/** Gives the device a credential. */
export function credentialStep(name: string, credential: CredentialInput): Step {
  return { name, request: { method: 'POST', path: cred, value: writeCredUpdate({ creds: [credential] }) } };
}

/** All credentials of the device. */
export async function credentialsOf<Address extends PeerAddress>(
  context: TaskContext<Address>,
): Promise<readonly Credential[]> {
  const step: Step = { name: 'read the credentials of the device (cred)', request: { method: 'GET', path: cred } };
  const { value } = await carryOut(context.session, step, context);
  return readCred(value).creds;
}

/** Those with certificates for a usage; one that cannot be read is passed over. */
export function certificatesIn(
  credentials: readonly Credential[],
  usage: Credential['credusage'],
): CertificateCredential[] {
  return credentials.flatMap(({ credid, credusage, publicdata }) => {
    const certificate = credusage === usage ? firstCertificate(publicdata?.data) : undefined;
    return certificate === undefined ? [] : [{ credid, certificate }];
  });
}

/** Removes a credential; it is no harm when it is gone already. */
export async function removeCredential<Address extends PeerAddress>(
  context: TaskContext<Address>,
  credid: number,
): Promise<void> {
  const request = { method: 'DELETE', path: cred, query: [`credid=${credid}`] } as const;
  const tolerates = context.again ? '4.04' : undefined;
  await carryOut(context.session, { name: `remove credential ${credid} (cred)`, request, tolerates }, context);
}

/** Removes the keys that the device shares with another, but not its owner's. */
export async function removePairwise<Address extends PeerAddress>(
  context: TaskContext<Address>,
  peer: Uuid,
): Promise<void> {
  const { symmetricPairwise } = credentialTypes;
  for (const { credid, credtype, subjectuuid } of await credentialsOf(context)) {
    if (credtype === symmetricPairwise && subjectuuid === peer) await removeCredential(context, credid);
  }
}

function firstCertificate(data: string | Uint8Array | undefined): Certificate | undefined {
  try {
    if (data === undefined) return undefined;
    const [der] = typeof data === 'string' ? decodePem('CERTIFICATE', data) : [data];
    return der && readCertificate(der);
  } catch (error) {
    if (error instanceof SelvageError) return undefined;
    throw error;
  }
}
