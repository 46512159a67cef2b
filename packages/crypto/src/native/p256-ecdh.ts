/**
 * The two point operations that OpenSSL's ECDH has: k·G in full, and the x coordinate of k·Q. Both run nistz256 in
 * constant time. One ECDH object serves all calls (making one costs more than using it), so it keeps the last scalar
 * until the next call. It is made at the first one: no start-up snapshot has a part of OpenSSL.
 */
import { createECDH, type ECDH } from 'node:crypto';
import { SelvageError } from '@selvage/core';
import { requireScalar } from '../scalar/scalars.js';
import { plainBytes } from './bytes.js';

let shared: ECDH | undefined;

/** k·G, 65 bytes. @throws SelvageError `invalid-scalar` */
export function multiplyGenerator(scalar: Uint8Array): Uint8Array {
  const ecdh = withScalar(scalar);
  return plainBytes(ecdh.getPublicKey());
}

/** x coordinate of k·Q, 32 bytes. @throws SelvageError `invalid-scalar`, `invalid-point` */
export function xOfMultiple(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  const ecdh = withScalar(scalar);
  try {
    return plainBytes(ecdh.computeSecret(point));
  } catch (cause) {
    throw new SelvageError('invalid-point', 'not a point on P-256', { cause });
  }
}

function withScalar(scalar: Uint8Array): ECDH {
  requireScalar(scalar);
  shared ??= createECDH('prime256v1');
  shared.setPrivateKey(scalar);
  return shared;
}
