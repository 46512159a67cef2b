import { fromHex, SelvageError } from '@selvage/core';

/** A JSON object that a person may have written. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** How a value of JSON is read; `path` says where it stands. @throws SelvageError `invalid-value`, fault `caller` */
export type JsonReader<T> = (value: unknown, path: string) => T;

/** What is wrong in a file that a person wrote. */
export function badValue(path: string, problem: string): SelvageError {
  return new SelvageError('invalid-value', `${path} ${problem}`, { fault: 'caller', details: { path } });
}

/** An object with these keys and no others. */
export function objectWith(keys: readonly string[]): JsonReader<JsonObject> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badValue(path, 'is no object');
    const stranger = Object.keys(value).find((key) => !keys.includes(key));
    if (stranger === undefined) return value as JsonObject;
    throw badValue(path, `has ${JSON.stringify(stranger)}, which is none of ${keys.join(', ')}`);
  };
}

export function listOf<T>(read: JsonReader<T>): JsonReader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw badValue(path, 'is no list');
    return value.map((one, at) => read(one, `${path}[${at}]`));
  };
}

export function optionally<T>(read: JsonReader<T>): JsonReader<T | undefined> {
  return (value, path) => (value === undefined ? undefined : read(value, path));
}

export function oneOf<T extends string>(words: readonly T[]): JsonReader<T> {
  return (value, path) => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    throw badValue(path, `is none of ${words.join(', ')}`);
  };
}

export const text: JsonReader<string> = (value, path) => {
  if (typeof value === 'string' && value !== '') return value;
  throw badValue(path, 'is no text');
};

export const flag: JsonReader<boolean> = (value, path) => {
  if (typeof value === 'boolean') return value;
  throw badValue(path, 'is neither true nor false');
};

/** Bytes in hexadecimal, of one of these lengths. */
export function hexOf(...lengths: readonly number[]): JsonReader<Uint8Array> {
  return (value, path) => {
    const isHex = typeof value === 'string' && /^([0-9a-fA-F]{2})+$/.test(value);
    if (isHex && lengths.includes(value.length / 2)) return fromHex(value);
    throw badValue(path, `is no ${lengths.join(' or ')} bytes in hexadecimal`);
  };
}
