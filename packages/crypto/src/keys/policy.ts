import { SelvageError } from '@selvage/core';
import type { KeyAlgorithm, KeyUsage } from './key-handle.js';
import type { KeyPolicy } from './key-home.js';

const allowed: Readonly<Record<KeyAlgorithm, readonly KeyUsage[]>> = {
  'ecdsa-p256': ['sign'],
  'ecdh-p256': ['agree'],
  ed25519: ['sign'],
  'hmac-sha256': ['mac'],
  derive: ['derive'],
};

/** What a key of this algorithm can be allowed at all: one key, one purpose. */
export function usagesOf(algorithm: KeyAlgorithm): readonly KeyUsage[] {
  return allowed[algorithm];
}

/**
 * The policy with each usage once, in an array of its own.
 * @throws SelvageError `invalid-argument` for an unknown algorithm, no usage, or one that the algorithm has not
 */
export function checkedPolicy({ algorithm, usages }: KeyPolicy): KeyPolicy {
  if (!Object.hasOwn(allowed, algorithm)) {
    throw new SelvageError('invalid-argument', `there is no key algorithm ${String(algorithm)}`);
  }
  const wrong = usages.find((usage) => !allowed[algorithm].includes(usage));
  if (wrong !== undefined || usages.length === 0) {
    const problem = wrong === undefined ? 'needs a usage' : `cannot be used to ${String(wrong)}`;
    throw new SelvageError('invalid-argument', `a key of ${algorithm} ${problem}`);
  }
  return { algorithm, usages: Object.freeze([...new Set(usages)]) };
}
