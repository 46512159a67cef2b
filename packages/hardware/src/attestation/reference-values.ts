import { bytesEqual } from '@selvage/core';
import type { AttestationClaims, AttestedComponent } from './claims.js';
import type { AttestedLifeCycle } from './life-cycle.js';
import { refuseToken, shortHex } from './refusal.js';
import { isAtLeast } from './version.js';

/** What one measured part may be. */
export interface ComponentReference {
  /** Which part, as the token calls it. */
  readonly type: string;
  /** Hashes of the keys that may have signed it: root keys of the boot ROM. */
  readonly signers: readonly Uint8Array[];
  /** `major.minor.revision+build`; any version where it is left out. */
  readonly minimumVersion?: string | undefined;
  /** The only builds that are taken; all of the signers' where this is left out. */
  readonly measurements?: readonly Uint8Array[] | undefined;
  /** Whether devices without it are taken. */
  readonly optional?: boolean | undefined;
}

/** What a device must have been booted from, and how, to be taken (RFC 9334: reference values). */
export interface ReferenceValues {
  /** Implementation ids of the platforms that are known. */
  readonly implementations: readonly Uint8Array[];
  readonly lifeCycles: readonly AttestedLifeCycle[];
  /** How the normal world must be confined; anyhow where this is left out. */
  readonly isolations?: readonly string[] | undefined;
  readonly components: readonly ComponentReference[];
}

/**
 * Compares what a device says of itself with what it should be: life cycle, implementation, isolation, and every part.
 * @throws SelvageError `attestation-refused` with the first that is not as it must be
 */
export function checkAgainst(reference: ReferenceValues, claims: AttestationClaims): void {
  const { lifeCycle, implementation, isolation, components } = claims;
  if (!reference.lifeCycles.includes(lifeCycle)) {
    throw refuseToken({
      claim: 'life cycle',
      expected: reference.lifeCycles.join(' or ') || 'none at all',
      found: lifeCycle,
      remedy: 'a device that can be debugged proves nothing: have its maker secure it, or accept that life cycle',
    });
  }
  requireAmong('implementation id', implementation, reference.implementations);
  if (reference.isolations !== undefined && !reference.isolations.includes(isolation ?? '')) {
    throw refuseToken({
      claim: 'isolation of the normal world',
      expected: reference.isolations.join(' or '),
      found: isolation ?? 'no word of it',
      remedy: 'run the device where its firmware can be confined, or accept that isolation',
    });
  }
  for (const one of components) checkComponent(reference.components, one);
  for (const one of reference.components) requirePresent(one, components);
}

function checkComponent(references: readonly ComponentReference[], component: AttestedComponent): void {
  const { type = '', measurement, signer, version } = component;
  const reference = references.find((one) => one.type === type);
  const name = `software component ${JSON.stringify(type)}`;
  if (reference === undefined) {
    const known = references.map((one) => JSON.stringify(one.type)).join(', ');
    throw refuseToken({ claim: name, expected: `only ${known || 'nothing'}`, found: 'a part that no reference has' });
  }
  requireAmong(`signer of ${name}`, signer, reference.signers);
  const { minimumVersion, measurements } = reference;
  if (minimumVersion !== undefined && !isAtLeast(version ?? '', minimumVersion)) {
    throw refuseToken({
      claim: `version of ${name}`,
      expected: `${minimumVersion} or later`,
      found: version ?? 'none',
      remedy: 'update the firmware of the device first',
    });
  }
  if (measurements !== undefined) requireAmong(`measurement of ${name}`, measurement, measurements);
}

function requirePresent(
  { type, optional = false }: ComponentReference,
  components: readonly AttestedComponent[],
): void {
  if (optional || components.some((one) => (one.type ?? '') === type)) return;
  throw refuseToken({ claim: `software component ${JSON.stringify(type)}`, expected: 'it', found: 'nothing of it' });
}

function requireAmong(claim: string, found: Uint8Array, accepted: readonly Uint8Array[]): void {
  if (accepted.some((one) => bytesEqual(one, found))) return;
  throw refuseToken({
    claim,
    expected: accepted.map(shortHex).join(' or ') || 'none at all',
    found: shortHex(found),
    remedy: 'the device runs something else than what is accepted here: do not own it, or accept that too',
  });
}
