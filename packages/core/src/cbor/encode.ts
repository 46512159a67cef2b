import { SelvageError } from '../errors/error.js';
import { CborWriter } from './writer.js';
import { type CborInput, deepest, majorTypes } from './value.js';

const largestArgument = 0xffff_ffff_ffff_ffffn;

/**
 * Writes a value as CBOR (RFC 8949) with definite lengths and each number in its shortest form: a number that is an
 * exact integer as an integer, any other as the shortest float that is equal. Maps keep the order of their keys.
 * @throws SelvageError `value-out-of-range` for integers beyond 64 bits; `invalid-argument` for a text with half a
 *   surrogate pair, a key that is neither text nor an exact integer, an object that is not plain, and nesting beyond 256
 */
export function encodeCbor(value: CborInput): Uint8Array {
  const writer = CborWriter.take();
  try {
    writeItem(writer, value, 0);
    return writer.copy();
  } finally {
    writer.giveBack();
  }
}

function writeItem(writer: CborWriter, value: CborInput, depth: number): void {
  switch (typeof value) {
    case 'string':
      return writer.text(value);
    case 'number':
      return writer.number(value);
    case 'boolean':
      return writer.byte(value ? 0xf5 : 0xf4);
    case 'undefined':
      return writer.byte(0xf7);
    case 'bigint':
      return writeBigInt(writer, value);
    case 'object':
      return value === null ? writer.byte(0xf6) : writeObject(writer, value, depth + 1);
    default:
      throw invalid(`a ${typeof value} is no value of CBOR`);
  }
}

function writeObject(writer: CborWriter, value: CborInput & object, depth: number): void {
  if (value instanceof Uint8Array) return writer.bytes(value);
  if (depth > deepest) throw invalid(`there are more than ${deepest} arrays and maps in one another`);
  if (isArray(value)) {
    writer.head(majorTypes.array, value.length);
    for (let i = 0; i < value.length; i++) writeItem(writer, value[i], depth);
    return;
  }
  if (value instanceof Map) return writeMap(writer, value as ReadonlyMap<unknown, CborInput>, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw invalid(`${value.constructor.name} is neither a Map nor a plain object`);
  }
  writePlain(writer, value as Readonly<Record<string, CborInput>>, depth);
}

function writeMap(writer: CborWriter, map: ReadonlyMap<unknown, CborInput>, depth: number): void {
  writer.head(majorTypes.map, map.size);
  for (const [key, value] of map) {
    if (typeof key === 'string') writer.text(key);
    else if (Number.isSafeInteger(key)) writer.number(key as number);
    else throw invalid(`a key is neither text nor an exact integer`);
    writeItem(writer, value, depth);
  }
}

function writePlain(writer: CborWriter, object: Readonly<Record<string, CborInput>>, depth: number): void {
  const keys = Object.keys(object);
  let present = 0;
  for (const key of keys) if (object[key] !== undefined) present++;
  writer.head(majorTypes.map, present);
  for (const key of keys) {
    const value = object[key];
    if (value === undefined) continue;
    writer.text(key);
    writeItem(writer, value, depth);
  }
}

function writeBigInt(writer: CborWriter, value: bigint): void {
  const argument = value < 0n ? -1n - value : value;
  if (argument > largestArgument) {
    throw new SelvageError('value-out-of-range', 'an integer has more than 64 bits', {
      details: { value: value.toString(16).slice(0, 40) },
    });
  }
  writer.head64(value < 0n ? majorTypes.negative : majorTypes.unsigned, argument);
}

/** `Array.isArray`, which does not narrow readonly arrays. */
function isArray(value: object): value is readonly CborInput[] {
  return Array.isArray(value);
}

function invalid(problem: string): SelvageError {
  return new SelvageError('invalid-argument', problem);
}
