import type { CborValue } from '@selvage/core';
import { inWords, misfit, type PropertyType } from './property-type.js';

/** One of the listed texts or numbers. */
export function oneOf<const V extends string | number>(values: readonly V[]): PropertyType<V> {
  const allowed = new Set<CborValue>(values);
  return {
    schema: { type: typeof values[0] === 'number' ? 'integer' : 'string', enum: values },
    read(value: CborValue): V {
      if (!allowed.has(value)) throw misfit(`${inWords(value)} is not one of ${values.join(', ')}`);
      return value as V;
    },
    write: (value) => value,
  };
}
