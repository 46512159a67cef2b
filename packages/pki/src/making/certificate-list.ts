import type { Extension } from '../certificate/extensions.js';
import { integerElement, sequenceElement, smallInteger, taggedElement, timeElement } from '../der/write.js';
import type { Name } from '../names/name.js';
import { type CertificateList, readCertificateList, type RevokedCertificate } from '../revocation/certificate-list.js';
import { extensionsElement, reasonExtension } from './extensions.js';
import { sign, signatureAlgorithm, type Signer } from './sign.js';

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
const version2 = smallInteger(1);

/** Makes a revocation list (RFC 5280 §5.1) and signs it. @throws SelvageError as the key's home. */
export async function makeCertificateList(contents: ListContents, signer: Signer): Promise<CertificateList> {
  const { issuer, thisUpdate, nextUpdate, revoked, extensions } = contents;
  const signed = sequenceElement(
    version2,
    signatureAlgorithm,
    issuer.der,
    timeElement(thisUpdate),
    timeElement(nextUpdate),
    // A list that has none leaves the field out (RFC 5280 §5.1.2.6).
    ...(revoked.length === 0 ? [] : [sequenceElement(...revoked.map(entryElement))]),
    taggedElement(0, extensionsElement(extensions)),
  );
  return readCertificateList(await sign(signer, signed));
}

function entryElement({ serialNumber, revokedAt, reason }: RevokedCertificate): Uint8Array {
  // RFC 5280 §5.3.1 wants the absence of a reason rather than `unspecified`.
  const why = reason === 'unspecified' ? [] : [extensionsElement([reasonExtension(reason)])];
  return sequenceElement(integerElement(serialNumber), timeElement(revokedAt), ...why);
}
