/** A JSON schema, as far as OCF's Swagger documents and our introspection use it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly readOnly?: boolean;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

/** Schemas by the names that `#/definitions/…` refers to. */
export type Definitions = Readonly<Record<string, Schema>>;

/**
 * What is wrong with a value, each problem with its path; empty where nothing is. References to other documents, which
 * are not among the vectors, pass everything.
 */
export function problemsOf(value: unknown, schema: Schema, definitions: Definitions, path = ''): string[] {
  if (schema.$ref !== undefined) return throughReference(value, schema.$ref, definitions, path);
  const typed = typeProblem(value, schema, path);
  if (typed !== undefined) return [typed];
  return [
    ...boundProblems(value, schema, path),
    ...itemProblems(value, schema, definitions, path),
    ...propertyProblems(value, schema, definitions, path),
    ...branchProblems(value, schema, definitions, path),
  ];
}

/** The schema that a local reference means. */
export function resolved(schema: Schema, definitions: Definitions): Schema {
  const name = schema.$ref?.startsWith('#/definitions/') ? schema.$ref.slice('#/definitions/'.length) : undefined;
  if (name === undefined) return schema;
  const found = definitions[name];
  if (found === undefined) throw new RangeError(`${name} is not defined`);
  return resolved(found, definitions);
}

function throughReference(value: unknown, $ref: string, definitions: Definitions, path: string): string[] {
  return $ref.startsWith('#') ? problemsOf(value, resolved({ $ref }, definitions), definitions, path) : [];
}

function typeProblem(value: unknown, { type }: Schema, path: string): string | undefined {
  const fits = type === undefined || typeChecks[type]?.(value) === true;
  return fits ? undefined : `${path}: ${JSON.stringify(value)} is no ${type}`;
}

const typeChecks: Record<string, (value: unknown) => boolean> = {
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  number: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

function boundProblems(value: unknown, schema: Schema, path: string): string[] {
  const problems: string[] = [];
  const { minimum = -Infinity, maximum = Infinity, minLength = 0, maxLength = Infinity } = schema;
  const say = (bad: boolean, what: string): void => {
    if (bad) problems.push(`${path}: ${JSON.stringify(value)} ${what}`);
  };
  say(schema.enum !== undefined && !schema.enum.includes(value), `is not one of ${String(schema.enum)}`);
  if (typeof value === 'number') say(value < minimum || value > maximum, 'is out of range');
  if (typeof value !== 'string') return problems;
  say(value.length < minLength || value.length > maxLength, 'is too short or too long');
  say(schema.pattern !== undefined && !new RegExp(schema.pattern).test(value), `is not ${schema.pattern}`);
  return problems;
}

function itemProblems(value: unknown, schema: Schema, definitions: Definitions, path: string): string[] {
  if (!Array.isArray(value)) return [];
  const items: readonly unknown[] = value;
  const { minItems = 0, maxItems = Infinity, uniqueItems = false } = schema;
  const count = items.length < minItems || items.length > maxItems ? [`${path}: ${items.length} items`] : [];
  const twice = uniqueItems && new Set(items).size < items.length ? [`${path}: an item twice`] : [];
  const each = items.flatMap((item, i) => problemsOf(item, schema.items ?? {}, definitions, `${path}[${i}]`));
  return [...count, ...twice, ...each];
}

function propertyProblems(value: unknown, schema: Schema, definitions: Definitions, path: string): string[] {
  if (typeChecks['object']?.(value) !== true) return [];
  const object = value as Readonly<Record<string, unknown>>;
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const missing = required.filter((name) => !(name in object)).map((name) => `${path}.${name}: is missing`);
  const names = Object.keys(object);
  const extra = additionalProperties ? [] : names.filter((name) => !(name in properties));
  const each = names.flatMap((name) =>
    problemsOf(object[name], properties[name] ?? {}, definitions, `${path}.${name}`),
  );
  return [...missing, ...extra.map((name) => `${path}.${name}: is not declared`), ...each];
}

function branchProblems(value: unknown, schema: Schema, definitions: Definitions, path: string): string[] {
  const all = (schema.allOf ?? []).flatMap((one) => problemsOf(value, one, definitions, path));
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches === undefined) return all;
  const fits = branches.some((one) => problemsOf(value, one, definitions, path).length === 0);
  return fits ? all : [...all, `${path}: fits none of ${branches.length} schemas`];
}
