import type { HashAlgorithm } from '@selvage/crypto';
import { anyElement, type DerType, sequence } from '../der/fields.js';
import { objectIdentifier } from '../der/object-identifier.js';

/** AlgorithmIdentifier (RFC 5280 §4.1.1.2). */
export interface AlgorithmIdentifier {
  readonly der: Uint8Array;
  readonly id: string;
  readonly hasParameters: boolean;
}

export const algorithmIdentifier: DerType<AlgorithmIdentifier> = sequence((fields, { raw }) => {
  const id = fields.read('algorithm', objectIdentifier);
  if (fields.isEmpty) return { der: raw, id, hasParameters: false };
  fields.read('parameters', anyElement);
  return { der: raw, id, hasParameters: true };
});

/** ECDSA over P-256 with SHA-256: the one way in which everything here is signed (RFC 5758 §3.2). */
export const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

const ecdsaHashes: Readonly<Record<string, HashAlgorithm>> = {
  [ecdsaWithSha256]: 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

/** What ECDSA hashes with; `undefined` for every other algorithm, and for one with parameters, which ECDSA has not. */
export function ecdsaHashOf({ id, hasParameters }: AlgorithmIdentifier): HashAlgorithm | undefined {
  return hasParameters ? undefined : ecdsaHashes[id];
}

const names: Readonly<Record<string, string>> = {
  '1.2.840.10045.4.1': 'ecdsa-with-SHA1',
  '1.2.840.10045.4.3.1': 'ecdsa-with-SHA224',
  [ecdsaWithSha256]: 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
  '1.2.840.113549.1.1.4': 'md5WithRSAEncryption',
  '1.2.840.113549.1.1.5': 'sha1WithRSAEncryption',
  '1.2.840.113549.1.1.10': 'RSASSA-PSS',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
  '1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
  '1.3.101.112': 'Ed25519',
};

/** An algorithm's name for people, or its object identifier. */
export function algorithmName({ id }: AlgorithmIdentifier): string {
  return names[id] ?? id;
}
