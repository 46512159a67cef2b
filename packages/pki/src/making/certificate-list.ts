import type { Sequence } from 'asn1js';
import {
  CertificateRevocationList,
  type Extension,
  Extensions,
  RevokedCertificate as PkijsRevokedCertificate,
} from 'pkijs';
import type { Name } from '../names/name.js';
import { type CertificateList, readCertificateList, type RevokedCertificate } from '../revocation/certificate-list.js';
import { integerOf, pkijsEcdsaWithSha256, pkijsName, pkijsTime } from './asn1.js';
import { reasonExtension } from './extensions.js';
import { sign, type Signer } from './sign.js';

/** What stands in a revocation list that is to be made. */
export interface ListContents {
  readonly issuer: Name;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly revoked: readonly RevokedCertificate[];
  readonly extensions: readonly Extension[];
}

/** Version 2, as it is written: one less. */
const version2 = 1;

/** The part that is signed, which pkijs keeps to itself. */
class SignableList extends CertificateRevocationList {
  signedPart(): Sequence {
    return this.encodeTBS();
  }
}

/** Makes a revocation list and signs it. @throws SelvageError as the key's home. */
export async function makeCertificateList(contents: ListContents, signer: Signer): Promise<CertificateList> {
  const { issuer, thisUpdate, nextUpdate, revoked, extensions } = contents;
  const list = new SignableList({
    version: version2,
    signature: pkijsEcdsaWithSha256(),
    issuer: pkijsName(issuer),
    thisUpdate: pkijsTime(thisUpdate),
    nextUpdate: pkijsTime(nextUpdate),
    crlExtensions: new Extensions({ extensions: [...extensions] }),
  });
  // A list that has none leaves the field out (RFC 5280 §5.1.2.6).
  if (revoked.length > 0) list.revokedCertificates = revoked.map(pkijsRevoked);
  return readCertificateList(await sign(signer, list.signedPart()));
}

function pkijsRevoked({ serialNumber, revokedAt, reason }: RevokedCertificate): PkijsRevokedCertificate {
  return new PkijsRevokedCertificate({
    userCertificate: integerOf(serialNumber),
    revocationDate: pkijsTime(revokedAt),
    // RFC 5280 §5.3.1 wants the absence of a reason rather than `unspecified`.
    ...(reason !== 'unspecified' && {
      crlEntryExtensions: new Extensions({ extensions: [reasonExtension(reason)] }),
    }),
  });
}
