/**
 * a·Q and b·Q together from three x coordinates instead of four: x(a·Q), x(b·Q) and x((a + b + 1)·Q).
 *
 * Let P1 = (x1, y1) and P2 = (x2, y2) be the products, S = P1 + P2, D = x1 − x2, Δ = D², w = y1·y2, and f1, f2 and fQ
 * the squares of y1, y2 and yQ, which the curve's equation gives. By the addition formulas
 *
 *     Δ·x(S) = f1 + f2 − (x1 + x2)·Δ − 2w                                        =: α − 2w
 *     f1·D·Δ·y(S) = y1·(f1·C + E·w)     C = x2·Δ − α − 2·f2     E = 2·f1 − x1·Δ + α
 *     2·yQ·Δ²·y(S) = A + B·w            by x(S + Q), see `recoverPoint`; A and B below
 *
 * since w² = f1·f2. The quotient of the last two gives y1 in terms of w; squaring it leaves an equation that is linear
 * in w, as every square of w is known: w = N ÷ M. One inversion then yields both y coordinates.
 */
import { curveB, field, three } from '../scalar/curve.js';
import type { Residue } from '../scalar/modulus.js';
import { type AffinePoint, curveEquation } from './p256-affine.js';

/**
 * The points with these x coordinates, given x(P1 + P2 + Q) and Q; `undefined` where the formulas degenerate (equal x
 * coordinates among them).
 */
export function recoverPair(
  x1: Residue,
  x2: Residue,
  xOfSum: Residue,
  q: AffinePoint,
): readonly [AffinePoint, AffinePoint] | undefined {
  const [f1, f2, fq] = [curveEquation(x1), curveEquation(x2), field.square(q.y)];
  const d = field.subtract(x1, x2);
  const delta = field.square(d);
  const alpha = field.subtract(field.add(f1, f2), field.multiply(field.add(x1, x2), delta));
  const c = field.subtract(field.subtract(field.multiply(x2, delta), alpha), twice(f2));
  const e = field.add(field.subtract(twice(f1), field.multiply(x1, delta)), alpha);
  const { a, b } = sumCoefficients(alpha, delta, field.multiply(f1, f2), xOfSum, q.x);

  const fourFqDelta = twice(twice(field.multiply(fq, delta)));
  const squares = field.add(field.multiply(f1, field.square(c)), field.multiply(f2, field.square(e)));
  const bSquared = field.multiply(field.square(b), field.multiply(f1, f2));
  const n = field.subtract(field.add(field.square(a), bSquared), field.multiply(fourFqDelta, squares));
  const m = twice(field.subtract(field.multiply(fourFqDelta, field.multiply(c, e)), field.multiply(a, b)));

  const top = field.add(field.multiply(a, m), field.multiply(b, n));
  const bottom = field.add(field.multiply(field.multiply(c, f1), m), field.multiply(e, n));
  const all = field.multiply(field.multiply(m, twice(q.y)), field.multiply(d, bottom));
  if (field.isZero(all)) return undefined;
  const scale = field.multiply(top, field.invert(all));
  const y1 = field.multiply(field.multiply(f1, m), scale);
  const y2 = field.multiply(n, scale);
  return [
    { x: x1, y: y1 },
    { x: x2, y: y2 },
  ];
}

/**
 * A and B of 2·yQ·Δ²·y(S) = A + B·w: Δ² times (xS + xQ)(xS·xQ − 3) + 2b − x(S + Q)·(xS − xQ)², a quadratic in
 * Δ·xS = α − 2w.
 */
function sumCoefficients(
  alpha: Residue,
  delta: Residue,
  wSquared: Residue,
  xOfSum: Residue,
  xq: Residue,
): { a: Residue; b: Residue } {
  const product = field.multiply(xOfSum, xq);
  const quadratic = field.subtract(xq, xOfSum);
  const linear = field.subtract(field.add(field.square(xq), twice(product)), three);
  const constant = field.subtract(twice(curveB), field.multiply(xq, field.add(product, three)));
  const squared = field.add(field.square(alpha), twice(twice(wSquared)));
  const linearDelta = field.multiply(linear, delta);
  const a = field.add(
    field.add(field.multiply(quadratic, squared), field.multiply(linearDelta, alpha)),
    field.multiply(constant, field.square(delta)),
  );
  const b = field.subtract(field.negate(twice(twice(field.multiply(quadratic, alpha)))), twice(linearDelta));
  return { a, b };
}

function twice(a: Residue): Residue {
  return field.add(a, a);
}
