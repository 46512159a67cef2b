/**
 * Modular inversion in constant time: Bernstein and Yang's division steps ("Fast constant-time gcd computation and
 * modular inversion", TCHES 2019), in the half-delta variant, which needs 590 steps for 256 bits. Steps are taken 22
 * at a time on the low limbs alone; their 2×2 matrix is then applied to the whole numbers:
 *
 *     (f, g) starts as (m, a) and ends as (±1, 0);   (d, e) starts as (0, 1), and a·d ≡ f, a·e ≡ g (mod m) always.
 */
import { type Limbs, limbBase, limbBits, limbCount, limbMask, limbShift, takeLimbs } from './limbs.js';

const batches = Math.ceil(590 / limbBits);

/** a⁻¹ mod m for a in [0, m), zero for zero; `negativeInverse` is −m⁻¹ mod 2^22. */
export function invertLimbs(a: Limbs, m: Float64Array, negativeInverse: number): Limbs {
  for (let i = 0; i < limbCount; i++) {
    f[i] = m[i]!;
    g[i] = a[i]!;
    d[i] = 0;
    e[i] = 0;
  }
  e[0] = 1;
  let zeta = -1;
  for (let i = 0; i < batches; i++) {
    zeta = divisionSteps(zeta, f[0]!, g[0]!);
    updateCofactors(m, negativeInverse);
    updateValues();
  }
  return normalised(m);
}

// Working space, shared by all calls.
const f = new Float64Array(limbCount);
const g = new Float64Array(limbCount);
const d = new Float64Array(limbCount);
const e = new Float64Array(limbCount);
/** The matrix ((u, v), (q, r)) of a batch, times 2^22. */
const matrix = new Int32Array(4);

/** 22 division steps on the low limbs; leaves their matrix, and returns −(δ + ½) for the next batch. */
function divisionSteps(startZeta: number, lowF: number, lowG: number): number {
  let zeta = startZeta;
  let ff = lowF | 0;
  let gg = lowG | 0;
  let u = 1;
  let v = 0;
  let q = 0;
  let r = 1;
  for (let i = 0; i < limbBits; i++) {
    let swap = zeta >> 31;
    const odd = -(gg & 1);
    // (g, q, r) plus or minus (f, u, v) if g is odd.
    gg = (gg + (((ff ^ swap) - swap) & odd)) | 0;
    q = (q + (((u ^ swap) - swap) & odd)) | 0;
    r = (r + (((v ^ swap) - swap) & odd)) | 0;
    swap &= odd;
    zeta = ((zeta ^ swap) - 1) | 0;
    ff = (ff + (gg & swap)) | 0;
    u = (u + (q & swap)) << 1;
    v = (v + (r & swap)) << 1;
    gg >>= 1;
  }
  matrix[0] = u;
  matrix[1] = v;
  matrix[2] = q;
  matrix[3] = r;
  return zeta;
}

/** (f, g) := matrix·(f, g) ÷ 2^22, which is exact. */
function updateValues(): void {
  const u = matrix[0]!;
  const v = matrix[1]!;
  const q = matrix[2]!;
  const r = matrix[3]!;
  let carryF = (u * f[0]! + v * g[0]!) * limbShift;
  let carryG = (q * f[0]! + r * g[0]!) * limbShift;
  for (let i = 1; i < limbCount; i++) {
    const fi = f[i]!;
    const gi = g[i]!;
    const sumF = u * fi + v * gi + carryF;
    const sumG = q * fi + r * gi + carryG;
    carryF = Math.floor(sumF * limbShift);
    carryG = Math.floor(sumG * limbShift);
    f[i - 1] = sumF - carryF * limbBase;
    g[i - 1] = sumG - carryG * limbBase;
  }
  f[limbCount - 1] = carryF;
  g[limbCount - 1] = carryG;
}

/**
 * (d, e) := matrix·(d, e) ÷ 2^22 mod m, staying in (−2m, m): a multiple of m is added that makes the division exact,
 * and m once more for a negative d or e.
 */
function updateCofactors(m: Float64Array, negativeInverse: number): void {
  const u = matrix[0]!;
  const v = matrix[1]!;
  const q = matrix[2]!;
  const r = matrix[3]!;
  const negativeD = isNegative(d);
  const negativeE = isNegative(e);
  const lowD = u * d[0]! + v * e[0]!;
  const lowE = q * d[0]! + r * e[0]!;
  const multipleD = cancelling(u * negativeD + v * negativeE, lowD, negativeInverse);
  const multipleE = cancelling(q * negativeD + r * negativeE, lowE, negativeInverse);
  let carryD = (lowD + multipleD * m[0]!) * limbShift;
  let carryE = (lowE + multipleE * m[0]!) * limbShift;
  for (let i = 1; i < limbCount; i++) {
    const di = d[i]!;
    const ei = e[i]!;
    const mi = m[i]!;
    const sumD = u * di + v * ei + multipleD * mi + carryD;
    const sumE = q * di + r * ei + multipleE * mi + carryE;
    carryD = Math.floor(sumD * limbShift);
    carryE = Math.floor(sumE * limbShift);
    d[i - 1] = sumD - carryD * limbBase;
    e[i - 1] = sumE - carryE * limbBase;
  }
  d[limbCount - 1] = carryD;
  e[limbCount - 1] = carryE;
}

/** The number c in (start − 2^22, start] with low + c·m ≡ 0 (mod 2^22). */
function cancelling(start: number, low: number, negativeInverse: number): number {
  const wanted = Math.imul(lowLimb(low), negativeInverse);
  // c ≡ wanted; start is brought down to it.
  return start - (((start | 0) - wanted) & limbMask);
}

/** d·f (f being 1 or −1) in [0, m). */
function normalised(m: Float64Array): Limbs {
  addIf(isNegative(d), m);
  const sign = 1 - 2 * isNegative(f);
  let carry = 0;
  for (let i = 0; i < limbCount; i++) {
    const sum = d[i]! * sign + carry;
    carry = Math.floor(sum * limbShift);
    d[i] = sum - carry * limbBase;
  }
  d[limbCount - 1] = d[limbCount - 1]! + carry * limbBase;
  addIf(isNegative(d), m);
  return takeLimbs(d);
}

/** d := d + m where `condition` is 1, d where it is 0. */
function addIf(condition: number, m: Float64Array): void {
  let carry = 0;
  for (let i = 0; i < limbCount; i++) {
    const sum = d[i]! + m[i]! * condition + carry;
    carry = i < limbCount - 1 ? Math.floor(sum * limbShift) : 0;
    d[i] = sum - carry * limbBase;
  }
}

/** 1 or 0; the sign of a number is in its highest limb. */
function isNegative(value: Float64Array): number {
  return (value[limbCount - 1]! >> 31) & 1;
}

function lowLimb(value: number): number {
  return value - Math.floor(value * limbShift) * limbBase;
}
