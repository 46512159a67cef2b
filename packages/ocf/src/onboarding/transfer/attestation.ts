import { type Entropy, type ErrorDetails, type PeerAddress, SelvageError } from '@selvage/core';
import type { OcfAnswer } from '../../client/request.js';
import type { OcfSession } from '../../client/session.js';
import { isSuccess } from '../../client/request.js';
import {
  attestationNonce,
  attestationPath,
  challengeLength,
  readAttestationAnswer,
  writeAttestationRequest,
} from '../../security/attestation.js';
import type { Uuid } from '../../uuid/uuid.js';
import type { AttestedFacts } from '../journal/attested-facts.js';
import { asked, refused, type Step, type StepContext } from '../step.js';

/** What a device has shown before it is owned. */
export interface AttestationEvidence {
  /** The device, as it is named while it has no owner. */
  readonly device: Uuid;
  /** A token as in RFC 9783, at most 16 KiB: whatever the device sent. */
  readonly token: Uint8Array;
  /** What must stand in it: it belongs to this challenge and this session alone. */
  readonly nonce: Uint8Array;
}

/** What devices must have been booted from to be owned. */
export interface AttestationPolicy {
  /**
   * `never`: devices are not asked. `when-offered`: those that can attest are judged, and others are owned all the same; a
   * device that lies can say that it cannot. `always`: what cannot attest is owned by nobody.
   */
  readonly demand: 'never' | 'when-offered' | 'always';
  /**
   * Judges what a device has shown: gives what is noted of it.
   * @throws SelvageError `attestation-refused` for a device that is not to be owned
   */
  readonly judge: (evidence: AttestationEvidence) => AttestedFacts | Promise<AttestedFacts>;
}

/** When a device that does not answer is given up, ms. */
const patience = 30_000;
/** How an answer may be built: a map with a token, and nothing else. */
const limits = { depth: 4, items: 16, keys: 4 } as const;

const stepName = 'ask the device what it was booted from (attestation)';
const judgeName = 'verify what the device was booted from (attestation)';

/** What a device is asked with. */
export interface AttestationSetting {
  readonly policy: AttestationPolicy | undefined;
  readonly entropy: Entropy;
  readonly context: StepContext;
}

/**
 * Demands of a device what the policy wants, over its onboarding connection and before anything is changed on it.
 * `undefined` where it was not asked, or need not answer.
 * @throws SelvageError (rejects) `attestation-refused`, and as whoever judges; `timed-out` and what else the request fails of
 */
export async function demandAttestation<Address extends PeerAddress>(
  session: OcfSession<Address>,
  { policy, entropy, context }: AttestationSetting,
): Promise<AttestedFacts | undefined> {
  if (policy === undefined || policy.demand === 'never') return undefined;
  const { device } = context;
  const isDemanded = policy.demand === 'always';
  if (!session.isBoundToHandshake) return isDemanded ? refuse(noBinding, context) : undefined;
  const challenge = new Uint8Array(challengeLength);
  entropy.fill(challenge);
  const value = writeAttestationRequest({ challenge });
  const step: Step = { name: stepName, request: { method: 'POST', path: attestationPath, value } };
  const answer = await asked(step, context, () => session.request(step.request, { limits, timeout: patience }));
  if (isMissing(answer)) return isDemanded ? refuse(noAttestation, context) : undefined;
  if (!isSuccess(answer.code)) throw refused(step, context, answer.code);
  const { token } = await namingStep(context, () => readAttestationAnswer(answer.value));
  const nonce = attestationNonce(session, challenge);
  context.onProgress?.({ device, step: judgeName });
  return namingStep(context, () => policy.judge({ device, token, nonce }));
}

/** Such a resource is unknown to it. */
function isMissing({ code }: OcfAnswer): boolean {
  return code === '4.04' || code === '4.05';
}

/** Why a device is refused that is not even judged. */
interface Shortcoming {
  readonly words: string;
  readonly claim: string;
  readonly expected: string;
  readonly found: string;
  readonly remedy: string;
}

const noAttestation: Shortcoming = {
  words: 'it does not attest, and the policy demands it',
  claim: 'token',
  expected: 'one',
  found: 'none',
  remedy: 'own it under a policy that takes devices which do not attest, if you know it otherwise',
};

const noBinding: Shortcoming = {
  words: 'its session has no extended master secret (RFC 7627), to which a nonce could be bound',
  claim: 'session',
  expected: 'an extended master secret',
  found: 'none',
  remedy: 'update the DTLS of the device, or own it under a policy that does not demand attestation',
};

function refuse({ words, remedy, claim, expected, found }: Shortcoming, { device }: StepContext): never {
  throw new SelvageError('attestation-refused', `device ${device}: cannot ${judgeName}: ${words}`, {
    details: { step: judgeName, device, claim, expected, found },
    remedy,
  });
}

/** Whatever goes wrong is `attestation-refused`, or has its own code, and names the step. */
async function namingStep<T>({ device }: StepContext, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (!(cause instanceof SelvageError)) throw cause;
    const code = cause.code === 'invalid-value' ? 'attestation-refused' : cause.code;
    const details: ErrorDetails = { ...cause.details, step: judgeName, device };
    throw new SelvageError(code, `device ${device}: cannot ${judgeName}: ${cause.message}`, {
      cause,
      fault: cause.fault,
      details,
      remedy: cause.remedy ?? 'the device was let go: do not own it before you know why it says that',
    });
  }
}
