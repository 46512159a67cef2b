import { Certificate as PkijsCertificate, type Extension, PublicKeyInfo } from 'pkijs';
import { encodeSpki } from '@selvage/crypto';
import { type Certificate, readCertificate, type Validity } from '../certificate/certificate.js';
import type { Name } from '../names/name.js';
import { blockOf, integerOf, pkijsEcdsaWithSha256, pkijsName, pkijsTime } from './asn1.js';
import { sign, type Signer } from './sign.js';

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

/** Version 3, as it is written: one less. */
const version3 = 2;

/** Makes a certificate and signs it. @throws SelvageError as the key's home. */
export async function makeCertificate(contents: CertificateContents, signer: Signer): Promise<Certificate> {
  const { serialNumber, issuer, validity, subject, publicKey, extensions } = contents;
  const info = encodeSpki({ kind: 'p256', publicKey });
  const made = new PkijsCertificate({
    version: version3,
    serialNumber: integerOf(serialNumber),
    signature: pkijsEcdsaWithSha256(),
    issuer: pkijsName(issuer),
    notBefore: pkijsTime(validity.notBefore),
    notAfter: pkijsTime(validity.notAfter),
    subject: pkijsName(subject),
    subjectPublicKeyInfo: new PublicKeyInfo({ schema: blockOf(info) }),
    extensions: [...extensions],
  });
  return readCertificate(await sign(signer, made.encodeTBS()));
}
