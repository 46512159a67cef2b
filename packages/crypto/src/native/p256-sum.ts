/**
 * Whether V = r·Q + h·X, with one ECDH for each product of a point other than the generator.
 *
 * ECDH yields x(h·X) and so leaves h·X = ±(V − r·G) open; a second ECDH for the sign would double the cost. Instead the
 * point is first moved by a multiple t·G that whoever made V, r and X cannot foresee, and undone on the other side,
 * where the generator's multiples are cheap:
 *
 *     x(h·(X + t·G)) = x(V − r·G + h·t·G)   ⟺   V = r·G + h·X   or   V = r·G − h·X − 2ht·G
 *
 * For given V, r, h, X exactly one t satisfies the second. t is 128 bits of the SHA-256 of all of them, so to make it
 * hold is to hit one hash value: about 2^128 trials for one false answer, what P-256 is worth itself. (And the answer
 * would be false only in form: of a Schnorr proof, x is needed for the second equation as well.) The answer "false" is
 * always right.
 *
 * With Q another point, both products are moved, by independent t and u, and V' = V + (h·t + r·u)·G is compared with
 * C = h·(X + t·G) and D = r·(Q + u·G), of which only x(C) and x(D) are known: V' = ±C ± D for some signs exactly if
 * Semaev's third summation polynomial vanishes at the three x coordinates. Each of the three wrong pairs of signs needs
 * again one certain value of t, of u, or of h·t + r·u.
 *
 * Where a formula degenerates (equal x coordinates, a zero scalar) the products are computed in full.
 */
import { createHash } from 'node:crypto';
import type { P256Term } from '../core.js';
import { curveB, field, scalarLength, three } from '../scalar/curve.js';
import type { Residue } from '../scalar/modulus.js';
import { addScalars, isScalar, multiplyScalars, subtractScalars } from '../scalar/scalars.js';
import { type AffinePoint, addPoints, readPoint, sumAsFraction, takePoint, writePoint } from './p256-affine.js';
import { multiplyGenerator, xOfMultiple } from './p256-ecdh.js';

/** A term of a point that is given. */
interface PointTerm {
  readonly scalar: Uint8Array;
  readonly bytes: Uint8Array;
  readonly point: AffinePoint;
}

/**
 * Whether V = r·G + h·X; `undefined` when the formula degenerates.
 * @throws SelvageError `invalid-point`, `invalid-scalar`
 */
export function isSumWithGenerator(sum: Uint8Array, r: Uint8Array, term: P256Term): boolean | undefined {
  const v = readPoint(sum);
  const h = pointTerm(term);
  const { t } = unforeseeable(sum, r, h);
  const shift = subtractScalars(multiplyScalars(h.scalar, t), r);
  const x = xOfMoved(h, t);
  const moved = movedSum(v, shift);
  if (x === undefined || moved === undefined) return undefined;
  return field.equal(moved.numerator, field.multiply(x, moved.denominator));
}

/**
 * Whether V = a + b for two terms with points; `undefined` when the formula degenerates.
 * @throws SelvageError `invalid-point`, `invalid-scalar`
 */
export function isSumOfPoints(sum: Uint8Array, first: P256Term, second: P256Term): boolean | undefined {
  const v = readPoint(sum);
  const a = pointTerm(first);
  const b = pointTerm(second);
  const { t, u } = unforeseeable(sum, a, b);
  const shift = addScalars(multiplyScalars(a.scalar, t), multiplyScalars(b.scalar, u));
  const xa = xOfMoved(a, t);
  const xb = xOfMoved(b, u);
  const moved = movedSum(v, shift);
  if (xa === undefined || xb === undefined || moved === undefined) return undefined;
  return summationVanishes(xa, xb, moved.numerator, moved.denominator);
}

function pointTerm({ scalar, point }: P256Term): PointTerm {
  const bytes = point as Uint8Array;
  return { scalar, bytes, point: readPoint(bytes) };
}

/** x(scalar·(point + t·G)) */
function xOfMoved({ scalar, point }: PointTerm, t: Uint8Array): Residue | undefined {
  if (!isScalar(t)) return undefined;
  const moved = addPoints(point, takePoint(multiplyGenerator(t)));
  return moved && field.fromBytes(xOfMultiple(scalar, writePoint(moved)));
}

/** x(v + shift·G) as a fraction. */
function movedSum(v: AffinePoint, shift: Uint8Array): { numerator: Residue; denominator: Residue } | undefined {
  return isScalar(shift) ? sumAsFraction(v, takePoint(multiplyGenerator(shift))) : undefined;
}

/**
 * Whether some choice of signs makes points with x coordinates x1, x2 and n/d add up to the identity:
 * (x1 − x2)²·x3² − 2·((x1 + x2)(x1·x2 + a) + 2b)·x3 + (x1·x2 − a)² − 4b(x1 + x2) = 0, times d².
 */
function summationVanishes(x1: Residue, x2: Residue, n: Residue, d: Residue): boolean {
  const sum = field.add(x1, x2);
  const product = field.multiply(x1, x2);
  const quadratic = field.square(field.subtract(x1, x2));
  const half = field.add(field.multiply(sum, field.subtract(product, three)), field.add(curveB, curveB));
  const constant = field.subtract(field.square(field.add(product, three)), field.multiply(fourB, sum));
  const left = field.add(field.multiply(quadratic, field.square(n)), field.multiply(constant, field.square(d)));
  return field.equal(left, field.multiply(field.add(half, half), field.multiply(n, d)));
}

/** Two scalars of 128 bits that depend on every byte of the claim. */
function unforeseeable(sum: Uint8Array, a: Uint8Array | PointTerm, b: PointTerm): { t: Uint8Array; u: Uint8Array } {
  const hash = createHash('sha256').update(sum).update(b.scalar).update(b.bytes);
  if (a instanceof Uint8Array) hash.update(a);
  else hash.update(a.scalar).update(a.bytes);
  const digest = hash.digest();
  const t = new Uint8Array(scalarLength);
  const u = new Uint8Array(scalarLength);
  t.set(digest.subarray(0, 16), 16);
  u.set(digest.subarray(16), 16);
  return { t, u };
}

const fourB = field.add(field.add(curveB, curveB), field.add(curveB, curveB));
