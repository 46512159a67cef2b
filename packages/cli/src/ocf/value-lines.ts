import type { CborValue } from '@selvage/core';
import { hang } from '../terminal/text.js';
import { valueText } from './language/json-value.js';

/** A representation as lines: the path once, then a property and its value each. */
export function valueLines(path: string, value: CborValue, width: number): string[] {
  const rows = rowsOf(value);
  const nameWidth = Math.max(0, ...rows.map(([name]) => name.length));
  const indent = ' '.repeat(path.length);
  return rows.flatMap(([name, text], at) => {
    const head = `${at === 0 ? path : indent}  ${name.padEnd(nameWidth)}  `;
    const lines = hang(head, text, width);
    return lines.length === 0 ? [head.trimEnd()] : lines;
  });
}

/** Properties and values; of a list, an item each. */
function rowsOf(value: CborValue): (readonly [string, string])[] {
  if (value instanceof Map) {
    const entries = [...value] as (readonly [string | number, CborValue])[];
    return entries.length === 0 ? [['', '(nothing)']] : entries.map(([name, one]) => [String(name), valueText(one)]);
  }
  if (!Array.isArray(value)) return [['', value === undefined ? '(nothing)' : valueText(value)]];
  if (value.length === 0) return [['', '(an empty list)']];
  return value.map((item, at) => [`${at}`, valueText(item as CborValue)] as const);
}
