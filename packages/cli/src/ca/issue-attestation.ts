import { type Secret, SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { attestationSubject, instanceIdOf } from '@selvage/hardware';
import type { AttributeInput } from '@selvage/pki';
import { publicKeyOf } from '../keys/public-key.js';
import type { Surface } from '../terminal/surface.js';
import { handOut, usualDays } from './issue.js';
import { type IssueOptions, validityFor } from './options.js';
import { requireNewFiles } from './output.js';
import { withAuthority } from './session.js';
import { step } from './step.js';

export interface AttestationOptions extends IssueOptions {
  readonly name?: readonly AttributeInput[];
}

/**
 * `ca issue attestation`: for the key that a device attests with, which is in its vault; the certificate names the instance
 * that has that key. @throws SelvageError that names the step.
 */
export async function issueAttestation(surface: Surface, key: string, options: AttestationOptions): Promise<void> {
  await requireNewFiles(options.out);
  const { kind, publicKey } = await step('read the public key', () => publicKeyOf(key, openingFor(surface)));
  if (kind !== 'p256') {
    throw new SelvageError('invalid-key', `a key of ${kind} cannot be certified`, { remedy: 'give one of P-256' });
  }
  const subject = attestationSubject(instanceIdOf(nativeCore, { kind, publicKey }), options.name);
  await withAuthority(surface, options, async (authority) => {
    const validity = validityFor(surface.clock.wallTime(), options.days, usualDays.device, authority);
    const issued = await step('issue the certificate', () =>
      authority.issue({ kind: 'attestation', subject }, { publicKey, validity }),
    );
    await handOut(surface, options, issued);
  });
}

/** For a key whose public half is all that is needed. */
export function openingFor(surface: Surface): { readonly surface: Surface; readonly passphrase: () => Secret } {
  const passphrase = (): never => {
    throw new SelvageError('invalid-argument', 'the key is encrypted', {
      remedy: 'give its public half: PUBLIC KEY in PEM',
    });
  };
  return { surface, passphrase };
}
