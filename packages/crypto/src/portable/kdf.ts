import { hkdf as nobleHkdf } from '@noble/hashes/hkdf.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { HashAlgorithm } from '../core.js';
import { requireHkdfLength } from '../symmetric/hkdf.js';
import { requirePbkdf2 } from '../symmetric/parameters.js';
import { hashFunction } from './hash.js';

export function hkdf(
  algorithm: HashAlgorithm,
  secret: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array {
  requireHkdfLength(algorithm, length);
  return length === 0 ? new Uint8Array(0) : nobleHkdf(hashFunction(algorithm), secret, salt, info, length);
}

export function pbkdf2HmacSha256(
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Uint8Array {
  requirePbkdf2(iterations, length);
  return pbkdf2(sha256, password, salt, { c: iterations, dkLen: length });
}
