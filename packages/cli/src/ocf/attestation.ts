import { type Clock, SelvageError } from '@selvage/core';
import { nativeCore } from '@selvage/crypto';
import { attestationJudge, certifiedKeys, enrolledKeys, firstKeyOf } from '@selvage/hardware';
import type { AttestationPolicy, AttestedFacts } from '@selvage/ocf';
import { readCertificate } from '@selvage/pki';
import { readReference } from '../attest/reference.js';

/** What `own` demands of devices that say what they were booted from. */
export interface AttestOptions {
  readonly attest?: AttestDemand;
  readonly reference?: string;
}

export type AttestDemand = 'never' | 'offered' | 'required';

/** In the order in which they get stricter. */
export const attestDemands: readonly AttestDemand[] = ['never', 'offered', 'required'];

const demands = { never: 'never', offered: 'when-offered', required: 'always' } as const;

/** What devices are judged by that is not in the options. */
export interface JudgeSetting {
  readonly clock: Clock;
  /** Roots of the manufacturers that the site trusts, in DER. */
  readonly manufacturers: readonly Uint8Array[];
}

/**
 * The policy of the options: where reference values are given, what they say is required, unless something else is said.
 * `undefined` where devices are not asked.
 * @throws SelvageError `invalid-argument` for a demand without reference values, `file-not-found`, `invalid-value`
 */
export function attestationPolicy(
  { attest, reference: file }: AttestOptions,
  { clock, manufacturers }: JudgeSetting,
): AttestationPolicy | undefined {
  const reference = readReference(file);
  const wanted = attest ?? (reference === undefined ? 'never' : 'required');
  if (wanted === 'never') return undefined;
  if (reference === undefined) {
    throw new SelvageError('invalid-argument', 'nothing says what devices should have been booted from', {
      remedy: 'give it with --reference: selvage attest verify --help shows such a file',
    });
  }
  const now = (): number => clock.wallTime();
  const anchors = manufacturers.map((der) => ({ certificate: readCertificate(der) }));
  const keyOf = firstKeyOf(enrolledKeys(reference.instances ?? []), certifiedKeys({ core: nativeCore, anchors, now }));
  return { demand: demands[wanted], judge: attestationJudge({ core: nativeCore, keyOf, reference, now }) };
}

/** What the firmware of a device is called in its attestation; PRoT is the secure world beside it. */
const firmwareType = 'APP';

/** The firmware among what a device attested; where nothing is called so, its first part. */
export function firmwareComponent(
  attested: AttestedFacts | undefined,
): AttestedFacts['components'][number] | undefined {
  const components = attested?.components ?? [];
  return components.find(({ type }) => type === firmwareType) ?? components[0];
}

/** What a device runs, as it attested, in a few words: `PRoT 1.0.0, APP 1.2.0`. */
export function attestedText(attested: AttestedFacts): string {
  return attested.components.map(({ type = 'part', version = 'of no version' }) => `${type} ${version}`).join(', ');
}
