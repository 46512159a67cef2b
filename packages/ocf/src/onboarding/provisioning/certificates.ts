/** How a device is given certificates of its owner's authority. */
import type { PeerAddress } from '@selvage/core';
import { SelvageError } from '@selvage/core';
import { type CertificateProfile, decodePem, encodePem, type GrantedRole, rolesOf, serialText } from '@selvage/pki';
import { permissions } from '../../security/access-entry.js';
import { writeAcl2Update } from '../../security/acl2.js';
import { type CredentialUsage, credentialTypes, credentialUsages, encodings } from '../../security/credential.js';
import { readCsr } from '../../security/csr.js';
import type { Doxm } from '../../security/doxm.js';
import { securityPaths } from '../../security/paths.js';
import type { Uuid } from '../../uuid/uuid.js';
import { carryOut, type Step } from '../step.js';
import type { RecordChange, TaskContext } from './context.js';
import { certificatesIn, credentialStep, credentialsOf, removeCredential } from './credentials.js';
import type { CertificateIssuer, IssuedPem } from './issuer.js';

/** Gives the device an identity certificate, and removes the ones that it replaces. */
export async function provisionIdentity<Address extends PeerAddress>(
  context: TaskContext<Address>,
  days: number | undefined,
): Promise<RecordChange> {
  const { device } = context.record;
  const old = await earlier(context, credentialUsages.identity, context.record.identity !== undefined);
  await carryOut(context.session, anchorStep(requireIssuer(context).anchor, '*'), context);
  const good = context.again ? old.find(({ certificate }) => requireIssuer(context).isGood(certificate)) : undefined;
  const identity =
    good === undefined
      ? await certify(context, { profile: { kind: 'identity', device }, usage: credentialUsages.identity, days })
      : { serial: serialText(good.certificate), notAfter: good.certificate.validity.notAfter };
  for (const { credid } of old) if (credid !== good?.credid) await removeCredential(context, credid);
  await carryOut(context.session, rolesAccessStep, context);
  return { identity };
}

/** Gives the device a role certificate for each role, but for those that it has of an earlier attempt. */
export async function provisionRoles<Address extends PeerAddress>(
  context: TaskContext<Address>,
  { roles, days }: { readonly roles: readonly GrantedRole[]; readonly days?: number | undefined },
): Promise<RecordChange> {
  const { device, roles: granted = [] } = context.record;
  const old = await earlier(
    context,
    credentialUsages.role,
    granted.some((one) => roles.some((role) => isSame(one, role))),
  );
  await carryOut(context.session, anchorStep(requireIssuer(context).anchor, '*'), context);
  const records = granted.filter((one) => !roles.some((role) => isSame(one, role)));
  for (const role of roles) {
    const same = old.filter(({ certificate }) => rolesOf(certificate)?.some((one) => grants(one, role)) === true);
    const profile: CertificateProfile = { kind: 'role', device, roles: [role] };
    const issued = await certify(context, { profile, usage: credentialUsages.role, days });
    for (const { credid } of same) await removeCredential(context, credid);
    records.push({ ...role, serial: issued.serial, notAfter: issued.notAfter });
  }
  await carryOut(context.session, rolesAccessStep, context);
  return { roles: records };
}

/** Has the device trust an authority, in DER. */
export async function provisionAnchor<Address extends PeerAddress>(
  context: TaskContext<Address>,
  { certificate, subject = '*' }: { readonly certificate: Uint8Array; readonly subject?: Uuid | '*' | undefined },
): Promise<void> {
  await carryOut(context.session, anchorStep(encodePem('CERTIFICATE', certificate), subject), context);
}

/** The owner's authority. @throws SelvageError `invalid-argument` where the tool has none. */
export function requireIssuer({ issuer }: Pick<TaskContext<PeerAddress>, 'issuer'>): CertificateIssuer {
  if (issuer !== undefined) return issuer;
  throw new SelvageError('invalid-argument', 'the tool has no authority that could issue certificates', {
    remedy: "give it the owner's certificate authority",
  });
}

/** @throws SelvageError `provisioning-refused` for a device that takes no certificates. */
export function requireCertificates(device: Uuid, { sct }: Pick<Doxm, 'sct'>): void {
  if ((sct & credentialTypes.certificate) !== 0) return;
  throw new SelvageError('provisioning-refused', `device ${device} takes no certificates (doxm.sct is ${sct})`, {
    details: { step: 'read the ownership of the device (doxm)', response: '2.05', device },
    remedy: 'pair it with each device that it is to talk to',
  });
}

/** Reads the device's request, certifies it, and gives the device the certificate. */
async function certify<Address extends PeerAddress>(
  context: TaskContext<Address>,
  { profile, usage, days }: { profile: CertificateProfile; usage: CredentialUsage; days: number | undefined },
): Promise<Omit<IssuedPem, 'pem'>> {
  const { value } = await carryOut(context.session, requestStep, context);
  const { pem, serial, notAfter } = await signed(context, readCsr(value).csr, profile, days);
  const data = { data: pem, encoding: encodings.pem };
  const credential = {
    credtype: credentialTypes.certificate,
    subjectuuid: '*',
    publicdata: data,
    credusage: usage,
  } as const;
  await carryOut(
    context.session,
    credentialStep(`give the device its ${profile.kind} certificate (cred)`, credential),
    context,
  );
  return { serial, notAfter };
}

async function signed<Address extends PeerAddress>(
  context: TaskContext<Address>,
  csr: string,
  profile: CertificateProfile,
  days: number | undefined,
): Promise<IssuedPem> {
  try {
    const [request = new Uint8Array(0)] = decodePem('CERTIFICATE REQUEST', csr);
    return await requireIssuer(context).certify(profile, request, days);
  } catch (cause) {
    if (!(cause instanceof SelvageError)) throw cause;
    const words = `device ${context.device}: cannot certify its key: ${cause.message}`;
    throw new SelvageError(cause.code, words, {
      cause,
      fault: cause.fault,
      details: { step: 'certify the key of the device (csr)', device: context.device },
      remedy: cause.remedy,
    });
  }
}

/** The certificates that the device has already, where there may be some. */
async function earlier<Address extends PeerAddress>(
  context: TaskContext<Address>,
  usage: CredentialUsage,
  isKnown: boolean,
): Promise<ReturnType<typeof certificatesIn>> {
  return context.again || isKnown ? certificatesIn(await credentialsOf(context), usage) : [];
}

function anchorStep(pem: string, subject: Uuid | '*'): Step {
  return credentialStep('give the device its trust anchor (cred)', {
    credtype: credentialTypes.certificate,
    subjectuuid: subject,
    publicdata: { data: pem, encoding: encodings.pem },
    credusage: credentialUsages.trustAnchor,
  });
}

const requestStep: Step = {
  name: 'read the certificate request of the device (csr)',
  request: { method: 'GET', path: securityPaths.csr },
};

/** Whoever shows a certificate may show roles as well. */
const rolesAccessStep: Step = {
  name: 'let peers with certificates show their roles (acl2)',
  request: {
    method: 'POST',
    path: securityPaths.acl2,
    value: writeAcl2Update({
      aclist2: [
        {
          subject: { conntype: 'auth-crypt' },
          resources: [{ href: securityPaths.roles }],
          permission: permissions.retrieve | permissions.update,
        },
      ],
    }),
  },
};

function isSame(one: GrantedRole, other: GrantedRole): boolean {
  return one.role === other.role && one.authority === other.authority;
}

/** Without an authority a role is the issuer's, which a certificate of ours names by its issuer. */
function grants(certified: GrantedRole, { role, authority }: GrantedRole): boolean {
  return certified.role === role && (authority === undefined || certified.authority === authority);
}
