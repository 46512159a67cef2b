import type { Sequence } from 'asn1js';
import { CertificationRequest, PublicKeyInfo } from 'pkijs';
import { encodeSpki } from '@selvage/crypto';
import type { AttributeInput } from '../names/name-text.js';
import { blockOf, pkijsName } from './asn1.js';
import { makeName } from './name.js';
import { publicKeyOfSigner, sign, type Signer } from './sign.js';

/** The part that is signed, which pkijs keeps to itself. */
class SignableRequest extends CertificationRequest {
  signedPart(): Sequence {
    return this.encodeTBS();
  }
}

/**
 * Makes a certificate request (RFC 2986), DER: the subject that is asked for, the key, and a signature with that key.
 * @throws SelvageError `invalid-argument`, and as the key's home.
 */
export async function makeCertificateRequest(subject: readonly AttributeInput[], signer: Signer): Promise<Uint8Array> {
  const info = encodeSpki({ kind: 'p256', publicKey: publicKeyOfSigner(signer) });
  const request = new SignableRequest({
    version: 0,
    subject: pkijsName(makeName(subject)),
    subjectPublicKeyInfo: new PublicKeyInfo({ schema: blockOf(info) }),
    attributes: [],
  });
  return sign(signer, request.signedPart());
}
