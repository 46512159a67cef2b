/**
 * P-256 points in affine coordinates over the fixed-width field: what OpenSSL's ECDH, which speaks only of x, leaves to
 * do. Coordinates are residues in Montgomery form.
 */
import { carveBytes, SelvageError } from '@selvage/core';
import { curveB, field, pointLength, three, uncompressed } from '../scalar/curve.js';
import type { Residue } from '../scalar/modulus.js';

export interface AffinePoint {
  readonly x: Residue;
  readonly y: Residue;
}

/** The point that 65 bytes `04 ‖ x ‖ y` denote; `undefined` for anything else, the curve's equation checked. */
export function parsePoint(bytes: Uint8Array): AffinePoint | undefined {
  if (bytes.length !== pointLength || bytes[0] !== uncompressed) return undefined;
  const xBytes = bytes.subarray(1, 33);
  const yBytes = bytes.subarray(33);
  if (!field.holds(xBytes) || !field.holds(yBytes)) return undefined;
  const point = { x: field.fromBytes(xBytes), y: field.fromBytes(yBytes) };
  return field.equal(field.square(point.y), curveEquation(point.x)) ? point : undefined;
}

/** @throws SelvageError `invalid-point` */
export function readPoint(bytes: Uint8Array): AffinePoint {
  const point = parsePoint(bytes);
  if (point === undefined) {
    throw new SelvageError('invalid-point', 'not an uncompressed point on P-256');
  }
  return point;
}

/** The point that 65 bytes from OpenSSL denote, unchecked. */
export function takePoint(bytes: Uint8Array): AffinePoint {
  return { x: field.fromBytes(bytes.subarray(1, 33)), y: field.fromBytes(bytes.subarray(33)) };
}

export function writePoint(point: AffinePoint): Uint8Array {
  const bytes = carveBytes(pointLength);
  bytes[0] = uncompressed;
  bytes.set(field.toBytes(point.x), 1);
  bytes.set(field.toBytes(point.y), 33);
  return bytes;
}

export function negatePoint({ x, y }: AffinePoint): AffinePoint {
  return { x, y: field.negate(y) };
}

/** a + b; `undefined` is the identity. Which of the three cases it is shows in the time, the coordinates do not. */
export function addPoints(a: AffinePoint, b: AffinePoint): AffinePoint | undefined {
  if (!field.equal(a.x, b.x)) {
    return chord(a, b, field.multiply(field.subtract(b.y, a.y), field.invert(field.subtract(b.x, a.x))));
  }
  if (!field.equal(a.y, b.y)) return undefined;
  const squared = field.square(a.x);
  const tangent = field.subtract(field.add(field.add(squared, squared), squared), three);
  return chord(a, a, field.multiply(tangent, field.invert(field.add(a.y, a.y))));
}

/**
 * P from x(P), x(P + Q) and Q: y(P) = ((x + x')(x·x' + a) + 2b − x(P + Q)·(x − x')²) ÷ 2y' where P = (x, y) and
 * Q = (x', y') (Brier and Joye, PKC 2002). No square root, and the division is by Q's coordinate alone.
 */
export function recoverPoint(x: Residue, xOfSum: Residue, q: AffinePoint): AffinePoint {
  const product = field.subtract(field.multiply(x, q.x), three);
  const gap = field.square(field.subtract(x, q.x));
  const left = field.add(field.multiply(field.add(x, q.x), product), field.add(curveB, curveB));
  const numerator = field.subtract(left, field.multiply(xOfSum, gap));
  return { x, y: field.multiply(numerator, field.invert(field.add(q.y, q.y))) };
}

/**
 * The x coordinate of a + b as a fraction, for comparisons that need no division; `undefined` when the x coordinates
 * are equal (a doubling, or the identity).
 */
export function sumAsFraction(
  a: AffinePoint,
  b: AffinePoint,
): { numerator: Residue; denominator: Residue } | undefined {
  const run = field.subtract(a.x, b.x);
  if (field.isZero(run)) return undefined;
  const denominator = field.square(run);
  const rise = field.square(field.subtract(a.y, b.y));
  return { numerator: field.subtract(rise, field.multiply(field.add(a.x, b.x), denominator)), denominator };
}

/** x³ − 3x + b */
export function curveEquation(x: Residue): Residue {
  return field.add(field.multiply(field.subtract(field.square(x), three), x), curveB);
}

/** The third point of the line through a and b with this slope, mirrored. */
function chord(a: AffinePoint, b: AffinePoint, slope: Residue): AffinePoint {
  const x = field.subtract(field.subtract(field.square(slope), a.x), b.x);
  return { x, y: field.subtract(field.multiply(slope, field.subtract(a.x, x)), a.y) };
}
