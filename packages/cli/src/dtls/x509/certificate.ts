import { bytesEqual, SelvageError, toHex } from '@selvage/core';
import { decodeSpki, type HashAlgorithm } from '@selvage/crypto';
import { contentOf, derContent, type DerElement, derElements, DerTag } from './der.js';
import { type CertificateExtensions, readExtensions } from './extensions.js';
import { readTime } from './time.js';

/** What {@link verifySimpleChain} reads of a certificate (RFC 5280 §4.1). */
export interface Certificate extends CertificateExtensions {
  readonly der: Uint8Array;
  /** The bytes that are signed. */
  readonly signed: Uint8Array;
  readonly hash: HashAlgorithm;
  readonly signature: Uint8Array;
  /** Names in DER, to be compared as bytes. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Milliseconds since 1970; the last one counts. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** P-256, an uncompressed point; `undefined` for a key of another kind. */
  readonly publicKey: Uint8Array | undefined;
}

/** ecdsa-with-SHA256, -SHA384 and -SHA512 (RFC 5758 §3.2), as the content of an OID. */
const signatureHashes: Readonly<Record<string, HashAlgorithm>> = {
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};

/**
 * Reads a certificate in DER.
 * @throws SelvageError `bad-certificate` for other bytes, `unsupported-certificate` for a signature that is not ECDSA with
 *   SHA-256, SHA-384 or SHA-512.
 */
export function readCertificate(der: Uint8Array): Certificate {
  try {
    return read(der);
  } catch (cause) {
    if (cause instanceof SelvageError && cause.code === 'unsupported-certificate') throw cause;
    throw new SelvageError('bad-certificate', 'these bytes are not an X.509 certificate in DER', { cause });
  }
}

function read(der: Uint8Array): Certificate {
  const [body, algorithm, signature, ...more] = derElements(derContent(der, DerTag.sequence));
  if (more.length > 0) throw new SelvageError('trailing-bytes', 'a certificate has three parts');
  const fields = derElements(contentOf(body, DerTag.sequence));
  if (fields[0]?.tag === DerTag.version) fields.shift();
  const [, innerAlgorithm, issuer, validity, subject, keyInfo, ...optional] = fields;
  if (!bytesEqual(rawOf(innerAlgorithm), rawOf(algorithm))) {
    throw new SelvageError('invalid-value', 'a certificate names two different signature algorithms');
  }
  const [notBefore, notAfter] = derElements(contentOf(validity, DerTag.sequence));
  const extensions = optional.find(({ tag }) => tag === DerTag.extensions);
  return {
    der,
    signed: rawOf(body),
    hash: hashOf(contentOf(algorithm, DerTag.sequence)),
    signature: bitString(signature),
    issuer: rawOf(issuer),
    subject: rawOf(subject),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    publicKey: p256KeyOf(rawOf(keyInfo)),
    ...readExtensions(extensions?.content),
  };
}

function rawOf(element: DerElement | undefined): Uint8Array {
  if (element !== undefined) return element.raw;
  throw new SelvageError('truncated', 'a certificate misses a field');
}

function hashOf(algorithm: Uint8Array): HashAlgorithm {
  const oid = toHex(contentOf(derElements(algorithm)[0], DerTag.objectIdentifier));
  const hash = signatureHashes[oid];
  if (hash !== undefined) return hash;
  throw new SelvageError('unsupported-certificate', 'a certificate is signed in a way that is not known here', {
    details: { oid },
    remedy: 'issue it with ECDSA on P-256 and SHA-256, SHA-384 or SHA-512',
  });
}

/** An authority's key may be of a kind that is not known here: then it has issued nothing that can be checked. */
function p256KeyOf(keyInfo: Uint8Array): Uint8Array | undefined {
  try {
    const { kind, publicKey } = decodeSpki(keyInfo);
    return kind === 'p256' ? publicKey : undefined;
  } catch (error) {
    if (error instanceof SelvageError) return undefined;
    throw error;
  }
}

function bitString(element: DerElement | undefined): Uint8Array {
  const content = contentOf(element, DerTag.bitString);
  if (content[0] !== 0) throw new SelvageError('invalid-value', 'a bit string that is not of whole bytes');
  return content.subarray(1);
}
