import type { CborValue } from '@selvage/core';
import { inWords, misfit, type PropertyType } from './property-type.js';

/** What texts are allowed. */
export interface TextRules {
  /** Characters (UTF-16 code units), at least. */
  readonly minimum?: number;
  /** Characters, at most. */
  readonly maximum?: number;
  /** What the whole text must match. */
  readonly pattern?: RegExp;
  /** The format's name in the schema, such as `date-time`. */
  readonly format?: string;
}

/** Text. */
export function text(rules: TextRules = {}): PropertyType<string> {
  const { minimum = 0, maximum = Infinity, pattern, format } = rules;
  return {
    schema: {
      type: 'string',
      ...(format !== undefined && { format }),
      ...(rules.minimum !== undefined && { minLength: minimum }),
      ...(rules.maximum !== undefined && { maxLength: maximum }),
      ...(pattern !== undefined && { pattern: pattern.source }),
    },
    read(value: CborValue): string {
      if (typeof value !== 'string') throw misfit(`${inWords(value)} is not text`);
      if (value.length < minimum) throw misfit(`${value.length} characters where ${minimum} are the least`);
      if (value.length > maximum) throw misfit(`${value.length} characters where ${maximum} are the most`);
      if (pattern !== undefined && !pattern.test(value)) throw misfit(`${inWords(value)} is not ${String(pattern)}`);
      return value;
    },
    write: (value) => value,
  };
}

/** Bounds of a byte string's length, each inclusive. */
export interface ByteRules {
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A byte string. */
export function bytes({ minimum = 0, maximum = Infinity }: ByteRules = {}): PropertyType<Uint8Array> {
  return {
    schema: { type: 'string', format: 'binary' },
    read(value: CborValue): Uint8Array {
      if (!(value instanceof Uint8Array)) throw misfit(`${inWords(value)} is not a byte string`);
      if (value.length < minimum) throw misfit(`${value.length} bytes where ${minimum} are the least`);
      if (value.length > maximum) throw misfit(`${value.length} bytes where ${maximum} are the most`);
      return value;
    },
    write: (value) => value,
  };
}

/** Text or a byte string, as `data` of a credential may be; the bounds are of characters or bytes. */
export function textOrBytes(rules: ByteRules = {}): PropertyType<string | Uint8Array> {
  const [asText, asBytes] = [text(rules), bytes(rules)];
  return {
    schema: asText.schema,
    read: (value) => (typeof value === 'string' ? asText.read(value) : asBytes.read(value)),
    write: (value) => value,
  };
}
