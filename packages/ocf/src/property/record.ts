import { type CborInput, type CborMap, type CborValue, within } from '@selvage/core';
import { inWords, misfit, type PropertyType } from './property-type.js';
import type { JsonSchema } from './schema.js';

/** A property that may be left out. */
export interface OptionalType<T> {
  readonly optional: PropertyType<T>;
}

/** The properties of a record by name, in the order in which they are written. */
export type RecordFields = Readonly<Record<string, PropertyType<unknown> | OptionalType<unknown>>>;

type FieldValue<F> = F extends OptionalType<infer T> ? T : F extends PropertyType<infer T> ? T : never;
type OptionalNames<F extends RecordFields> = {
  [K in keyof F]: F[K] extends OptionalType<unknown> ? K : never;
}[keyof F];
type Simplify<T> = { [K in keyof T]: T[K] };

/** The object that a record reads to. */
export type RecordValue<F extends RecordFields> = Simplify<
  { readonly [K in Exclude<keyof F, OptionalNames<F>>]: FieldValue<F[K]> } & {
    readonly [K in OptionalNames<F>]?: FieldValue<F[K]> | undefined;
  }
>;

/** A record's type, which keeps its declaration. */
export interface RecordType<F extends RecordFields> extends PropertyType<RecordValue<F>> {
  readonly fields: F;
}

/** How a record treats properties that it does not declare: the whole value is refused, or they are passed over. */
export interface RecordRules {
  readonly unknown?: 'refuse' | 'ignore';
}

/** A property that may be left out; then it reads as absent, and where it is `undefined` it is not written. */
export function optional<T>(type: PropertyType<T>): OptionalType<T> {
  return { optional: type };
}

/** A map of named properties. Unless told otherwise it refuses what it does not declare. */
export function record<const F extends RecordFields>(
  fields: F,
  { unknown = 'refuse' }: RecordRules = {},
): RecordType<F> {
  const types = new Map<string | number, PropertyType<unknown>>();
  for (const [name, field] of Object.entries(fields)) types.set(name, typeOf(field));
  const names = Object.keys(fields);
  const writers = [...types.values()];
  const required = names.filter((name) => !('optional' in (fields[name] as object)));

  return {
    fields,
    schema: schemaOf(types, required, unknown),
    read(value: CborValue): RecordValue<F> {
      const result: Record<string, unknown> = {};
      for (const [name, item] of mapOf(value)) {
        const type = types.get(name);
        if (type !== undefined) result[name] = readField(type, item, name);
        else if (unknown === 'refuse') throw misfit(`${inWords(name)} is no property of it`);
      }
      for (const name of required) if (!(name in result)) throw misfit('is missing').within(name);
      return result as RecordValue<F>;
    },
    write(value: RecordValue<F>): CborInput {
      const source = value as Readonly<Record<string, unknown>>;
      const result: Record<string, CborInput> = {};
      for (let i = 0; i < names.length; i++) {
        const name = names[i] as string;
        const item = source[name];
        if (item !== undefined) result[name] = (writers[i] as PropertyType<unknown>).write(item);
      }
      return result;
    },
  };
}

/** The same record with every property optional: what an update of it may hold. */
export function partial<F extends RecordFields>(
  { fields }: RecordType<F>,
  rules?: RecordRules,
): RecordType<{ readonly [K in keyof F]: OptionalType<FieldValue<F[K]>> }> {
  const entries = Object.entries(fields).map(([name, field]) => [name, optional(typeOf(field))]);
  return record(Object.fromEntries(entries) as { [K in keyof F]: OptionalType<FieldValue<F[K]>> }, rules);
}

/** The map that a value is. @throws FormatError `invalid-value`, fault `peer`. */
export function mapOf(value: CborValue): CborMap {
  if (!(value instanceof Map)) throw misfit(`${inWords(value)} is not a map`);
  return value as CborMap;
}

function typeOf(field: PropertyType<unknown> | OptionalType<unknown>): PropertyType<unknown> {
  return 'optional' in field ? field.optional : field;
}

function readField(type: PropertyType<unknown>, item: CborValue, name: string | number): unknown {
  try {
    return type.read(item);
  } catch (error) {
    throw within(error, String(name));
  }
}

function schemaOf(
  types: ReadonlyMap<string | number, PropertyType<unknown>>,
  required: readonly string[],
  unknown: 'refuse' | 'ignore',
): JsonSchema {
  const properties = Object.fromEntries([...types].map(([name, { schema }]) => [name, schema]));
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    ...(unknown === 'refuse' && { additionalProperties: false }),
  };
}
