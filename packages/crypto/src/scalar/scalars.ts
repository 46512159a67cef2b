/**
 * P-256 scalars: 32 big-endian bytes. The arithmetic is of fixed width ({@link Modulus}), so its time does not depend
 * on secret operands. Operands may be any 32 bytes; results are below n.
 */
import { type Entropy, SelvageError } from '@selvage/core';
import { order, scalarLength } from './curve.js';

/** Whether the bytes are a scalar in [1, n−1]. */
export function isScalar(bytes: Uint8Array): boolean {
  return bytes.length === scalarLength && order.holds(bytes) && !isZero(bytes);
}

/** @throws SelvageError `invalid-scalar` unless the bytes are a scalar in [1, n−1]. */
export function requireScalar(bytes: Uint8Array): void {
  if (!isScalar(bytes)) {
    throw new SelvageError('invalid-scalar', 'a P-256 scalar is 32 bytes between 1 and n−1');
  }
}

export function addScalars(a: Uint8Array, b: Uint8Array): Uint8Array {
  return order.toBytes(order.add(order.fromBytes(a), order.fromBytes(b)));
}

export function subtractScalars(a: Uint8Array, b: Uint8Array): Uint8Array {
  return order.toBytes(order.subtract(order.fromBytes(a), order.fromBytes(b)));
}

export function multiplyScalars(a: Uint8Array, b: Uint8Array): Uint8Array {
  return order.toBytes(order.multiply(order.fromBytes(a), order.fromBytes(b)));
}

/** A big-endian number of any length modulo n. Only the length shows in the time. */
export function reduceToScalar(bytes: Uint8Array): Uint8Array {
  const first = bytes.length % scalarLength;
  const head = new Uint8Array(scalarLength);
  head.set(bytes.subarray(0, first), scalarLength - first);
  let sum = order.fromBytes(head);
  for (let at = first; at < bytes.length; at += scalarLength) {
    sum = order.add(order.multiply(sum, shift256), order.fromBytes(bytes.subarray(at, at + scalarLength)));
  }
  return order.toBytes(sum);
}

/**
 * A uniform scalar in [1, n−1] by rejection.
 * @throws SelvageError `entropy-failed` when the source fails, or yields what no random source would.
 */
export function drawScalar(entropy: Entropy): Uint8Array {
  const scalar = new Uint8Array(scalarLength);
  for (let attempt = 0; attempt < attempts; attempt++) {
    entropy.fill(scalar);
    if (isScalar(scalar)) return scalar;
  }
  throw new SelvageError('entropy-failed', 'the entropy source yields no valid P-256 scalar');
}

const shift256 = order.fromBigInt(1n << 256n);
/** One draw in 2^32 is rejected: so many in a row mean a broken source. */
const attempts = 8;

function isZero(bytes: Uint8Array): boolean {
  let bits = 0;
  for (let i = 0; i < scalarLength; i++) bits |= bytes[i]!;
  return bits === 0;
}
