import { type CborInput, type CborValue, FormatError } from '@selvage/core';
import type { JsonSchema } from './schema.js';

/**
 * What values one property of a resource takes. Declared once by combinators, it gives the check of what a peer sent,
 * the form on the wire, the TypeScript type and the schema for introspection.
 */
export interface PropertyType<T> {
  /** @throws FormatError `invalid-value`, fault `peer`, with the path of what does not fit. */
  read(value: CborValue): T;
  /** The value's form on the wire. What the types allow is written as it is: nothing is checked. */
  write(value: T): CborInput;
  readonly schema: JsonSchema;
}

/** The type of the values of a property. */
export type Valued<P> = P extends PropertyType<infer T> ? T : never;

/** What `read` throws for a value that its type does not have; `problem` says what is wrong with it. */
export function misfit(problem: string): FormatError {
  return new FormatError('invalid-value', problem);
}

/** A value in the words of an error: short, whatever a peer sent. */
export function inWords(value: CborValue): string {
  if (typeof value === 'string') return value.length > 40 ? `a text of ${value.length}` : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return value instanceof Map ? `a map of ${value.size}` : `a list of ${(value as readonly CborValue[]).length}`;
}
