/**
 * Schnorr's proof of knowing x with X = x·G for some generator G (RFC 8235), as EC-JPAKE writes it: V = v·G,
 * r = v − h·x mod n, h = SHA-256 over G, V, X and the prover's identity, each with a length of 32 bits before it.
 */
import { concat, type Entropy, SelvageError } from '@selvage/core';
import type { CryptoCore } from '../core.js';
import { drawScalar, isScalar, multiplyScalars, reduceToScalar, subtractScalars } from '../scalar/scalars.js';
import { generatorPoint } from './generator.js';
import { type EcjpakeKeyKp, scalarOfWire } from './wire.js';

/** Who proves, and over which generator: P-256's own in round one (`undefined`), a sum of three keys in round two. */
export interface ProofContext {
  readonly core: CryptoCore;
  readonly identity: 'client' | 'server';
  readonly generator: Uint8Array | undefined;
}

/**
 * The public key of x over the context's generator, and the proof.
 * @throws SelvageError `entropy-failed`
 */
export function prove(context: ProofContext, x: Uint8Array, entropy: Entropy): EcjpakeKeyKp {
  const nonce = drawScalar(entropy);
  const [publicKey, v] = multiplyBoth(context, x, nonce);
  const r = subtractScalars(nonce, multiplyScalars(challenge(context, v, publicKey), x));
  nonce.fill(0);
  return { x: publicKey, zkp: { v, r } };
}

/**
 * Checks a peer's proof; `name` names the key in errors.
 * @throws SelvageError `invalid-point`, `identity-point`, `invalid-scalar`, `invalid-proof`, fault `peer`
 */
export function verifyProof(context: ProofContext, proof: EcjpakeKeyKp, name: string): void {
  const { core, generator } = context;
  requirePoint(core, proof.x, `${name}.x`);
  requirePoint(core, proof.zkp.v, `${name}.zkp.v`);
  const r = scalarOfWire(proof.zkp.r);
  if (!isScalar(r)) {
    throw refused('invalid-scalar', `${name}.zkp.r`, 'r is not between 1 and n−1');
  }
  const h = challenge(context, proof.zkp.v, proof.x);
  const good =
    isScalar(h) && core.p256.isSum(proof.zkp.v, { scalar: r, point: generator }, { scalar: h, point: proof.x });
  if (!good) {
    throw refused('invalid-proof', name, 'the proof of knowing the key does not hold');
  }
}

function multiplyBoth(
  { core: { p256 }, generator }: ProofContext,
  a: Uint8Array,
  b: Uint8Array,
): readonly [Uint8Array, Uint8Array] {
  return generator ? p256.multiplyBoth(a, b, generator) : [p256.publicKey(a), p256.publicKey(b)];
}

/** The hash as a number mod n. */
function challenge({ core, identity, generator }: ProofContext, v: Uint8Array, x: Uint8Array): Uint8Array {
  const id = new TextEncoder().encode(identity);
  return reduceToScalar(core.hash('sha256', concat(...[generator ?? generatorPoint, v, x, id].map(lengthPrefixed))));
}

function lengthPrefixed(part: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0, 0, 0, part.length), part);
}

function requirePoint(core: CryptoCore, point: Uint8Array, name: string): void {
  if (point.length === 1 && point[0] === 0) {
    throw refused('identity-point', name, 'the identity is no key');
  }
  if (!core.p256.isPoint(point)) {
    throw refused('invalid-point', name, 'not an uncompressed point on P-256');
  }
}

function refused(
  code: 'invalid-point' | 'identity-point' | 'invalid-scalar' | 'invalid-proof',
  field: string,
  why: string,
): SelvageError {
  return new SelvageError(code, `${field}: ${why}`, { fault: 'peer', details: { path: field } });
}
