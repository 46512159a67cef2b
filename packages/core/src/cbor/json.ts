import { toHex } from '../bytes/hex.js';
import { SelvageError } from '../errors/error.js';
import type { CborInput, CborValue } from './value.js';

/** CBOR as JSON has it: maps as objects, bytes as `hex:` and digits, integers that JSON cannot hold as text. */
export function toJson(value: CborValue): unknown {
  if (value instanceof Uint8Array) return `hex:${toHex(value)}`;
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([name, one]) => [String(name), toJson(one as CborValue)]));
  if (Array.isArray(value)) return value.map((one) => toJson(one as CborValue));
  return typeof value === 'bigint' ? value.toString() : value;
}

/** What was parsed from JSON, as CBOR. @throws SelvageError `invalid-argument` for what JSON does not have. */
export function fromJson(value: unknown): CborInput {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fromJson(one)]));
  }
  throw new SelvageError('invalid-argument', `${typeof value} is not in JSON`);
}
