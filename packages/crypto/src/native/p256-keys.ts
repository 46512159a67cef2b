/**
 * OpenSSL's key objects for P-256. Importing costs more than a signature, so imports are kept: public keys in a small
 * map by point, private keys with the array they came from and for as long as that lives.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { constantTimeEqual } from '../constant-time.js';
import { pointLength, scalarLength } from '../scalar/curve.js';
import { multiplyGenerator } from './p256-ecdh.js';
import { RecentMap } from './recent-map.js';

const publicKeys = new RecentMap<KeyObject>(64);
const privateKeys = new WeakMap<Uint8Array, { readonly scalar: Uint8Array; readonly key: KeyObject }>();

/** The key object of a point that is known to be on the curve. */
export function publicKeyObject(point: Uint8Array): KeyObject {
  const name = Buffer.from(point.buffer, point.byteOffset, point.length).toString('latin1');
  return publicKeys.get(name) ?? publicKeys.set(name, createPublicKey({ key: publicJwk(point), format: 'jwk' }));
}

/** The key object of a scalar in [1, n−1]. */
export function privateKeyObject(scalar: Uint8Array): KeyObject {
  const known = privateKeys.get(scalar);
  // The array may have been overwritten since.
  if (known !== undefined && constantTimeEqual(known.scalar, scalar)) return known.key;
  const jwk = { ...publicJwk(multiplyGenerator(scalar)), d: base64Url(scalar) };
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  privateKeys.set(scalar, { scalar: Uint8Array.from(scalar), key });
  return key;
}

function publicJwk(point: Uint8Array): { kty: string; crv: string; x: string; y: string } {
  const x = point.subarray(1, 1 + scalarLength);
  return { kty: 'EC', crv: 'P-256', x: base64Url(x), y: base64Url(point.subarray(1 + scalarLength, pointLength)) };
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}
