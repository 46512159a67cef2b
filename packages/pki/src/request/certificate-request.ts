import { FormatError, SelvageError } from '@selvage/core';
import type { CryptoCore } from '@selvage/crypto';
import { type AlgorithmIdentifier, algorithmIdentifier, algorithmName } from '../certificate/algorithm.js';
import { publicKeyInfoBytes, publicKeyOf } from '../certificate/certificate.js';
import { type Extension, extensions } from '../certificate/extensions.js';
import { isAllowed, isSignedBy, usualHashes } from '../certificate/signed-by.js';
import { contextTag } from '../der/element.js';
import { type DerType, elementsOf, readDer, sequence, setOf } from '../der/fields.js';
import { objectIdentifier } from '../der/object-identifier.js';
import { count, wholeBytes } from '../der/values.js';
import { name, type Name } from '../names/name.js';

/** A certificate request (RFC 2986) whose sender has shown to hold the private key. */
export interface CertificateRequest {
  readonly der: Uint8Array;
  /** What the sender wants to be called; whether it may is for the authority to say. */
  readonly subject: Name;
  /** An uncompressed point of P-256, on the curve. */
  readonly publicKey: Uint8Array;
  /** The extensions it asks for. */
  readonly extensions: readonly Extension[];
}

/** Longer ones are refused unread. */
const longestRequest = 16_384;
const extensionRequest = '1.2.840.113549.1.9.14';
const attributesTag = contextTag(0, 'constructed');

interface Attribute {
  readonly type: string;
  readonly values: readonly Uint8Array[];
}

const attribute: DerType<Attribute> = sequence((fields) => ({
  type: fields.read('type', objectIdentifier),
  values: fields.read(
    'values',
    setOf(({ raw }) => raw),
  ),
}));

const requestInfo = sequence((fields, { raw }) => {
  const version = fields.read('version', count);
  if (version !== 0) throw new FormatError('invalid-value', `version ${version + 1} of a request, which is unknown`);
  const subject = fields.read('subject', name);
  const publicKeyInfo = fields.read('subjectPKInfo', publicKeyInfoBytes);
  // Some leave out the empty list, which RFC 2986 does not.
  const attributes = fields.readIf('attributes', attributesTag, elementsOf(attributesTag, attribute)) ?? [];
  const wanted = attributes.find(({ type }) => type === extensionRequest)?.values[0];
  return { signed: raw, subject, publicKeyInfo, extensions: wanted === undefined ? [] : readDer(wanted, extensions) };
});

const certificateRequest = sequence((fields, { raw }) => ({
  der: raw,
  ...fields.read('certificationRequestInfo', requestInfo),
  signatureAlgorithm: fields.read('signatureAlgorithm', algorithmIdentifier),
  signature: fields.read('signature', wholeBytes),
}));

/**
 * Reads a request in DER and checks that it is signed with the key it is for: who sends somebody else's public key gets
 * no certificate for it.
 * @throws SelvageError `bad-certificate` for bytes that are no request, `unsupported-certificate` for keys other than of
 *   P-256 and signatures other than ECDSA with SHA-256, `invalid-proof` where the signature is not by that key.
 */
export function openCertificateRequest(core: CryptoCore, der: Uint8Array): CertificateRequest {
  const { subject, publicKeyInfo, extensions: wanted, ...signed } = parse(der);
  const key = publicKeyOf(publicKeyInfo);
  checkKind(signed.signatureAlgorithm, key?.kind === 'p256');
  if (key === undefined || !isSignedBy(core, signed, { publicKey: key })) {
    throw new SelvageError('invalid-proof', 'the request is not signed with the key that it is for', {
      remedy: 'make the request again on the device that has the key',
    });
  }
  return { der, subject, publicKey: key.publicKey, extensions: wanted };
}

function parse(der: Uint8Array): ReturnType<typeof certificateRequest> {
  try {
    if (der.length > longestRequest) {
      throw new FormatError('length-out-of-range', `${der.length} bytes; ${longestRequest} are the most`);
    }
    return readDer(der, certificateRequest, 'request');
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new SelvageError('bad-certificate', `not a certificate request in DER: ${cause.message}`, { cause });
  }
}

function checkKind(algorithm: AlgorithmIdentifier, hasP256: boolean): void {
  if (hasP256 && isAllowed(algorithm, usualHashes)) return;
  const problem = hasP256 ? `is signed with ${algorithmName(algorithm)}` : 'is for a key that is not of P-256';
  throw new SelvageError('unsupported-certificate', `the request ${problem}`, {
    remedy: 'make it for a key of P-256 (prime256v1) and sign it with SHA-256',
  });
}
