/**
 * The two point operations that OpenSSL's ECDH has: k·G in full, and the x coordinate of k·Q. Both run nistz256 in
 * constant time. One ECDH object serves all calls (making one costs more than using it), so it keeps the last scalar
 * until the next call.
 */
import { createECDH } from 'node:crypto';
import { SelvageError } from '@selvage/core';
import { requireScalar } from '../scalar/scalars.js';
import { plainBytes } from './bytes.js';

const ecdh = createECDH('prime256v1');

/** k·G, 65 bytes. @throws SelvageError `invalid-scalar` */
export function multiplyGenerator(scalar: Uint8Array): Uint8Array {
  setScalar(scalar);
  return plainBytes(ecdh.getPublicKey());
}

/** x coordinate of k·Q, 32 bytes. @throws SelvageError `invalid-scalar`, `invalid-point` */
export function xOfMultiple(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  setScalar(scalar);
  try {
    return plainBytes(ecdh.computeSecret(point));
  } catch (cause) {
    throw new SelvageError('invalid-point', 'not a point on P-256', { cause });
  }
}

function setScalar(scalar: Uint8Array): void {
  requireScalar(scalar);
  ecdh.setPrivateKey(scalar);
}
