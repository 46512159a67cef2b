import { type CborValue, type Secret, toHex } from '@selvage/core';
import type { CryptoCore, PublicKey } from '@selvage/crypto';
import {
  attestationPurpose,
  attributeTypes,
  type CertificateList,
  type CoseKey,
  coseHeaders,
  type CoseMessage,
  nameText,
  textsOf,
  type TrustAnchor,
  verifyChain,
} from '@selvage/pki';
import { refuseToken } from './refusal.js';

/** The key of an instance, and who says that it is. */
export interface InstanceKey {
  readonly key: CoseKey;
  readonly voucher: 'enrolled' | 'certified';
  /** The subject of the certificate, where a manufacturer certified the key. */
  readonly subject?: string | undefined;
}

/**
 * Finds the key of an instance, with the help of the token's headers, which are not authentic yet.
 * `undefined` where it knows none. @throws SelvageError `attestation-refused` for a key that must not be taken
 */
export type InstanceKeys = (instance: Uint8Array, message: CoseMessage) => InstanceKey | undefined;

/** A device whose key was noted when it was made or taken in. */
export interface EnrolledInstance {
  readonly instance: Uint8Array;
  /** The secret is for tokens with an authentication code. */
  readonly key: PublicKey | { readonly kind: 'hmac'; readonly secret: Secret };
}

/** The keys of devices that are known one by one. */
export function enrolledKeys(instances: readonly EnrolledInstance[]): InstanceKeys {
  const keys = new Map(instances.map(({ instance, key }) => [toHex(instance), key]));
  return (instance) => {
    const key = keys.get(toHex(instance));
    return key && { key, voucher: 'enrolled' };
  };
}

/** Whose word on attestation keys is taken. */
export interface ManufacturerTrust {
  readonly core: CryptoCore;
  readonly anchors: readonly TrustAnchor[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly revocationLists?: (() => readonly CertificateList[]) | undefined;
}

/** Certificates of one token, and bytes of each, at most. */
const [mostCertificates, longestCertificate] = [4, 4096];

/**
 * The keys that a manufacturer certified, by the chain that goes along with a token (x5chain, RFC 9360): it must lead to
 * an anchor, be for attestation, and name the very instance.
 */
export function certifiedKeys({ core, anchors, now, revocationLists }: ManufacturerTrust): InstanceKeys {
  return (instance, { protectedHeader, unprotectedHeader }) => {
    const label = coseHeaders.x5chain;
    const chain = chainIn(protectedHeader.get(label) ?? unprotectedHeader.get(label));
    if (chain === undefined) return undefined;
    const options = { core, anchors, now: now(), crls: revocationLists?.(), purpose: attestationPurpose };
    const judgement = verifyChain(chain, options);
    if (!judgement.accepted) throw untrusted(judgement.error);
    const [leaf] = judgement.path;
    const named = leaf === undefined ? [] : textsOf(leaf.subject, attributeTypes.serialNumber);
    const expected = toHex(instance.subarray(1));
    if (leaf?.publicKey === undefined || named.length !== 1 || named[0]?.toLowerCase() !== expected) {
      throw refuseToken({
        claim: 'instance id',
        expected: `the serialNumber ${named.join(', ') || 'none'} that the certificate names`,
        found: expected,
        remedy: 'the certificate is that of another device: have the manufacturer say which is right',
      });
    }
    return { key: leaf.publicKey, voucher: 'certified', subject: nameText(leaf.subject) };
  };
}

/** Asks one after the other. */
export function firstKeyOf(...all: readonly InstanceKeys[]): InstanceKeys {
  return (instance, message) => {
    for (const one of all) {
      const found = one(instance, message);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function chainIn(value: CborValue): readonly Uint8Array[] | undefined {
  if (value === undefined) return undefined;
  const all = Array.isArray(value) ? (value as readonly CborValue[]) : [value];
  const isChain = all.every((one) => one instanceof Uint8Array && one.length <= longestCertificate);
  if (isChain && all.length > 0 && all.length <= mostCertificates) return all as readonly Uint8Array[];
  throw refuseToken({
    claim: 'certificate chain (x5chain)',
    expected: `1 to ${mostCertificates} certificates of at most ${longestCertificate} bytes`,
    found: Array.isArray(value) ? `an array of ${value.length}` : 'something else',
  });
}

function untrusted(cause: Error): Error {
  return refuseToken({
    claim: 'certificate chain (x5chain)',
    expected: 'one that leads to a trusted manufacturer and is for attestation',
    found: cause.message,
    cause,
    remedy: 'trust the manufacturer of the device, if it is one to be trusted',
  });
}
