import type { CborValue } from '@selvage/core';
import { misfit, type PropertyType } from './property-type.js';
import type { JsonSchema } from './schema.js';

/** How the values of a type become others; `read` may throw what `misfit` makes. */
export interface Mapping<T, U> {
  readonly read: (value: T) => U;
  readonly write: (value: U) => T;
}

/** The values of a type in another form, such as a number for its name. */
export function mapped<T, U>(type: PropertyType<T>, { read, write }: Mapping<T, U>): PropertyType<U> {
  return {
    schema: type.schema,
    read: (value: CborValue) => read(type.read(value)),
    write: (value: U) => type.write(write(value)),
  };
}

/** The values of a type for which `problem` finds none; what it finds is what the error says. */
export function checked<T>(type: PropertyType<T>, problem: (value: T) => string | undefined): PropertyType<T> {
  return {
    ...type,
    read(value: CborValue): T {
      const result = type.read(value);
      const found = problem(result);
      if (found !== undefined) throw misfit(found);
      return result;
    },
  };
}

/** The same type with more said in its schema, such as a description. */
export function described<T>(type: PropertyType<T>, more: JsonSchema): PropertyType<T> {
  return { ...type, schema: { ...type.schema, ...more } };
}
