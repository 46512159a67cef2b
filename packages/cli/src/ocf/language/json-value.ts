import { type CborValue, toJson } from '@selvage/core';

/** A value on one line, as a person reads it: text as it is, all else as JSON. */
export function valueText(value: CborValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array || typeof value === 'bigint') return String(toJson(value));
  return JSON.stringify(toJson(value)) ?? '';
}
