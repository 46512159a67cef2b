import { type CborInput, type CborValue, fromJson, SelvageError } from '@selvage/core';

/** Properties by name. */
export type Properties = ReadonlyMap<string, CborValue>;

/** What switches, people say. */
const words: Readonly<Record<string, boolean>> = {
  true: true,
  on: true,
  yes: true,
  false: false,
  off: false,
  no: false,
};

/**
 * Reads `name=value` words. A value is read as what the property holds now: true or false (on, off), a number, text, or
 * JSON for lists and records; for a property that is not there yet as JSON if it is some, else as text.
 * @throws SelvageError `invalid-argument`, naming the word and what it must be.
 */
export function parseAssignments(assignments: readonly string[], present: Properties): Record<string, CborInput> {
  const values: Record<string, CborInput> = {};
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    if (at < 1) throw noAssignment(assignment, present);
    const name = assignment.slice(0, at);
    values[name] = parseValue(name, assignment.slice(at + 1), present.get(name));
  }
  return values;
}

function parseValue(name: string, text: string, present: CborValue): CborInput {
  switch (typeof present) {
    case 'boolean':
      return words[text.toLowerCase()] ?? wrong(name, text, 'true or false');
    case 'number':
    case 'bigint':
      return numberIn(text) ?? wrong(name, text, 'a number');
    case 'string':
      return text;
    case 'undefined':
      return jsonIn(text) ?? text;
    default:
      return jsonIn(text) ?? wrong(name, text, Array.isArray(present) ? 'a list in JSON, such as [0,100]' : 'JSON');
  }
}

function numberIn(text: string): number | undefined {
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function jsonIn(text: string): CborInput | undefined {
  try {
    return fromJson(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function wrong(name: string, text: string, expected: string): never {
  throw new SelvageError('invalid-argument', `${name}=${text}: ${name} is ${expected}`);
}

function noAssignment(word: string, present: Properties): SelvageError {
  const names = [...present.keys()].join(', ');
  return new SelvageError('invalid-argument', `${JSON.stringify(word)} is no name=value`, {
    remedy: `write name=value; the resource has ${names === '' ? 'no properties' : names}`,
  });
}
