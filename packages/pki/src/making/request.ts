import { encodeSpki } from '@selvage/crypto';
import { sequenceElement, smallInteger, taggedElement } from '../der/write.js';
import type { AttributeInput } from '../names/name-text.js';
import { makeName } from './name.js';
import { publicKeyOfSigner, sign, type Signer } from './sign.js';

/** Version 1, as it is written, and the empty list of attributes (RFC 2986 §4.1). */
const [version1, noAttributes] = [smallInteger(0), taggedElement(0)];

/**
 * Makes a certificate request (RFC 2986), DER: the subject that is asked for, the key, and a signature with that key.
 * @throws SelvageError `invalid-argument`, and as the key's home.
 */
export async function makeCertificateRequest(subject: readonly AttributeInput[], signer: Signer): Promise<Uint8Array> {
  const info = encodeSpki({ kind: 'p256', publicKey: publicKeyOfSigner(signer) });
  return sign(signer, sequenceElement(version1, makeName(subject).der, info, noAttributes));
}
