import { encodeSpki } from '@selvage/crypto';
import { type Certificate, readCertificate, type Validity } from '../certificate/certificate.js';
import type { Extension } from '../certificate/extensions.js';
import { integerElement, sequenceElement, smallInteger, taggedElement, timeElement } from '../der/write.js';
import type { Name } from '../names/name.js';
import { extensionsElement } from './extensions.js';
import { sign, signatureAlgorithm, type Signer } from './sign.js';

/** What stands in a certificate that is to be made. */
export interface CertificateContents {
  /** The content of the INTEGER: positive, in its shortest form. */
  readonly serialNumber: Uint8Array;
  readonly issuer: Name;
  readonly validity: Validity;
  readonly subject: Name;
  /** An uncompressed point of P-256. */
  readonly publicKey: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** `[0] EXPLICIT` version 3, as it is written: one less. */
const version3 = taggedElement(0, smallInteger(2));

/** Makes a certificate (RFC 5280 §4.1) and signs it. @throws SelvageError as the key's home. */
export async function makeCertificate(contents: CertificateContents, signer: Signer): Promise<Certificate> {
  const { serialNumber, issuer, validity, subject, publicKey, extensions } = contents;
  const signed = sequenceElement(
    version3,
    integerElement(serialNumber),
    signatureAlgorithm,
    issuer.der,
    sequenceElement(timeElement(validity.notBefore), timeElement(validity.notAfter)),
    subject.der,
    encodeSpki({ kind: 'p256', publicKey }),
    taggedElement(3, extensionsElement(extensions)),
  );
  return readCertificate(await sign(signer, signed));
}
