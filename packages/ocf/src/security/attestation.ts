/**
 * `/x.org.selvage/attestation`, a resource of ours: over the onboarding connection a device says what it was booted from.
 * The onboarding tool posts a challenge, and the device answers with a token (RFC 9783) whose nonce both sides derive
 * from the challenge *and* the DTLS session (RFC 5705): a token that was fetched from another device through another
 * session has another nonce.
 */
import type { CborInput, CborValue } from '@selvage/core';
import type { Valued } from '../property/property-type.js';
import { record } from '../property/record.js';
import { bytes } from '../property/text.js';

export const attestationPath = '/x.org.selvage/attestation';
export const attestationType = 'x.org.selvage.r.attestation';

/** Bytes of a challenge, and of the nonce that is made of it. */
export const challengeLength = 32;
/** Bytes of the longest token. */
export const longestToken = 16_384;

const exporterLabel = 'EXPORTER-selvage-attestation';

const attestationRequest = record({ challenge: bytes({ minimum: challengeLength, maximum: challengeLength }) });
const attestationAnswer = record({ token: bytes({ minimum: 1, maximum: longestToken }) });

/** What the tool posts. */
export type AttestationRequest = Valued<typeof attestationRequest>;
/** What the device answers. */
export type AttestationAnswer = Valued<typeof attestationAnswer>;

/** One end of the session, as far as the nonce depends on it. */
export interface NonceSource {
  exportKeyingMaterial(label: string, length: number, context: Uint8Array): Uint8Array;
}

/** The nonce of the token that answers a challenge in this session, and in no other. */
export function attestationNonce(session: NonceSource, challenge: Uint8Array): Uint8Array {
  return session.exportKeyingMaterial(exporterLabel, challengeLength, challenge);
}

/** @throws FormatError `invalid-value` */
export function readAttestationRequest(value: CborValue): AttestationRequest {
  return attestationRequest.read(value);
}

export function writeAttestationRequest(value: AttestationRequest): CborInput {
  return attestationRequest.write(value);
}

/** @throws FormatError `invalid-value` */
export function readAttestationAnswer(value: CborValue): AttestationAnswer {
  return attestationAnswer.read(value);
}

export function writeAttestationAnswer(value: AttestationAnswer): CborInput {
  return attestationAnswer.write(value);
}
