import { SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import {
  type AttributeInput,
  type CertificateProfile,
  type CertificateRequest,
  decodePem,
  deviceOf,
  type GrantedRole,
  nameText,
  openCertificateRequest,
  type ProfileKind,
} from '@selvage/pki';
import type { Surface } from '../terminal/surface.js';
import { readOptionText } from '../dtls/files.js';
import { issuedCertificate } from './files.js';
import { handOut, usualDays } from './issue.js';
import { type IssueOptions, validityFor } from './options.js';
import { requireNewFiles } from './output.js';
import { withAuthority } from './session.js';
import { step } from './step.js';

export interface SignOptions extends IssueOptions {
  readonly as: Exclude<ProfileKind, 'intermediate' | 'attestation'>;
  readonly name?: readonly AttributeInput[];
  readonly mudUrl?: string;
  readonly role?: readonly GrantedRole[];
}

export interface RenewOptions extends IssueOptions {
  readonly request?: string;
}

/** `ca sign`: a request in, a chain out. @throws SelvageError that names the step. */
export async function sign(surface: Surface, file: string, options: SignOptions): Promise<void> {
  await requireNewFiles(options.out);
  const der = await step('read the request', () => requestIn(surface, file));
  const request = await step('check that the request proves its key', () => openCertificateRequest(nativeCore, der));
  const profile = await step('find out what to certify', () => profileFor(request, options));
  await withAuthority(surface, options, async (authority) => {
    const usual = usualDays[options.as];
    const validity = validityFor(surface.clock.wallTime(), options.days, usual, authority);
    const issued = await step('issue the certificate', () =>
      authority.issueForRequest(profile, { request: der, validity }),
    );
    await handOut(surface, options, issued);
  });
}

/** `ca renew`: the same certificate anew. @throws SelvageError that names the step. */
export async function renew(surface: Surface, named: string, options: RenewOptions): Promise<void> {
  const { request: file, out } = options;
  await requireNewFiles(out);
  const request = file === undefined ? undefined : await step('read the request', () => requestIn(surface, file));
  await withAuthority(surface, options, async (authority) => {
    const old = await step('find the certificate', () => issuedCertificate(authority, named));
    const { notBefore, notAfter } = old.validity;
    const days = Math.max(1, Math.round((notAfter - notBefore) / 86_400_000));
    const validity = validityFor(surface.clock.wallTime(), options.days, days, authority);
    const issued = await step('renew the certificate', () => authority.renew(old, { validity, request }));
    await handOut(surface, options, issued);
  });
}

async function requestIn(surface: Surface, file: string): Promise<Uint8Array> {
  const text = file === '-' ? await inputText(surface) : readOptionText('<request>', file);
  return decodePem('CERTIFICATE REQUEST', text)[0] ?? new Uint8Array(0);
}

/** A request is a kilobyte; what is longer is something else. */
const longestInput = 65_536;

async function inputText({ stdin }: Surface): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stdin) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > longestInput) throw new SelvageError('payload-too-large', 'standard input holds no request');
  }
  return text;
}

/** The profile that was asked for, with what the request itself says of the device. */
function profileFor({ subject }: CertificateRequest, options: SignOptions): CertificateProfile {
  const { as, mudUrl, role: roles = [] } = options;
  if (as === 'device') {
    if (options.name === undefined) {
      throw new SelvageError('invalid-argument', 'a device needs a name, and that in the request is only a wish', {
        remedy: `if it is right: --name ${JSON.stringify(nameText(subject))}`,
      });
    }
    return { kind: as, subject: options.name, ...(mudUrl !== undefined && { mudUrl }) };
  }
  const device = deviceOf(subject);
  if (device === undefined) {
    throw new SelvageError('bad-certificate', `the request is of ${nameText(subject)}, which is no device`, {
      remedy: 'the common name must be uuid: and the UUID of the device',
    });
  }
  return as === 'identity' ? { kind: as, device } : { kind: as, device, roles };
}
