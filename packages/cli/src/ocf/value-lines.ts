import { type CborValue, toJson } from '@selvage/core';
import { clip } from '../terminal/text.js';
import { valueText } from './language/json-value.js';

/** Texts that are longer are keys and certificates, which nobody reads here. */
const longestText = 60;

/** A representation as lines: the path once, then a property and its value each; a value of many parts on many lines. */
export function valueLines(path: string, value: CborValue, width: number): string[] {
  const rows = rowsOf(value);
  const nameWidth = Math.max(0, ...rows.map(([name]) => name.length));
  const indent = ' '.repeat(path.length);
  return rows.flatMap(([name, one], at) => {
    const head = `${at === 0 ? path : indent}  ${name.padEnd(nameWidth)}  `;
    const [first = '', ...more] = linesOf(one, width - head.length);
    return [`${head}${first}`.trimEnd(), ...more.map((line) => ' '.repeat(head.length) + line)];
  });
}

/** Properties and values; of a list, an item each. */
function rowsOf(value: CborValue): readonly (readonly [string, CborValue])[] {
  if (value instanceof Map) {
    const entries = [...value] as (readonly [string | number, CborValue])[];
    return entries.length === 0 ? [['', '(nothing)']] : entries.map(([name, one]) => [String(name), one]);
  }
  if (!Array.isArray(value)) return [['', value === undefined ? '(nothing)' : value]];
  if (value.length === 0) return [['', '(an empty list)']];
  return value.map((item, at) => [`${at}`, item as CborValue]);
}

function linesOf(value: CborValue, width: number): string[] {
  const text = valueText(value);
  const isSmall = text.length <= Math.max(width, 20) && !text.includes('\n');
  if (isSmall || typeof value !== 'object') return text.split('\n');
  return JSON.stringify(toJson(value), (_, one: unknown) => (typeof one === 'string' ? shortened(one) : one), 2).split(
    '\n',
  );
}

function shortened(text: string): string {
  return text.length <= longestText
    ? text
    : `${clip(text.replace(/\n/g, ' '), longestText)} (${text.length} characters)`;
}
