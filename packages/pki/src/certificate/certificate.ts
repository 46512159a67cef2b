import { bytesEqual, FormatError, SelvageError, toHex } from '@selvage/core';
import { decodeSpki, type PublicKey } from '@selvage/crypto';
import { contextTag } from '../der/element.js';
import { anyElement, type DerType, explicit, readDer, sequence } from '../der/fields.js';
import { time } from '../der/time.js';
import { count, integerBytes, wholeBytes } from '../der/values.js';
import { name, type Name } from '../names/name.js';
import { type AlgorithmIdentifier, algorithmIdentifier } from './algorithm.js';
import { type CertificateExtensions, extensions, readExtensions } from './extensions.js';

/** When a certificate holds, both ends included (RFC 5280 §4.1.2.5): milliseconds since 1970-01-01T00:00:00Z. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** An X.509 certificate (RFC 5280 §4.1). Byte strings are views on `der`. */
export interface Certificate {
  readonly der: Uint8Array;
  /** tbsCertificate: the bytes that are signed. */
  readonly signed: Uint8Array;
  readonly version: number;
  /** The content of the INTEGER, most significant byte first. */
  readonly serialNumber: Uint8Array;
  readonly issuer: Name;
  readonly validity: Validity;
  readonly subject: Name;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKeyInfo: Uint8Array;
  /** The key in it; `undefined` for one that is neither of P-256 nor of Ed25519. Not checked to be on the curve. */
  readonly publicKey: PublicKey | undefined;
  readonly extensions: CertificateExtensions;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/** Longer ones are refused unread: devices have kilobytes, and a judge reads what any stranger sends. */
export const longestCertificate = 16_384;

type SignedPart = Omit<Certificate, 'der' | 'signatureAlgorithm' | 'signature'> & {
  readonly algorithm: AlgorithmIdentifier;
};

const [versionTag, issuerIdTag, subjectIdTag, extensionsTag] = [
  contextTag(0, 'constructed'),
  contextTag(1, 'primitive'),
  contextTag(2, 'primitive'),
  contextTag(3, 'constructed'),
];

const validity: DerType<Validity> = sequence((fields) => ({
  notBefore: fields.read('notBefore', time),
  notAfter: fields.read('notAfter', time),
}));

const signedPart: DerType<SignedPart> = sequence((fields, { raw }) => {
  const version = 1 + (fields.readIf('version', versionTag, explicit(versionTag, count)) ?? 0);
  const serialNumber = fields.read('serialNumber', integerBytes);
  const algorithm = fields.read('signature', algorithmIdentifier);
  const issuer = fields.read('issuer', name);
  const period = fields.read('validity', validity);
  const subject = fields.read('subject', name);
  const publicKeyInfo = fields.read('subjectPublicKeyInfo', publicKeyInfoBytes);
  fields.readIf('issuerUniqueID', issuerIdTag, anyElement);
  fields.readIf('subjectUniqueID', subjectIdTag, anyElement);
  const list = fields.readIf('extensions', extensionsTag, explicit(extensionsTag, extensions));
  if (list !== undefined && version < 3) throw new FormatError('invalid-value', 'extensions before version 3');
  return {
    signed: raw,
    version,
    serialNumber,
    algorithm,
    issuer,
    validity: period,
    subject,
    publicKeyInfo,
    publicKey: publicKeyOf(publicKeyInfo),
    extensions: readExtensions(list ?? []),
  };
});

const certificate: DerType<Certificate> = sequence((fields, { raw }) => {
  const { algorithm, ...part } = fields.read('tbsCertificate', signedPart);
  const signatureAlgorithm = fields.read('signatureAlgorithm', algorithmIdentifier);
  const signature = fields.read('signatureValue', wholeBytes);
  if (!bytesEqual(algorithm.der, signatureAlgorithm.der)) {
    throw new FormatError('invalid-value', 'the signature algorithm inside is another than the one outside');
  }
  return { der: raw, ...part, signatureAlgorithm, signature };
});

/** SubjectPublicKeyInfo ::= SEQUENCE { algorithm, subjectPublicKey BIT STRING }, kept as bytes. */
export const publicKeyInfoBytes: DerType<Uint8Array> = sequence((fields, { raw }) => {
  fields.read('algorithm', algorithmIdentifier);
  fields.read('subjectPublicKey', wholeBytes);
  return raw;
});

/**
 * Reads a certificate in DER. Nothing is judged here: neither its signature, nor its time, nor what it is for.
 * @throws SelvageError `bad-certificate` for everything else, naming the field.
 */
export function readCertificate(der: Uint8Array): Certificate {
  try {
    if (der.length > longestCertificate) {
      throw new FormatError('length-out-of-range', `${der.length} bytes; ${longestCertificate} are the most`);
    }
    return readDer(der, certificate, 'certificate');
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new SelvageError('bad-certificate', `not an X.509 certificate in DER: ${cause.message}`, { cause });
  }
}

/** A serial number as OpenSSL prints it: hexadecimal, in whole bytes, without the zero that only keeps it positive. */
export function serialText({ serialNumber }: Pick<Certificate, 'serialNumber'>): string {
  const isPadded = serialNumber.length > 1 && serialNumber[0] === 0;
  return toHex(isPadded ? serialNumber.subarray(1) : serialNumber);
}

/** The key of a SubjectPublicKeyInfo; `undefined` for algorithms and forms that are not used here. */
export function publicKeyOf(info: Uint8Array): PublicKey | undefined {
  try {
    return decodeSpki(info);
  } catch (error) {
    if (error instanceof SelvageError && error.code === 'invalid-key') return undefined;
    throw error;
  }
}
