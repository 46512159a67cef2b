import { bytesEqual, FormatError, SelvageError, toHex } from '@selvage/core';
import { type AlgorithmIdentifier, algorithmIdentifier } from '../certificate/algorithm.js';
import { authorityKeyIdentifier } from '../certificate/extension-values.js';
import { extensionIds } from '../certificate/extension-ids.js';
import { type Extension, extensions, valueOf } from '../certificate/extensions.js';
import { contextTag, DerTag } from '../der/element.js';
import { type DerType, explicit, readDer, sequence, sequenceOf } from '../der/fields.js';
import { time, timeTags } from '../der/time.js';
import { count, countAs, integerBytes, wholeBytes } from '../der/values.js';
import { name, type Name } from '../names/name.js';
import { reasonOf, type RevocationReason } from './reasons.js';

/** One revoked certificate in a list. */
export interface RevokedCertificate {
  /** The content of the serial number's INTEGER. */
  readonly serialNumber: Uint8Array;
  /** Milliseconds since 1970. */
  readonly revokedAt: number;
  readonly reason: RevocationReason;
}

/** A certificate revocation list (RFC 5280 §5). */
export interface CertificateList {
  readonly der: Uint8Array;
  /** tbsCertList: the bytes that are signed. */
  readonly signed: Uint8Array;
  readonly issuer: Name;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  /** When the next list is there at the latest; `undefined` where the list does not say. */
  readonly nextUpdate: number | undefined;
  /** By the serial number's content in hexadecimal. */
  readonly revoked: ReadonlyMap<string, RevokedCertificate>;
  /** cRLNumber, its bytes in hexadecimal. */
  readonly number: string | undefined;
  readonly authorityKeyIdentifier: Uint8Array | undefined;
  /** Extensions that narrow the list to a part, or are critical and not understood: with any, it decides nothing. */
  readonly limits: readonly string[];
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/** Extensions of lists that are understood here or narrow the list, RFC 5280 §5.2. */
export const listExtensionIds = {
  number: '2.5.29.20',
  deltaIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  reasonCode: '2.5.29.21',
} as const;

/** About 25,000 entries. */
const longestList = 1_048_576;
const listExtensionsTag = contextTag(0, 'constructed');

interface Entry extends RevokedCertificate {
  readonly limits: readonly string[];
}

const reason: DerType<RevocationReason> = (element) => {
  const number = countAs(DerTag.enumerated)(element);
  const known = reasonOf(number);
  if (known !== undefined) return known;
  throw new FormatError('invalid-value', `${number} is no reason to revoke`);
};

const entry: DerType<Entry> = sequence((fields) => {
  const serialNumber = fields.read('userCertificate', integerBytes);
  const revokedAt = fields.read('revocationDate', time);
  const more = fields.readIf('crlEntryExtensions', DerTag.sequence, extensions) ?? [];
  const why = more.find(({ id }) => id === listExtensionIds.reasonCode);
  return {
    serialNumber,
    revokedAt,
    reason: why === undefined ? 'unspecified' : valueOf(why, reason),
    limits: more.filter((one) => one.isCritical && one.id !== listExtensionIds.reasonCode).map(({ id }) => id),
  };
});

type SignedList = Omit<CertificateList, 'der' | 'signatureAlgorithm' | 'signature'> & {
  readonly algorithm: AlgorithmIdentifier;
};

const signedList: DerType<SignedList> = sequence((fields, { raw }) => {
  const version = fields.readIf('version', DerTag.integer, count) ?? 0;
  if (version > 1) throw new FormatError('invalid-value', `version ${version + 1} of a list, which is unknown`);
  const algorithm = fields.read('signature', algorithmIdentifier);
  const issuer = fields.read('issuer', name);
  const thisUpdate = fields.read('thisUpdate', time);
  const nextUpdate = fields.readIf('nextUpdate', timeTags, time);
  const entries = fields.readIf('revokedCertificates', DerTag.sequence, sequenceOf(entry)) ?? [];
  const all = fields.readIf('crlExtensions', listExtensionsTag, explicit(listExtensionsTag, extensions)) ?? [];
  const find = (wanted: string): Extension | undefined => all.find(({ id }) => id === wanted);
  const [number, authority] = [find(listExtensionIds.number), find(extensionIds.authorityKeyIdentifier)];
  return {
    signed: raw,
    algorithm,
    issuer,
    thisUpdate,
    nextUpdate,
    revoked: new Map(entries.map(({ limits: _, ...one }) => [toHex(one.serialNumber), one])),
    number: number && toHex(valueOf(number, integerBytes)),
    authorityKeyIdentifier: authority && valueOf(authority, authorityKeyIdentifier),
    limits: [...all.filter(narrows).map(({ id }) => id), ...entries.flatMap(({ limits }) => limits)],
  };
});

const certificateList: DerType<CertificateList> = sequence((fields, { raw }) => {
  const { algorithm, ...part } = fields.read('tbsCertList', signedList);
  const signatureAlgorithm = fields.read('signatureAlgorithm', algorithmIdentifier);
  const signature = fields.read('signatureValue', wholeBytes);
  if (!bytesEqual(algorithm.der, signatureAlgorithm.der)) {
    throw new FormatError('invalid-value', 'the signature algorithm inside is another than the one outside');
  }
  return { der: raw, ...part, signatureAlgorithm, signature };
});

/**
 * Reads a revocation list in DER; its signature and time are judged by {@link revocationStatus}.
 * @throws SelvageError `bad-certificate`, naming the field.
 */
export function readCertificateList(der: Uint8Array): CertificateList {
  try {
    if (der.length > longestList) {
      throw new FormatError('length-out-of-range', `${der.length} bytes; ${longestList} are the most`);
    }
    return readDer(der, certificateList, 'certificateList');
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new SelvageError('bad-certificate', `not a revocation list in DER: ${cause.message}`, { cause });
  }
}

function narrows({ id, isCritical }: Extension): boolean {
  if (id === listExtensionIds.deltaIndicator || id === listExtensionIds.issuingDistributionPoint) return true;
  return isCritical && id !== listExtensionIds.number && id !== extensionIds.authorityKeyIdentifier;
}
