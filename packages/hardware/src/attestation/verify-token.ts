import { FormatError } from '@selvage/core';
import { constantTimeEqual, type CryptoCore } from '@selvage/crypto';
import { type CoseAlgorithm, coseAlgorithmOf, type CoseMessage, isCoseOf, readCose } from '@selvage/pki';
import type { AttestationClaims, TokenProfile } from './claims.js';
import { oldProfileClaim, profileClaim } from './claim-table.js';
import type { InstanceKey, InstanceKeys } from './instance-keys.js';
import { claimsIn, instanceIn, nonceIn, type RawClaims, readPayload } from './payload.js';
import { checkAgainst, type ReferenceValues } from './reference-values.js';
import { refuseToken, shortHex } from './refusal.js';

/** What a token is judged by. */
export interface VerifyTokenOptions {
  readonly core: CryptoCore;
  /** What the device was asked with: drawn for this token, and used for no other. */
  readonly nonce: Uint8Array;
  readonly keyOf: InstanceKeys;
  /** What the device should be; `undefined` judges nothing but that the token is the device's own, and new. */
  readonly reference: ReferenceValues | undefined;
  /** Whether tokens of the profile before RFC 9783 are taken; they are not by default. */
  readonly acceptOldProfile?: boolean | undefined;
}

/** A token that was found good. */
export interface VerifiedToken {
  readonly claims: AttestationClaims;
  readonly profile: TokenProfile;
  readonly algorithm: CoseAlgorithm;
  readonly voucher: InstanceKey['voucher'];
  /** The subject of the certificate, where a manufacturer certified the key. */
  readonly subject: string | undefined;
}

/** What a token says, without any judgement: for people to look at. */
export interface UnverifiedToken {
  readonly claims: AttestationClaims;
  readonly profile: TokenProfile;
  /** `undefined` where the protected header names none, and no verifier takes the token. */
  readonly algorithm: CoseAlgorithm | undefined;
  readonly message: CoseMessage;
}

/**
 * Verifies a token (RFC 9783 §5): its form, its algorithm, its signature by the instance's key, the nonce, the profile, every
 * claim and its type, and then what it says against the reference values, in this order: nothing that a device says is
 * looked at before it is known that the device said it.
 * @throws SelvageError `attestation-refused`; `details` has the claim, what was expected and what was found
 */
export function verifyToken(token: Uint8Array, options: VerifyTokenOptions): VerifiedToken {
  const { core, nonce, keyOf, reference, acceptOldProfile = false } = options;
  const message = orRefuse('form', 'one COSE_Sign1 or COSE_Mac0 message', () => readCose(token));
  const { protectedHeader } = message;
  const algorithm = orRefuse('algorithm', 'one in the protected header', () => coseAlgorithmOf(protectedHeader));
  const raw = orRefuse('payload', 'a map of claims', () => readPayload(message.payload));
  const { voucher, subject } = requireSignature(core, message, instanceIn(raw), keyOf);
  requireNonce(nonceIn(raw), nonce);
  const profile = requireProfile(raw, acceptOldProfile);
  const claims = claimsIn(raw.map, profile);
  if (reference !== undefined) checkAgainst(reference, claims);
  return { claims, profile, algorithm, voucher, subject };
}

/** Reads a token without verifying it: anybody could have made it. @throws SelvageError `attestation-refused` */
export function readToken(token: Uint8Array): UnverifiedToken {
  const message = orRefuse('form', 'one COSE_Sign1 or COSE_Mac0 message', () => readCose(token));
  const raw = orRefuse('payload', 'a map of claims', () => readPayload(message.payload));
  const profile = requireProfile(raw, true);
  return { claims: claimsIn(raw.map, profile), profile, algorithm: algorithmIf(message), message };
}

function requireSignature(
  core: CryptoCore,
  message: CoseMessage,
  instance: Uint8Array,
  keyOf: InstanceKeys,
): InstanceKey {
  const known = keyOf(instance, message);
  if (known === undefined) {
    throw refuseToken({
      claim: 'instance id',
      expected: 'that of an enrolled device, or a certificate chain to a trusted manufacturer',
      found: shortHex(instance),
      remedy: 'enroll the device with its attestation key, or trust its manufacturer',
    });
  }
  if (isCoseOf(core, message, known.key)) return known;
  throw refuseToken({
    claim: 'signature',
    expected: `one by the ${known.voucher} key of instance ${shortHex(instance)}`,
    found: 'one that the key did not make',
  });
}

function requireNonce(found: Uint8Array, expected: Uint8Array): void {
  if (constantTimeEqual(found, expected)) return;
  throw refuseToken({
    claim: 'nonce',
    expected: shortHex(expected),
    found: shortHex(found),
    remedy: 'the token was made for another request: it is old, or that of another device. Ask the device again',
  });
}

function requireProfile({ map, profile }: RawClaims, acceptOldProfile: boolean): TokenProfile {
  const isAccepted = profile === 'psa-2023' || (profile === 'psa-iot-1' && acceptOldProfile);
  if (isAccepted) return profile;
  const { key, name } = profileClaim;
  const found = map.get(key) ?? map.get(oldProfileClaim.key);
  throw refuseToken({
    claim: 'profile',
    expected: acceptOldProfile ? `${name} or ${oldProfileClaim.name}` : name,
    found: typeof found === 'string' ? found.slice(0, 64) : 'none',
    ...(profile === 'psa-iot-1' && { remedy: 'accept the old profile, if the device is known to have no newer one' }),
  });
}

function algorithmIf({ protectedHeader }: CoseMessage): CoseAlgorithm | undefined {
  try {
    return coseAlgorithmOf(protectedHeader);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

function orRefuse<T>(claim: string, expected: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw refuseToken({ claim, expected, found: cause.message, cause });
  }
}
