import { type CborMap, FormatError } from '@selvage/core';
import type { HashAlgorithm } from '@selvage/crypto';

/** The algorithms of signed and authenticated messages that are made or checked here (RFC 9053 §2, §3.1). */
export type CoseAlgorithm = 'ES256' | 'EdDSA' | 'HMAC 256/256' | 'HMAC 384/384' | 'HMAC 512/512';

/** Labels of header parameters (RFC 9052 §3.1, RFC 9360 §2). */
export const coseHeaders = { algorithm: 1, critical: 2, keyId: 4, x5chain: 33 } as const;

const identifiers: readonly (readonly [CoseAlgorithm, number])[] = [
  ['ES256', -7],
  ['EdDSA', -8],
  ['HMAC 256/256', 5],
  ['HMAC 384/384', 6],
  ['HMAC 512/512', 7],
];

/** Those that others use, by their registered names, so that a refusal can say which it is. */
const strangers: ReadonlyMap<unknown, string> = new Map([
  [-35, 'ES384'],
  [-36, 'ES512'],
  [-37, 'PS256'],
  [-257, 'RS256'],
  [4, 'HMAC 256/64'],
]);

/** The hashes of the authentication codes. */
export const hmacHashes: Readonly<Partial<Record<CoseAlgorithm, HashAlgorithm>>> = {
  'HMAC 256/256': 'sha256',
  'HMAC 384/384': 'sha384',
  'HMAC 512/512': 'sha512',
};

/** The number that stands for an algorithm in the registry. */
export function coseAlgorithmNumber(algorithm: CoseAlgorithm): number {
  return (identifiers.find(([name]) => name === algorithm) as readonly [CoseAlgorithm, number])[1];
}

/**
 * The algorithm that a protected header names. One that stands unprotected is no algorithm: whoever carries the message
 * could have written it. @throws FormatError `invalid-value` where there is none, or one that is not known here.
 */
export function coseAlgorithmOf(protectedHeader: CborMap): CoseAlgorithm {
  const number = protectedHeader.get(coseHeaders.algorithm);
  if (number === undefined) throw new FormatError('invalid-value', 'the protected header names no algorithm');
  const known = identifiers.find(([, identifier]) => identifier === number);
  if (known !== undefined) return known[0];
  const name = strangers.get(number) ?? (typeof number === 'number' ? `algorithm ${number}` : 'the algorithm it names');
  throw new FormatError('invalid-value', `${name} is not one of ${identifiers.map(([known]) => known).join(', ')}`);
}
