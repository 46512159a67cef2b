/** Ed25519 on OpenSSL. Imported keys are kept as for P-256 (`p256-keys.ts`). */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { SelvageError } from '@selvage/core';
import { constantTimeEqual } from '../constant-time.js';
import type { Ed25519 } from '../core.js';
import { RecentMap } from './recent-map.js';

const keyLength = 32;
const signatureLength = 64;

/** PrivateKeyInfo of an Ed25519 seed without the seed, RFC 8410 §7. */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
/** SubjectPublicKeyInfo of an Ed25519 key without the key, RFC 8410 §4. */
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

const publicKeys = new RecentMap<KeyObject>(64);
const privateKeys = new WeakMap<Uint8Array, { readonly seed: Uint8Array; readonly key: KeyObject }>();

export const nativeEd25519: Ed25519 = {
  publicKey(seed: Uint8Array): Uint8Array {
    const spki = createPublicKey(privateKeyObject(seed)).export({ type: 'spki', format: 'der' });
    return Uint8Array.from(spki.subarray(publicPrefix.length));
  },

  sign: (seed: Uint8Array, message: Uint8Array) => new Uint8Array(sign(null, message, privateKeyObject(seed))),

  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    if (publicKey.length !== keyLength || signature.length !== signatureLength) return false;
    return verify(null, message, publicKeyObject(publicKey), signature);
  },
};

function privateKeyObject(seed: Uint8Array): KeyObject {
  if (seed.length !== keyLength) {
    throw new SelvageError('invalid-length', `an Ed25519 seed is ${keyLength} bytes, not ${seed.length}`);
  }
  const known = privateKeys.get(seed);
  if (known !== undefined && constantTimeEqual(known.seed, seed)) return known.key;
  const der = Buffer.concat([privatePrefix, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  privateKeys.set(seed, { seed: Uint8Array.from(seed), key });
  return key;
}

function publicKeyObject(publicKey: Uint8Array): KeyObject {
  const name = Buffer.from(publicKey).toString('latin1');
  const known = publicKeys.get(name);
  if (known !== undefined) return known;
  const der = Buffer.concat([publicPrefix, publicKey]);
  return publicKeys.set(name, createPublicKey({ key: der, format: 'der', type: 'spki' }));
}
