import { encode, type EncodeOptions, Token, Type } from 'cborg';
import { SelvageError } from '../errors/error.js';
import { type CborInput, deepest } from './value.js';

/** Keys stay in their order: those who read what OCF devices say compare it with other devices. */
const options: EncodeOptions = {
  mapSorter: () => 0,
  ignoreUndefinedProperties: true,
  typeEncoders: { number: (value: number) => (Object.is(value, -0) ? new Token(Type.float, -0) : null) },
};

/**
 * Writes a value as CBOR (RFC 8949) with definite lengths and each number in its shortest form: a number that is an
 * exact integer as an integer, any other as the shortest float that is equal. Maps keep the order of their keys.
 * @throws SelvageError `value-out-of-range` for integers beyond 64 bits; `invalid-argument` for a text with half a
 *   surrogate pair, a key that is neither text nor an exact integer, an object that is not plain, and nesting beyond 256
 */
export function encodeCbor(value: CborInput): Uint8Array {
  requireEncodable(value, 0);
  return encode(value, options);
}

/** cborg writes something for whatever has properties, a secret too; here only what says what it is goes out. */
function requireEncodable(value: CborInput, depth: number): void {
  if (typeof value === 'string') return requireText(value);
  if (typeof value === 'bigint') return requireRange(value);
  if (typeof value === 'object') return value === null ? undefined : requireObject(value, depth + 1);
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw invalid(`a ${typeof value} is no value of CBOR`);
  }
}

function requireObject(value: CborInput & object, depth: number): void {
  if (value instanceof Uint8Array) return;
  if (depth > deepest) throw invalid(`there are more than ${deepest} arrays and maps in one another`);
  if (Array.isArray(value)) return (value as readonly CborInput[]).forEach((item) => requireEncodable(item, depth));
  if (value instanceof Map) {
    for (const [key, item] of value as ReadonlyMap<unknown, CborInput>) {
      requireKey(key);
      requireEncodable(item, depth);
    }
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw invalid(`${value.constructor.name} is neither a Map nor a plain object`);
  }
  for (const [key, item] of Object.entries(value as Readonly<Record<string, CborInput>>)) {
    requireText(key);
    requireEncodable(item, depth);
  }
}

function requireKey(key: unknown): void {
  if (typeof key === 'string') requireText(key);
  else if (!Number.isSafeInteger(key)) throw invalid('a key is neither text nor an exact integer');
}

function requireText(text: string): void {
  if (/\p{Surrogate}/u.test(text)) throw invalid('a text has half a surrogate pair');
}

function requireRange(value: bigint): void {
  const argument = value < 0n ? -1n - value : value;
  if (BigInt.asUintN(64, argument) === argument) return;
  throw new SelvageError('value-out-of-range', 'an integer has more than 64 bits', {
    details: { value: value.toString(16).slice(0, 40) },
  });
}

function invalid(problem: string): SelvageError {
  return new SelvageError('invalid-argument', problem);
}
