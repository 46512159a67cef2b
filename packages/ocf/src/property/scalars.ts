import type { CborValue } from '@selvage/core';
import { inWords, misfit, type PropertyType } from './property-type.js';

/** Bounds of a number, each inclusive. */
export interface NumberRange {
  readonly minimum?: number;
  readonly maximum?: number;
}

/** True or false. */
export const boolean: PropertyType<boolean> = {
  schema: { type: 'boolean' },
  read(value: CborValue): boolean {
    if (typeof value !== 'boolean') throw misfit(`${inWords(value)} is not true or false`);
    return value;
  },
  write: (value) => value,
};

/** A whole number within ±(2^53 − 1). */
export function integer(range: NumberRange = {}): PropertyType<number> {
  return numeric('integer', 'a whole number', Number.isSafeInteger, range);
}

/** A finite number. */
export function number(range: NumberRange = {}): PropertyType<number> {
  return numeric('number', 'a number', Number.isFinite, range);
}

function numeric(
  type: 'integer' | 'number',
  words: string,
  fits: (value: unknown) => boolean,
  range: NumberRange,
): PropertyType<number> {
  const { minimum = -Infinity, maximum = Infinity } = range;
  return {
    schema: { type, ...range },
    read(value: CborValue): number {
      if (!fits(value)) throw misfit(`${inWords(value)} is not ${words}`);
      if ((value as number) < minimum) throw misfit(`${inWords(value)} is below ${minimum}`);
      if ((value as number) > maximum) throw misfit(`${inWords(value)} is above ${maximum}`);
      return value as number;
    },
    write: (value) => value,
  };
}
