import { pbkdf2Sync } from 'node:crypto';
import { requirePbkdf2 } from '../symmetric/parameters.js';
import { plainBytes } from './bytes.js';

export function pbkdf2HmacSha256(
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Uint8Array {
  requirePbkdf2(iterations, length);
  return plainBytes(pbkdf2Sync(password, salt, iterations, length, 'sha256'));
}
