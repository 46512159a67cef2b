import { SelvageError } from '../errors/error.js';
import { CborOutput, majors } from './output.js';
import { type CborInput, deepest } from './value.js';

/** False, true, null and undefined (RFC 8949 §3.3). */
const simples = { false: 20, true: 21, null: 22, undefined: 23 } as const;

/** Kept from value to value, while nobody writes into it. */
let spare: CborOutput | undefined;

/**
 * Writes a value as CBOR (RFC 8949) with definite lengths and each number in its shortest form: a number that is an
 * exact integer as an integer, any other as the shortest float that is equal. Maps keep the order of their keys: those
 * who read what OCF devices say compare it with other devices.
 * @throws SelvageError `value-out-of-range` for integers beyond 64 bits; `invalid-argument` for a text with half a
 *   surrogate pair, a key that is neither text nor an exact integer, an object that is not plain, and nesting beyond 256
 */
export function encodeCbor(value: CborInput): Uint8Array {
  const output = spare ?? new CborOutput();
  spare = undefined;
  try {
    write(output, value, 0);
    return output.take();
  } finally {
    output.clear();
    spare = output;
  }
}

function write(output: CborOutput, value: CborInput, depth: number): void {
  switch (typeof value) {
    case 'string':
      return writeText(output, value);
    case 'number':
      return writeNumber(output, value);
    case 'boolean':
      return output.head(majors.simple, value ? simples.true : simples.false);
    case 'undefined':
      return output.head(majors.simple, simples.undefined);
    case 'bigint':
      return writeInteger(output, value);
    case 'object':
      return value === null ? output.head(majors.simple, simples.null) : writeObject(output, value, depth + 1);
    default:
      throw invalid(`a ${typeof value} is no value of CBOR`);
  }
}

/** What has properties and is neither bytes, an array nor a map, as a secret, must not go out as something else. */
function writeObject(output: CborOutput, value: CborInput & object, depth: number): void {
  if (value instanceof Uint8Array) return output.bytes(value);
  if (depth > deepest) throw invalid(`there are more than ${deepest} arrays and maps in one another`);
  if (Array.isArray(value)) return writeArray(output, value as readonly CborInput[], depth);
  if (value instanceof Map) return writeMap(output, value as ReadonlyMap<unknown, CborInput>, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw invalid(`${value.constructor.name} is neither a Map nor a plain object`);
  }
  writeRecord(output, value as Readonly<Record<string, CborInput>>, depth);
}

function writeArray(output: CborOutput, items: readonly CborInput[], depth: number): void {
  output.head(majors.array, items.length);
  for (const item of items) write(output, item, depth);
}

function writeMap(output: CborOutput, map: ReadonlyMap<unknown, CborInput>, depth: number): void {
  output.head(majors.map, map.size);
  for (const [key, item] of map) {
    if (typeof key === 'string') writeText(output, key);
    else if (Number.isSafeInteger(key)) writeNumber(output, key as number);
    else throw invalid('a key is neither text nor an exact integer');
    write(output, item, depth);
  }
}

/** What is undefined is left out. */
function writeRecord(output: CborOutput, record: Readonly<Record<string, CborInput>>, depth: number): void {
  const keys = Object.keys(record);
  let size = keys.length;
  for (const key of keys) if (record[key] === undefined) size--;
  output.head(majors.map, size);
  for (const key of keys) {
    const item = record[key];
    if (item === undefined) continue;
    writeText(output, key);
    write(output, item, depth);
  }
}

function writeText(output: CborOutput, text: string): void {
  const isAscii = output.text(text);
  if (!isAscii && /\p{Surrogate}/u.test(text)) throw invalid('a text has half a surrogate pair');
}

function writeNumber(output: CborOutput, value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) output.float(value);
  else if (value >= 0) output.head(majors.unsigned, value);
  else output.head(majors.negative, -1 - value);
}

function writeInteger(output: CborOutput, value: bigint): void {
  const argument = value < 0n ? -1n - value : value;
  if (BigInt.asUintN(64, argument) === argument) {
    return output.longHead(value < 0n ? majors.negative : majors.unsigned, argument);
  }
  throw new SelvageError('value-out-of-range', 'an integer has more than 64 bits', {
    details: { value: value.toString(16).slice(0, 40) },
  });
}

function invalid(problem: string): SelvageError {
  return new SelvageError('invalid-argument', problem);
}
