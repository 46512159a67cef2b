import { type CborInput, type CborValue, within } from '@selvage/core';
import { inWords, misfit, type PropertyType } from './property-type.js';

/** How many items a list has, each bound inclusive. */
export interface ListRules {
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Items of one type, in order. */
export function listOf<T>(type: PropertyType<T>, rules: ListRules = {}): PropertyType<readonly T[]> {
  const { minimum = 0, maximum = Infinity } = rules;
  return {
    schema: {
      type: 'array',
      items: type.schema,
      ...(rules.minimum !== undefined && { minItems: minimum }),
      ...(rules.maximum !== undefined && { maxItems: maximum }),
    },
    read(value: CborValue): readonly T[] {
      const items = itemsOf(value);
      if (items.length < minimum) throw misfit(`${items.length} items where ${minimum} are the least`);
      if (items.length > maximum) throw misfit(`${items.length} items where ${maximum} are the most`);
      return items.map((item, i) => readItem(type, item, i));
    },
    write: (value): CborInput => value.map((item) => type.write(item)),
  };
}

function itemsOf(value: CborValue): readonly CborValue[] {
  if (!Array.isArray(value)) throw misfit(`${inWords(value)} is not a list`);
  return value as readonly CborValue[];
}

function readItem<T>(type: PropertyType<T>, item: CborValue, i: number): T {
  try {
    return type.read(item);
  } catch (error) {
    throw within(error, `[${i}]`);
  }
}
