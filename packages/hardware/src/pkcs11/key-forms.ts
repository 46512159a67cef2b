import { fromHex, SelvageError } from '@selvage/core';
import type { HashAlgorithm, KeyAlgorithm } from '@selvage/crypto';
import { CKK, CKM } from './constants.js';

/** How a token holds a key of one algorithm. */
export interface KeyForm {
  readonly keyType: number;
  /** CKA_EC_PARAMS; symmetric keys have none. */
  readonly curve?: Uint8Array;
  /** What makes a key. */
  readonly generation: number;
  /** What uses one. */
  readonly mechanism: number;
  readonly canSign: boolean;
  readonly canDerive: boolean;
}

/**
 * CKA_EC_PARAMS: namedCurve secp256r1 (RFC 5480 §2.1.1), and Ed25519 by its object identifier (RFC 8410 §3) or, as
 * PKCS#11 v3.0 §2.3.10 also has it, by name.
 */
const p256 = fromHex('06082a8648ce3d030107');
const ed25519 = fromHex('06032b6570');
const ed25519ByName = fromHex('130c656477617264733235353139');

/**
 * Session keys are derived with HMACs, which to a token is signing: CKA_DERIVE beside it is what tells such a key from
 * one that makes MACs.
 */
export const keyForms: Readonly<Record<KeyAlgorithm, KeyForm>> = {
  'ecdsa-p256': {
    keyType: CKK.EC,
    curve: p256,
    generation: CKM.EC_KEY_PAIR_GEN,
    mechanism: CKM.ECDSA,
    canSign: true,
    canDerive: false,
  },
  'ecdh-p256': {
    keyType: CKK.EC,
    curve: p256,
    generation: CKM.EC_KEY_PAIR_GEN,
    mechanism: CKM.ECDH1_DERIVE,
    canSign: false,
    canDerive: true,
  },
  ed25519: {
    keyType: CKK.EC_EDWARDS,
    curve: ed25519,
    generation: CKM.EC_EDWARDS_KEY_PAIR_GEN,
    mechanism: CKM.EDDSA,
    canSign: true,
    canDerive: false,
  },
  'hmac-sha256': {
    keyType: CKK.GENERIC_SECRET,
    generation: CKM.GENERIC_SECRET_KEY_GEN,
    mechanism: CKM.SHA256_HMAC,
    canSign: true,
    canDerive: false,
  },
  derive: {
    keyType: CKK.GENERIC_SECRET,
    generation: CKM.GENERIC_SECRET_KEY_GEN,
    mechanism: CKM.SHA256_HMAC,
    canSign: true,
    canDerive: true,
  },
};

/** The HMAC of each hash. */
export const hmacMechanisms: Readonly<Record<HashAlgorithm, number>> = {
  sha256: CKM.SHA256_HMAC,
  sha384: CKM.SHA384_HMAC,
  sha512: CKM.SHA512_HMAC,
};

/** Bytes of each hash. */
export const digestLengths: Readonly<Record<HashAlgorithm, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/** Bytes of a generic secret that every HMAC takes: a token wants a key at least as long as the hash. */
export const secretLength = 64;

/**
 * A symmetric key for a token that wants a longer one. HMAC fills a key that is shorter than a block with zeros (RFC 2104
 * §2), so the two make the same MACs.
 */
export function padSecret(key: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.max(key.length, secretLength));
  padded.set(key);
  return padded;
}

/** What a token says of a key that it holds, made by us or by another program. */
export interface TokenKeyFacts {
  readonly keyType: number;
  readonly curve: Uint8Array | undefined;
  readonly canSign: boolean;
  readonly canDerive: boolean;
}

/** The algorithm of a key in a token; `undefined` for one that has no use here. A key that does both is for signing. */
export function algorithmOf({ keyType, curve, canSign, canDerive }: TokenKeyFacts): KeyAlgorithm | undefined {
  switch (keyType) {
    case CKK.EC:
      if (!isOneOf(curve, p256)) return undefined;
      return canSign ? 'ecdsa-p256' : canDerive ? 'ecdh-p256' : undefined;
    case CKK.EC_EDWARDS:
      return canSign && isOneOf(curve, ed25519, ed25519ByName) ? 'ed25519' : undefined;
    case CKK.SHA256_HMAC:
    case CKK.GENERIC_SECRET:
      return !canSign ? undefined : canDerive ? 'derive' : 'hmac-sha256';
    default:
      return undefined;
  }
}

function isOneOf(curve: Uint8Array | undefined, ...curves: readonly Uint8Array[]): boolean {
  return curve !== undefined && curves.some((one) => Buffer.from(one).equals(curve));
}

/**
 * The public key of CKA_EC_POINT: the bytes in a DER OCTET STRING, as PKCS#11 has it, or bare, as some tokens do.
 * @throws SelvageError `key-operation-failed` for what is neither
 */
export function readPoint(algorithm: KeyAlgorithm, value: Uint8Array): Uint8Array {
  const length = algorithm === 'ed25519' ? 32 : 65;
  if (value.length === length) return Uint8Array.from(value);
  if (value.length === length + 2 && value[0] === 0x04 && value[1] === length)
    return Uint8Array.from(value.subarray(2));
  throw new SelvageError(
    'key-operation-failed',
    `the token has ${value.length} bytes for a public key of ${algorithm}`,
  );
}

/** A public key as CKA_EC_POINT: a DER OCTET STRING. */
export function writePoint(publicKey: Uint8Array): Uint8Array {
  return Uint8Array.of(0x04, publicKey.length, ...publicKey);
}

/**
 * An ECDSA signature in DER (RFC 3279 §2.2.3) of the r ‖ s that CKM_ECDSA makes.
 * @throws SelvageError `key-operation-failed` unless it has 64 bytes
 */
export function signatureInDer(raw: Uint8Array): Uint8Array {
  if (raw.length !== 64) {
    throw new SelvageError('key-operation-failed', `the token made a signature of ${raw.length} bytes, not 64`);
  }
  const numbers = [...derInteger(raw.subarray(0, 32)), ...derInteger(raw.subarray(32))];
  return Uint8Array.of(0x30, numbers.length, ...numbers);
}

/** INTEGER in its shortest form, positive. */
function derInteger(bytes: Uint8Array): number[] {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const content = [...bytes.subarray(from)];
  if ((content[0] as number) >= 0x80) content.unshift(0);
  return [0x02, content.length, ...content];
}
