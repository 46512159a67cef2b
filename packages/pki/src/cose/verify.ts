import type { Secret } from '@selvage/core';
import { constantTimeEqual, type CryptoCore, type PublicKey } from '@selvage/crypto';
import { coseAlgorithmOf, hmacHashes } from './algorithm.js';
import { signatureToDer } from './ecdsa-signature.js';
import { type CoseMessage, toBeSigned } from './message.js';

/** What a message is verified with: the public key of its signature, or the secret of its authentication code. */
export type CoseKey = PublicKey | { readonly kind: 'hmac'; readonly secret: Secret };

/**
 * Whether the key made the message's signature or authentication code, by the algorithm that its protected header names. A
 * key of another kind made none.
 * @throws FormatError `invalid-value` where the header names no algorithm, or one that is not known here
 */
export function isCoseOf(core: CryptoCore, message: CoseMessage, key: CoseKey): boolean {
  const algorithm = coseAlgorithmOf(message.protectedHeader);
  const { kind, signature } = message;
  const signed = toBeSigned(message);
  if (algorithm === 'ES256') {
    if (kind !== 'sign1' || key.kind !== 'p256' || signature.length !== 64) return false;
    return core.p256.verify(key.publicKey, 'sha256', signed, signatureToDer(signature));
  }
  if (algorithm === 'EdDSA') {
    if (kind !== 'sign1' || key.kind !== 'ed25519' || signature.length !== 64) return false;
    return core.ed25519.verify(key.publicKey, signed, signature);
  }
  const hash = hmacHashes[algorithm];
  if (kind !== 'mac0' || key.kind !== 'hmac' || hash === undefined) return false;
  return constantTimeEqual(core.hmac(hash, key.secret.reveal(), signed), signature);
}
