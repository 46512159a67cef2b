import { SelvageError, type Secret } from '@selvage/core';
import { nativeCore, writePrivateKey } from '@selvage/crypto';
import {
  type AttributeInput,
  type CertificateAuthority,
  type CertificateProfile,
  deviceOf,
  encodePemChain,
  type GrantedRole,
  type IssuedCertificate,
  nameText,
  serialText,
} from '@selvage/pki';
import type { Surface } from '../terminal/surface.js';
import { describeCertificate, isoTime } from './describe.js';
import { certificateIn } from './files.js';
import { drawKey } from './key-file.js';
import { type IssueOptions, validityFor } from './options.js';
import { requireNewFiles, writeNewFile } from './output.js';
import { readPassphrase } from './passphrase.js';
import { Report } from './report.js';
import { withAuthority } from './session.js';
import { step } from './step.js';

/** A key is made with the certificate, and kept in a file. */
export interface NewKeyOptions extends IssueOptions {
  readonly key: string;
  readonly keyPassphraseFile?: string;
}

export interface DeviceOptions extends NewKeyOptions {
  readonly name: readonly AttributeInput[];
  readonly mudUrl?: string;
}

export interface RoleOptions extends IssueOptions {
  readonly role: readonly GrantedRole[];
}

/** How long certificates hold where nobody says: a maker's for a device's life, an owner's for a year. */
export const usualDays = { device: 7305, identity: 365, role: 365 } as const;

/** `ca issue device`. @throws SelvageError that names the step. */
export function issueDevice(surface: Surface, options: DeviceOptions): Promise<void> {
  const { name, mudUrl } = options;
  const profile = { kind: 'device', subject: name, ...(mudUrl !== undefined && { mudUrl }) } as const;
  return issueWithKey(surface, options, profile);
}

/** `ca issue identity`. @throws SelvageError that names the step. */
export function issueIdentity(surface: Surface, device: string, options: NewKeyOptions): Promise<void> {
  return issueWithKey(surface, options, { kind: 'identity', device: device.toLowerCase() });
}

/** `ca issue role`: for the device and the key of an identity certificate. @throws SelvageError that names the step. */
export async function issueRole(surface: Surface, identityFile: string, options: RoleOptions): Promise<void> {
  await requireNewFiles(options.out);
  const { device, publicKey } = await step('read the identity certificate', () => holderIn(identityFile));
  await withAuthority(surface, options, async (authority) => {
    const profile = { kind: 'role', device, roles: options.role } as const;
    const validity = validityFor(surface.clock.wallTime(), options.days, usualDays.role, authority);
    const issued = await step('issue the certificate', () => authority.issue(profile, { publicKey, validity }));
    await handOut(surface, options, issued);
  });
}

/** Gives a certificate out, as a file or on standard output, and says what it is. */
export async function handOut(
  surface: Surface,
  options: IssueOptions,
  issued: IssuedCertificate,
  key?: string,
): Promise<void> {
  const { certificate, chain } = issued;
  const pem = encodePemChain(chain);
  if (options.out !== undefined) await writeNewFile(options.out, pem, 'public');
  const report = new Report(surface, options.json);
  const { out } = options;
  const files = { ...(out !== undefined && { out }), ...(key !== undefined && { key }) };
  report.tell({
    event: 'issued',
    data: { certificate: describeCertificate(certificate), ...files, pem },
    lines: [
      `issued ${serialText(certificate)} to ${nameText(certificate.subject)}, until ${isoTime(certificate.validity.notAfter)}`,
      ...(key === undefined ? [] : [`its key is in ${key}`]),
    ],
  });
  if (out === undefined) report.hand(pem);
}

async function issueWithKey(surface: Surface, options: NewKeyOptions, profile: CertificateProfile): Promise<void> {
  await requireNewFiles(options.key, options.out);
  await withAuthority(surface, options, async (authority) => {
    const secret = drawKey(surface.entropy);
    try {
      const issued = await issueFor(surface, authority, options, profile, nativeCore.p256.publicKey(secret.reveal()));
      // The key first: a certificate whose key was lost is worth nothing.
      await writeNewFile(options.key, keyFile(surface, options, secret).reveal(), 'private');
      await handOut(surface, options, issued, options.key);
    } finally {
      secret.dispose();
    }
  });
}

function issueFor(
  { clock }: Surface,
  authority: CertificateAuthority,
  { days }: IssueOptions,
  profile: CertificateProfile,
  publicKey: Uint8Array,
): Promise<IssuedCertificate> {
  const usual = profile.kind === 'device' ? usualDays.device : usualDays.identity;
  const validity = validityFor(clock.wallTime(), days, usual, authority);
  return step('issue the certificate', () => authority.issue(profile, { publicKey, validity }));
}

/** Without a passphrase the key lies open in its file, which its owner alone can read: devices start without people. */
function keyFile({ env, entropy }: Surface, { keyPassphraseFile: file }: NewKeyOptions, key: Secret): Secret {
  const variable = 'SELVAGE_KEY_PASSPHRASE';
  if (file === undefined && env[variable] === undefined) return writePrivateKey(nativeCore, { kind: 'p256', key });
  const passphrase = readPassphrase({ option: '--key-passphrase-file', file, variable }, env);
  return writePrivateKey(nativeCore, { kind: 'p256', key }, { passphrase, entropy });
}

function holderIn(path: string): { device: string; publicKey: Uint8Array } {
  const { subject, publicKey } = certificateIn('<identity>', path);
  const device = deviceOf(subject);
  if (device !== undefined && publicKey?.kind === 'p256') return { device, publicKey: publicKey.publicKey };
  throw new SelvageError('bad-certificate', `${path} is the certificate of ${nameText(subject)}, which is no device`, {
    fault: 'caller',
    remedy: 'give the identity certificate of the device: its common name is uuid: and a UUID',
  });
}
